"""The animator's home, and Monday's mail that says the same."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import MembershipRequest, Skill
from accounts.numbers import neq_adds_up
from community.models import JoinRequest, Reaction
from core.models import OutgoingMail
from core.tasks import tick
from forums import asking
from forums import services as threads_services
from forums.errors import NotAsked
from forums.models import Post, Thread
from forums.services import create_thread, reply
from moderation import agenda, console, handlers, services
from moderation.models import Greeting, Report
from tests.conftest import World, make_person
from tests.library.conftest import make_document, make_terms


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
        threads_services.ask(old_question(quiet), fit, by=quiet.odile)

    with pytest.raises(NotAsked):
        threads_services.ask(old_question(quiet), fit, by=quiet.odile)


def test_whom_to_ask_does_not_betray_who_asks_without_her_name(quiet, as_):
    thread = create_thread(
        by=quiet.naima, space=quiet.psychosocial, text="Un mot délicat.", unnamed=True
    )
    simon = make_person("Simon", spaces=(quiet.psychosocial,))
    reply(thread, by=simon, text="Moi non plus je ne signe pas.", unnamed=True)

    page = as_(quiet.odile).get(reverse("admin:ask", args=(thread.pk,))).content.decode()
    assert "Naïma" in page
    assert "Simon" in page

    threads_services.ask(thread, quiet.naima, by=quiet.odile)
    tick()
    asked = OutgoingMail.objects.get(name="ask")
    assert (asked.recipient, asked.state) == (quiet.naima, "cancelled")


def test_the_ask_leaves_only_if_the_person_may_still_read(quiet, mailoutbox):
    thread = old_question(quiet)
    fit = make_person("Simon", spaces=(quiet.intervention,))
    threads_services.ask(thread, fit, by=quiet.odile)
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


def test_a_report_is_announced_by_its_reason_its_kind_and_its_place(quiet):
    thread = create_thread(
        by=quiet.real, space=quiet.common, title="Titre ordinaire", text="Bonjour."
    )
    services.file_report(thread, by=quiet.eve, reason="autre")
    services.file_report(thread.posts.get(), by=quiet.eve, reason="blessant")

    about_thread, about_post = [t for t in console.tasks_for(quiet.odile) if t.sort == "report"]

    bare = {label for _value, label in Report.Reason.choices}
    assert about_thread.title not in bare
    assert about_thread.title != about_post.title
    for task in (about_thread, about_post):
        assert task.details[:2] == ["Titre ordinaire", quiet.common.name]


def test_of_a_confidential_space_the_report_s_line_holds_no_title(quiet):
    thread = create_thread(by=quiet.naima, space=quiet.psychosocial, title="CANARI", text="CANARI")
    services.file_report(thread, by=quiet.naima, reason="autre", details="CANARI")

    [task] = [t for t in console.tasks_for(quiet.odile) if t.sort == "report"]

    assert "CANARI" not in task.title + " ".join(task.details)
    assert quiet.psychosocial.name in task.details


def test_a_possible_danger_comes_first(quiet):
    thread = create_thread(by=quiet.real, space=quiet.common, text="Bonjour.")
    services.file_report(thread, by=quiet.eve, reason="autre")
    urgent = services.file_report(thread.posts.get(), by=quiet.eve, reason="danger")

    first = console.tasks_for(quiet.odile)[0]

    assert first.url == reverse("admin:moderation_report_change", args=(urgent.pk,))
    assert first.urgent


def test_a_request_says_where_it_comes_from_and_what_its_number_is_worth(quiet):
    numbers = [str(number) for number in range(1149876500, 1149876520)]
    good = next(number for number in numbers if neq_adds_up(number))
    odd = next(number for number in numbers if not neq_adds_up(number))
    for number, name in ((good, "Bon"), (odd, "Étonnant"), ("", "Sans")):
        MembershipRequest.objects.create(
            organisation_name=name,
            email="a@b.test",
            first_name="Luce",
            state="submitted",
            submitted_at=timezone.now(),
            region="16",
            municipality="Saint-Ancre",
            neq=number,
        )

    details = {t.title: t.details for t in console.tasks_for(quiet.odile) if t.sort == "request"}

    assert details["Bon"][:2] == ["16", "Saint-Ancre"]
    assert details["Bon"][2:] == [gettext("NEQ verified")]
    assert details["Étonnant"][2:] == [gettext("NEQ to be checked")]
    assert details["Sans"][2:] == []


def helper(world: World, name: str, *words: str, spaces=None):
    person = make_person(name, spaces=spaces or (world.intervention, world.common))
    Greeting.objects.create(user=person, by=world.odile, message="Bonjour")
    for word in words:
        Skill.objects.create(
            profile=person.profiles.get(), direction="aide", word=word, folded=word.lower()
        )
    return person


def test_a_question_says_how_many_people_could_answer_it(quiet):
    thread = old_question(quiet, title="Transition vers le secondaire")
    nobody = old_question(quiet, title="Une assurance?")
    simon = helper(quiet, "Simon", "Transitions", "Secondaire")
    aline = helper(quiet, "Aline", "Transitions")
    helper(quiet, "Loin", "Transitions", spaces=(quiet.common,))
    gone = helper(quiet, "Parti", "Transitions")
    gone.memberships.update(ended_at=timezone.now())
    closed = helper(quiet, "Fermé", "Transitions")
    closed.is_active = False
    closed.save()

    found = asking.fitting([thread, nobody])

    assert found[nobody.pk] == {}
    assert found[thread.pk] == {
        simon.pk: ["Transitions", "Secondaire"],
        aline.pk: ["Transitions"],
    }
    assert asking.candidates(thread)[0].person == simon
    told = {t.title: t.details for t in console.tasks_for(quiet.odile) if t.sort == "unanswered"}
    assert any("2" in detail for detail in told[thread.title])
    assert told[nobody.title] == [quiet.intervention.name]


def test_who_could_answer_is_the_same_rule_for_one_and_for_many(quiet):
    """Asked already, asked enough, who wrote with her name: out of both."""
    threads = [old_question(quiet, title="Transition vers le secondaire") for _ in range(3)]
    people = [helper(quiet, f"Personne{n}", "Transitions") for n in range(5)]
    Skill.objects.create(
        profile=quiet.maude.profiles.get(), direction="aide", word="Transitions",
        folded="transitions",
    )  # fmt: skip
    threads_services.ask(threads[0], people[0], by=quiet.odile)
    threads_services.ask(threads[1], people[0], by=quiet.odile)
    threads_services.ask(threads[0], people[1], by=quiet.odile)
    reply(threads[1], by=people[2], text="Je signe.")

    many = asking.fitting(threads)

    for thread in threads:
        allowed = set(asking.may_be_asked(thread).values_list("pk", flat=True))
        assert set(many[thread.pk]) == allowed & {person.pk for person in people}
    assert people[0].pk not in many[threads[2].pk]
    assert people[1].pk in many[threads[2].pk]
    assert people[2].pk not in many[threads[1].pk]


def test_the_people_who_could_answer_cost_the_same_for_one_question_and_for_ten(
    quiet, django_assert_num_queries
):
    """Skills, messages, asks of the month, asks of these threads, keywords, opening words."""
    threads = [old_question(quiet, title="Transition", tags=["secondaire"]) for _ in range(10)]
    for number in range(4):
        helper(quiet, f"Personne{number}", "Transitions")
    asking.fitting(threads[:1])
    one = [Thread.objects.get(pk=threads[0].pk)]
    with django_assert_num_queries(6):
        asking.fitting(one)
    rows = list(Thread.objects.filter(pk__in=[thread.pk for thread in threads]))
    with django_assert_num_queries(6):
        found = asking.fitting(rows)
    assert all(len(people) == 4 for people in found.values())


def test_a_document_to_approve_is_listed_counted_and_put_off_like_the_rest(quiet, as_):
    make_terms()
    quiet.intervention.approves_documents = True
    quiet.intervention.save()
    document = make_document(
        quiet.maude, title="CANARI", level="sous-communaute", space=quiet.intervention
    )

    page = as_(quiet.odile).get(reverse("admin:index"))

    [task] = [t for t in page.context["tasks"] if t.sort == "document"]
    assert (task.title, task.url) == ("CANARI", document.get_absolute_url())
    assert "CANARI" not in task.quiet_title
    assert [link.count for link in page.context["desk"].links if "document" in link.url] == [1]
    services.put_off(by=quiet.odile)
    assert "document" not in [t.sort for t in agenda.agenda_for(quiet.odile).tasks]
    assert "document" in sorts(quiet.odile)
