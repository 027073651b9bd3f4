"""Asking the animation team for a look, and what comes of it."""

import pytest
from django.urls import reverse
from django.utils.translation import gettext as _

from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog, OutgoingMail
from core.tasks import tick
from forums.models import Post, Thread
from forums.services import create_thread, move_thread, reply
from moderation import services
from moderation.models import Report
from tests.conftest import World, make_person


@pytest.fixture
def thread(world: World) -> Thread:
    return create_thread(by=world.maude, space=world.intervention, text="Un premier message.")


@pytest.fixture
def post(world: World, thread: Thread) -> Post:
    simon = make_person("Simon", organisation=world.phare, spaces=(world.intervention,))
    return reply(thread, by=simon, text="Une réponse qui dérange.")


def report_url(post: Post) -> str:
    return f"{reverse('moderation:file_report')}?genre=post&objet={post.pk}"


def change(report: Report) -> str:
    return reverse("admin:moderation_report_change", args=(report.pk,))


def told(name: str) -> set[str]:
    return {
        mail.recipient.first_name
        for mail in OutgoingMail.objects.filter(name=name)
        if mail.recipient
    }


def test_maude_reports_a_reply_and_the_animator_is_told(
    world, as_, post, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = as_(world.maude).post(
            report_url(post), {"reason": "identifie", "details": "Une école."}
        )

    assert answer.status_code == 302
    report = Report.objects.get()
    assert report.space == world.intervention
    assert report.snapshot["text"] == "Une réponse qui dérange."
    tick()
    assert told("report_filed") == {"Odile"}


def test_a_report_without_a_reason_says_so_and_keeps_the_details(world, as_, post):
    answer = as_(world.maude).post(report_url(post), {"details": "Je ne sais pas."})

    assert answer.status_code == 422
    assert "Je ne sais pas." in answer.content.decode()
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?genre=post", "?genre=post&objet=0", "?genre=x&objet=1", "?genre=post&objet=²"]
)
def test_what_is_not_there_cannot_be_reported(world, as_, query):
    assert as_(world.maude).get(reverse("moderation:file_report") + query).status_code == 404


def test_real_gets_the_same_404_for_a_post_he_cannot_read_as_for_none(world, as_, post):
    hidden = as_(world.real).get(report_url(post))
    nothing = as_(world.real).get(f"{reverse('moderation:file_report')}?genre=post&objet=999999")

    assert hidden.status_code == nothing.status_code == 404
    assert hidden.content == nothing.content


def test_the_same_person_reporting_twice_makes_one_report(world, post):
    services.file_report(post, by=world.maude, reason="blessant")
    services.file_report(post, by=world.maude, reason="identifie", details="En fait…")

    report = Report.objects.get()
    assert (report.reason, report.details) == ("identifie", "En fait…")


def test_nobody_reports_what_she_cannot_read(world, post):
    with pytest.raises(NotAllowed):
        services.file_report(post, by=world.real, reason="autre")


def test_odile_sets_a_post_aside_everybody_concerned_is_told_and_it_is_gone(world, post):
    report = services.file_report(post, by=world.maude, reason="identifie")

    services.close_report(
        report,
        by=world.odile,
        outcome=Report.Outcome.HIDDEN,
        reason="Nomme une école.",
        answer="Merci!",
    )
    tick()

    assert not Post.objects.readable_by(world.maude).filter(pk=post.pk).exists()
    assert told("report_answer") == {"Maude"}
    assert told("set_aside") == {"Simon"}
    entry = ActionLog.objects.get(verb="report.closed")
    assert (entry.actor, entry.reason, entry.data) == (
        world.odile,
        "Nomme une école.",
        {"outcome": "retire"},
    )


def test_a_second_animator_finds_the_report_dealt_with(world, post):
    report = services.file_report(post, by=world.maude, reason="autre")
    services.close_report(report, by=world.odile, outcome=Report.Outcome.KEPT)

    with pytest.raises(services.AlreadyClosed):
        services.close_report(report, by=world.odile, outcome=Report.Outcome.HIDDEN, reason="x")

    post.refresh_from_db()
    assert post.state == State.PUBLISHED


def test_what_was_set_aside_can_be_put_back(world, post):
    report = services.file_report(post, by=world.maude, reason="autre")
    services.close_report(report, by=world.odile, outcome=Report.Outcome.HIDDEN, reason="Doute")

    services.restore(report, by=world.odile, reason="Erreur")

    assert Post.objects.readable_by(world.maude).filter(pk=post.pk).exists()


def test_a_thread_can_be_locked_or_moved_from_its_report(world, thread):
    first = services.file_report(thread, by=world.maude, reason="autre")
    services.close_report(
        first, by=world.odile, outcome=Report.Outcome.LOCKED, reason="Tourne en rond"
    )
    thread.refresh_from_db()
    assert thread.locked

    second = services.file_report(thread, by=world.maude, reason="autre")
    services.close_report(
        second,
        by=world.odile,
        outcome=Report.Outcome.MOVED,
        space=world.common,
        reason="Plutôt ici",
    )
    thread.refresh_from_db()
    assert thread.space == world.common


def test_a_report_in_a_confidential_space_goes_to_its_own_animators_only(world, as_):
    karim = make_person("Karim", organisation=world.federation, role="animation")
    thread = create_thread(by=world.naima, space=world.psychosocial, text="Un mot délicat.")
    report = services.file_report(thread, by=world.naima, reason="confidentiel")
    tick()

    assert told("report_filed") == {"Odile"}
    assert report not in Report.objects.moderated_by(karim)
    with pytest.raises(NotAllowed):
        services.close_report(report, by=karim, outcome=Report.Outcome.KEPT)


def test_reports_follow_a_thread_into_a_confidential_space(world, thread, post):
    karim = make_person("Karim", organisation=world.federation, role="animation")
    mine = services.file_report(thread, by=world.maude, reason="confidentiel")
    reply_too = services.file_report(post, by=world.maude, reason="identifie")
    assert {mine, reply_too} <= set(Report.objects.moderated_by(karim))

    move_thread(thread, world.psychosocial, by=world.odile)

    assert not Report.objects.moderated_by(karim).exists()
    assert set(Report.objects.moderated_by(world.odile)) == {mine, reply_too}


def test_a_report_closed_by_a_move_is_decided_and_moved(world, thread):
    report = services.file_report(thread, by=world.maude, reason="autre")
    services.close_report(
        report, by=world.odile, outcome=Report.Outcome.MOVED, space=world.psychosocial
    )
    report.refresh_from_db()
    assert report.outcome == Report.Outcome.MOVED
    assert report.space == world.psychosocial


def test_a_coanimator_sees_the_reports_of_her_space_only_when_the_setting_allows(
    world, post, settings
):
    world.intervention.memberships.filter(user=world.maude).update(role="coanimation")
    simon = post.author
    report = services.file_report(post, by=simon, reason="autre")

    settings.COANIMATION = False
    assert report not in Report.objects.moderated_by(world.maude)
    settings.COANIMATION = True
    assert report in Report.objects.moderated_by(world.maude)


def test_only_the_person_who_reported_follows_her_report(world, as_, post):
    report = services.file_report(post, by=world.maude, reason="autre", details="Mot à moi")
    url = reverse("moderation:report", args=(report.pk,))

    assert "Mot à moi" in as_(world.maude).get(url).content.decode()
    assert as_(world.real).get(url).status_code == 404


def test_the_answer_keeps_out_of_the_mail_in_a_confidential_space(world, mailoutbox):
    thread = create_thread(by=world.naima, space=world.psychosocial, text="CANARI délicat")
    report = services.file_report(thread, by=world.naima, reason="autre", details="CANARI")
    services.close_report(
        report, by=world.odile, outcome=Report.Outcome.HIDDEN, reason="CANARI", answer="CANARI"
    )
    tick()

    sent = "".join(mail.subject + mail.body for mail in mailoutbox)
    assert len(mailoutbox) >= 2
    assert "CANARI" not in sent


def test_the_page_offers_what_can_be_done_to_each_kind(world, as_, thread, post):
    about_thread = services.file_report(thread, by=world.maude, reason="autre")
    about_post = services.file_report(post, by=world.maude, reason="autre")
    about_person = services.file_report(post.author.profiles.get(), by=world.maude, reason="autre")

    def offered(report: Report) -> list[str]:
        page = as_(world.odile).get(change(report))
        return [value for value, _label in page.context["form"].fields["outcome"].choices]

    assert offered(about_thread) == offered(about_post)
    assert offered(about_post) == ["garde", "retire", "verrouille", "deplace"]
    assert offered(about_person) == ["garde", "retire"]


def test_from_the_report_of_a_reply_its_thread_is_locked_or_moved(world, as_, thread, post):
    report = services.file_report(post, by=world.maude, reason="autre")
    as_(world.odile).post(change(report), {"outcome": "verrouille", "answer": "C’est fait."})
    thread.refresh_from_db()
    assert thread.locked

    second = services.file_report(post, by=world.maude, reason="autre")
    as_(world.odile).post(change(second), {"outcome": "deplace", "space": world.common.pk})
    for row in (thread, second):
        row.refresh_from_db()
        assert row.space == world.common
    assert second.outcome == Report.Outcome.MOVED


def test_a_thread_that_nowhere_else_protects_is_not_offered_a_move(world, as_):
    thread = create_thread(by=world.naima, space=world.psychosocial, text="Un mot.", unnamed=True)
    report = services.file_report(thread, by=world.naima, reason="autre")
    page = as_(world.odile).get(change(report))

    assert "space" not in page.context["form"].fields
    assert "deplace" not in dict(page.context["form"].fields["outcome"].choices)
    answer = as_(world.odile).post(change(report), {"outcome": "deplace", "space": 1})
    assert answer.status_code == 200
    report.refresh_from_db()
    assert report.closed_at is None


def test_of_what_is_gone_only_the_answer_is_left_to_give(world, as_, post):
    report = services.file_report(post, by=world.maude, reason="autre")
    post.delete()

    page = as_(world.odile).get(change(report))
    assert list(dict(page.context["form"].fields["outcome"].choices)) == ["garde"]


def test_the_form_says_that_setting_aside_needs_a_reason(world, as_, post):
    report = services.file_report(post, by=world.maude, reason="autre")
    page = as_(world.odile).get(change(report)).content.decode()
    label = page[page.index('for="id_reason"') :].partition("</label>")[0]

    assert label.count('class="opt"') == 1
    assert str(_("(needed to set aside)")) in label
    assert str(_("(optional)")) not in label
