"""The animator's home, and Monday's mail that says the same."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from accounts.models import MembershipRequest, Skill
from community.models import JoinRequest, Reaction
from core.models import OutgoingMail
from core.tasks import tick
from forums.models import Post, Thread
from forums.services import create_thread, reply
from moderation import asking, console, handlers, services
from moderation.models import Greeting
from tests.conftest import World, make_person


def sorts(user) -> list[str]:
    return [task.sort for task in console.tasks_for(user)]


@pytest.fixture
def quiet(world: World) -> World:
    """Nobody is new and nothing was posted."""
    for person in (world.maude, world.real, world.naima, world.eve):
        Greeting.objects.create(user=person, by=world.odile, message="Bonjour")
    return world


def old_question(world: World, space=None, **fields) -> Thread:
    thread = create_thread(
        by=world.maude, space=space or world.intervention, text="Comment faire?", **fields
    )
    Thread.objects.filter(pk=thread.pk).update(created_at=timezone.now() - timedelta(hours=52))
    Post.objects.filter(thread=thread).update(created_at=timezone.now() - timedelta(days=60))
    return thread


def test_a_quiet_day_says_that_nothing_awaits(quiet, as_):
    assert sorts(quiet.odile) == []
    page = as_(quiet.odile).get(reverse("admin:index"))
    assert page.status_code == 200
    assert page.context["tasks"] == []


def test_each_thing_that_awaits_is_listed_with_its_one_action(quiet):
    MembershipRequest.objects.create(
        organisation_name="Le Relais des Coteaux",
        email="a@b.test",
        first_name="Luce",
        state="submitted",
        submitted_at=timezone.now(),
    )
    JoinRequest.objects.create(user=quiet.eve, space=quiet.direction)
    old_question(quiet)
    make_person("Fatou", organisation=quiet.relais, spaces=(quiet.common,))
    first = create_thread(by=quiet.real, space=quiet.common, text="Bonjour à tout le monde.")
    services.file_report(first, by=quiet.eve, reason="autre")

    tasks = console.tasks_for(quiet.odile)

    assert [task.sort for task in tasks] == [
        "report",
        "request",
        "join",
        "unanswered",
        "newcomer",
        "first_post",
    ]
    assert all(task.url.startswith("/admin/") for task in tasks)


def test_a_question_is_listed_after_48_hours_and_no_more_once_answered(quiet):
    thread = old_question(quiet)
    assert "unanswered" in sorts(quiet.odile)

    simon = make_person("Simon", spaces=(quiet.intervention,))
    Greeting.objects.create(user=simon, by=quiet.odile, message="Bonjour")
    reply(thread, by=simon, text="Voici.")

    assert "unanswered" not in sorts(quiet.odile)


def test_a_young_question_waits_its_turn(quiet):
    create_thread(by=quiet.maude, space=quiet.intervention, text="Une question du matin?")

    assert "unanswered" not in sorts(quiet.odile)


def test_an_unnamed_first_post_is_never_pointed_at(quiet):
    create_thread(by=quiet.naima, space=quiet.psychosocial, text="Sans mon nom.", unnamed=True)

    assert "first_post" not in sorts(quiet.odile)


def test_thanking_a_first_post_takes_it_off_the_list(quiet, as_):
    thread = create_thread(by=quiet.real, space=quiet.common, text="Mon premier mot.")
    post = thread.posts.get()

    as_(quiet.odile).post(reverse("admin:thank", args=(post.pk,)))
    as_(quiet.odile).post(reverse("admin:thank", args=(post.pk,)))

    assert Reaction.objects.filter(kind="post", object_id=post.pk, user=quiet.odile).count() == 1
    assert "first_post" not in sorts(quiet.odile)


def test_a_newcomer_is_greeted_once_and_answers_go_to_the_animator(quiet, as_, mailoutbox):
    fatou = make_person("Fatou", organisation=quiet.relais, spaces=(quiet.common,))
    url = reverse("admin:greet", args=(fatou.pk,))

    as_(quiet.odile).post(url, {"message": "Bienvenue Fatou!"})
    as_(quiet.odile).post(url, {"message": "Encore bienvenue!"})
    tick()

    assert [mail.to for mail in mailoutbox] == [[fatou.email]]
    assert "Bienvenue Fatou!" in mailoutbox[0].body
    assert (
        mailoutbox[0].reply_to == [quiet.odile.email]
        or mailoutbox[0].extra_headers["Reply-To"] == quiet.odile.email
    )
    assert "newcomer" not in sorts(quiet.odile)


def test_odile_asks_a_member_whose_own_words_meet_the_question(quiet, as_, mailoutbox):
    thread = old_question(quiet, title="Transition vers le secondaire")
    fit = make_person("Simon", spaces=(quiet.intervention,))
    outsider = make_person("Aline", spaces=(quiet.common,))
    for person in (fit, outsider):
        Skill.objects.create(
            profile=person.profiles.get(),
            direction="aide",
            word="Transitions",
            folded="transitions",
        )

    assert [found.person for found in asking.candidates(thread)] == [fit]
    as_(quiet.odile).post(reverse("admin:ask", args=(thread.pk,)), {"person": fit.pk})
    as_(quiet.odile).post(reverse("admin:ask", args=(thread.pk,)), {"person": outsider.pk})
    tick()

    assert [mail.to for mail in mailoutbox] == [[fit.email]]
    assert "Transition vers le secondaire" in mailoutbox[0].body


def test_nobody_is_asked_more_than_twice_a_month(quiet):
    fit = make_person("Simon", spaces=(quiet.intervention,))
    for _ in range(2):
        services.ask(old_question(quiet), fit, by=quiet.odile)

    with pytest.raises(services.NotAsked):
        services.ask(old_question(quiet), fit, by=quiet.odile)


def test_whom_to_ask_does_not_betray_who_asks_without_her_name(quiet, as_):
    thread = create_thread(
        by=quiet.naima, space=quiet.psychosocial, text="Un mot délicat.", unnamed=True
    )
    simon = make_person("Simon", spaces=(quiet.psychosocial,))
    reply(thread, by=simon, text="Moi non plus je ne signe pas.", unnamed=True)

    page = as_(quiet.odile).get(reverse("admin:ask", args=(thread.pk,))).content.decode()
    assert "Naïma" in page
    assert "Simon" in page

    services.ask(thread, quiet.naima, by=quiet.odile)
    tick()
    asked = OutgoingMail.objects.get(name="ask")
    assert (asked.recipient, asked.state) == (quiet.naima, "cancelled")


def test_the_ask_leaves_only_if_the_person_may_still_read(quiet, mailoutbox):
    thread = old_question(quiet)
    fit = make_person("Simon", spaces=(quiet.intervention,))
    services.ask(thread, fit, by=quiet.odile)
    fit.memberships.update(ended_at=timezone.now())

    tick()

    assert mailoutbox == []


def test_monday_says_what_the_console_says_once_and_quotes_nothing_confidential(quiet, mailoutbox):
    old_question(quiet, title="Titre ordinaire")
    secret = create_thread(
        by=quiet.naima, space=quiet.psychosocial, text="CANARI", title="CANARI du titre"
    )
    Thread.objects.filter(pk=secret.pk).update(created_at=timezone.now() - timedelta(hours=60))
    services.file_report(secret, by=quiet.naima, reason="autre", details="CANARI")

    handlers.monday_mail()
    handlers.monday_mail()
    tick()

    monday = [mail for mail in mailoutbox if "/admin/console/demander/" in mail.body]
    assert [mail.to for mail in monday] == [[quiet.odile.email]]
    for task in console.tasks_for(quiet.odile):
        assert task.url in monday[0].body
    whole = (
        monday[0].subject
        + monday[0].body
        + "".join(str(part[0]) for part in monday[0].alternatives)
    )
    assert "CANARI" not in whole


def test_the_console_costs_the_same_at_three_rows_and_at_thirty(
    quiet, as_, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = as_(quiet.odile)
    counts = []
    for rows in (3, 9):
        for _ in range(rows):
            old_question(quiet)
        browser.get(reverse("admin:index"))
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("admin:index"))
        counts.append(len(captured))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("who", ["maude", "real", "naima", "eve"])
def test_a_member_does_not_see_the_admin(world, as_, who):
    answer = as_(getattr(world, who)).get(reverse("admin:index"))

    assert answer.status_code in (302, 404)
    assert b"console" not in answer.content.lower()


def test_an_animator_outside_the_confidential_space_sees_nothing_of_it_in_the_console(world):
    karim = make_person("Karim", organisation=world.federation, role="animation")
    thread = create_thread(by=world.naima, space=world.psychosocial, text="Délicat", title="Secret")
    Thread.objects.filter(pk=thread.pk).update(created_at=timezone.now() - timedelta(hours=60))
    services.file_report(thread, by=world.naima, reason="autre")
    JoinRequest.objects.create(user=world.maude, space=world.psychosocial)

    shown = [t.sort for t in console.tasks_for(karim)]

    assert not {"report", "join", "unanswered"} & set(shown)


def test_a_coanimator_opens_the_admin_with_a_second_factor_only(world, as_, settings):
    settings.COANIMATION = True
    world.intervention.memberships.filter(user=world.maude).update(role="coanimation")

    refused = as_(world.maude).get(reverse("admin:index"), follow=True)
    assert refused.redirect_chain[-1][0] == reverse("accounts:security")

    Authenticator.objects.create(user=world.maude, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    assert as_(world.maude).get(reverse("admin:index")).status_code == 200
