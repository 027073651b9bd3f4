"""Maude's first page: what is new, what needs her, what awaits her, at a constant price."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Profile, Skill, User
from community import services
from community.models import Membership
from core import terms
from core.text import fold
from forums.models import Post, Thread
from forums.services import create_thread, mark_all_read, reply
from home import conduct
from home.page import MemberHome
from home.shell import Shell
from notifications.services import mention
from tests.conftest import make_organisation, make_person

pytestmark = pytest.mark.django_db


def can_help(user, *words):
    profile = Profile.objects.get(owner=user)
    for word in words:
        Skill.objects.create(profile=profile, direction="aide", word=word, folded=fold(word))


def ask(by, space, title, text="Quelqu’un l’a déjà vécu?", **more):
    return create_thread(by=by, space=space, title=title, text=text, **more)


def shell(user):
    request = RequestFactory().get("/")
    request.user = user
    return Shell(request)


def home(browser):
    return browser.get("/").content.decode()


def test_maude_sees_what_is_new_in_her_spaces_and_nothing_else(world, maude, as_):
    tristan = make_person("Tristan", spaces=(world.intervention,))
    ask(tristan, world.intervention, "Refus scolaire : par où reprendre le lien?")
    ask(world.real, world.direction, "Canari de la direction")
    ask(world.naima, world.psychosocial, "Canari du psychosocial")
    page = home(as_(maude))
    assert "Bonjour Maude" in page
    assert "Refus scolaire" in page
    assert "1 fil à lire" in page
    assert "Canari" not in page


def test_reading_time_is_two_hundred_words_a_minute(world, maude, as_):
    tristan = make_person("Tristan", spaces=(world.intervention,))
    ask(tristan, world.intervention, "Long", text="école " * 1000)
    assert "Environ 5\u00a0minutes de lecture" in home(as_(maude))


def test_what_she_read_is_not_counted_in_the_reading_time(world, maude, as_):
    thread = ask(maude, world.intervention, "La mienne", text="école " * 1000)
    tristan = make_person("Tristan", spaces=(world.intervention,))
    reply(thread, by=tristan, text="école " * 400)
    assert "Environ 2\u00a0minutes de lecture" in home(as_(maude))


def test_everything_read_says_so(world, maude, as_):
    tristan = make_person("Tristan", spaces=(world.intervention,))
    ask(tristan, world.intervention, "Refus scolaire")
    browser = as_(maude)
    assert "Tout marquer comme lu" in home(browser)
    browser.post("/accueil/tout-lu/")
    page = home(browser)
    assert "Vous avez tout lu" in page
    assert "Rien de nouveau" in page


def test_a_question_that_meets_her_words_is_shown_to_her(world, maude, as_):
    can_help(maude, "engagement parental", "ateliers de bois")
    tristan = make_person("Tristan", organisation=world.phare, spaces=(world.intervention,))
    ask(tristan, world.intervention, "Trouver un local")
    ask(
        tristan,
        world.intervention,
        "Joindre les familles",
        text="Des idées pour l’engagement des parents? Engagement parental difficile.",
    )
    page = home(as_(maude))
    assert "Une question attend votre expérience" in page
    assert "Vous avez indiqué «\u00a0engagement parental\u00a0»" in page
    assert "par Tristan T., Le Phare des Battures" in page


def test_a_question_of_a_space_that_she_does_not_read_never_calls_her(world, maude, as_):
    can_help(maude, "deuil")
    ask(world.naima, world.psychosocial, "Canari deuil", text="Un deuil dans le groupe")
    ask(world.real, world.direction, "Canari deuil aussi")
    assert "Canari" not in home(as_(maude))


def test_an_unnamed_question_is_shown_without_its_author(world, naima, odile, as_):
    ask(odile, world.psychosocial, "Rouvrir la porte", unnamed=True)
    can_help(naima, "porte")
    page = home(as_(naima))
    assert "Rouvrir la porte" in page
    assert "sans nom" in page
    assert "Odile" not in page


def test_without_words_her_function_is_enough(world, maude, as_):
    world.intervention.functions = ["intervention"]
    world.intervention.save()
    Profile.objects.filter(owner=maude).update(function="intervention")
    tristan = make_person("Tristan", spaces=(world.intervention,))
    ask(tristan, world.intervention, "Sans réponse encore")
    assert "proche de ce que vous faites" in home(as_(maude))


def test_answered_questions_and_her_own_do_not_call_her(world, maude, as_):
    can_help(maude, "bulletin")
    tristan = make_person("Tristan", spaces=(world.intervention,))
    thread = ask(tristan, world.intervention, "Lire un bulletin")
    reply(thread, by=tristan, text="J’ai trouvé.")
    ask(maude, world.intervention, "Mon bulletin")
    assert "attend votre expérience" not in home(as_(maude))


def test_what_awaits_maude_is_her_question_and_her_request(world, maude, odile, as_):
    ask(maude, world.intervention, "Ma question orpheline")
    services.ask_to_join(world.direction, by=maude)
    page = home(as_(maude))
    assert "Ce qui vous attend" in page
    assert "Ma question orpheline" in page
    assert "Ma demande pour entrer dans" in page
    assert "À l’étude" in page


def test_the_answer_to_a_request_stays_for_two_weeks(world, maude, odile, as_):
    request = services.ask_to_join(world.direction, by=maude)
    services.decide_join(request, accept=True, by=odile)
    assert "Acceptée" in home(as_(maude))
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert "Acceptée" not in home(as_(maude))


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(hours=30), "Depuis hier"),
        (timedelta(days=4), "Depuis mercredi"),
        (timedelta(days=30), "Depuis le 21 mai"),
    ],
)
def test_since_when_is_said_the_way_people_say_it(world, maude, as_, ago, words):
    with time_machine.travel("2027-06-20T15:00:00-04:00", tick=False):
        tristan = make_person("Tristan", spaces=(world.intervention,))
        ask(tristan, world.intervention, "Du neuf")
        maude.last_seen_at = timezone.now() - ago
        maude.save()
        assert words in home(as_(maude))


def test_what_is_new_since_her_last_visit_is_told_from_what_she_left_unread(world, maude, as_):
    tristan = make_person("Tristan", spaces=(world.intervention,))
    with time_machine.travel("2027-06-10T15:00:00-04:00", tick=False):
        ask(tristan, world.intervention, "Laissé pour plus tard", text="école " * 2000)
    with time_machine.travel("2027-06-20T15:00:00-04:00", tick=False):
        maude.last_seen_at = timezone.now() - timedelta(days=4)
        maude.save()
        assert MemberHome(maude, shell(maude), maude.last_seen_at).fresh == 0
        ask(tristan, world.intervention, "Du neuf", text="école " * 400)
        now = MemberHome(maude, shell(maude), maude.last_seen_at)
        assert (now.fresh, now.unread, now.minutes) == (1, 2, 2)
        assert len(now.readings[0][1].rows) == 2


def test_the_contact_person_is_led_to_her_organisation_and_her_team(world, as_):
    gaspe = make_organisation("La Gaspésienne")
    zoe = make_person("Zoé", organisation=gaspe, spaces=(world.common,))
    to_edit = f"/organismes/{gaspe.pk}-{gaspe.slug}/modifier/"
    assert to_edit not in home(as_(zoe)), "a colleague is asked nothing"
    gaspe.contact = zoe
    gaspe.save()
    invite = reverse("accounts:team_invite", args=(gaspe.pk, gaspe.slug))
    assert to_edit in home(as_(zoe)) and invite in home(as_(zoe))
    make_person("Ana", organisation=gaspe)
    assert invite not in home(as_(zoe))


def test_a_guest_is_not_offered_to_begin_a_thread(world, maude, as_):
    later = timezone.now() + timedelta(days=9)
    guest = make_person("Solange", role=User.Role.GUEST, access_until=later, spaces=(world.common,))
    for path in ("/", "/communautes/place-commune/"):
        assert "/discussions/nouveau/" not in as_(guest).get(path).content.decode()
        assert "/discussions/nouveau/" in as_(maude).get(path).content.decode()


# ------------------------------------------------------------------ the price


def newcomer_with_everything(world):
    """The most that a home can show: a path to walk, words to meet, things that wait."""
    zoe = make_person("Zoé", organisation=world.relais, spaces=(world.common, world.intervention))
    world.relais.twin = world.phare
    world.relais.save()
    can_help(zoe, "transport")
    ask(zoe, world.intervention, "La question de Zoé")
    services.ask_to_join(world.direction, by=zoe)
    return zoe


def fill(world, count):
    """`count` threads with two replies each in the spaces that everybody here reads."""
    author = make_person("Autrice", spaces=(world.common, world.intervention))
    now = timezone.now()
    threads = Thread.objects.bulk_create(
        Thread(
            title=f"Transport {number}",
            slug=f"transport-{number}",
            level="sous-communaute",
            space=(world.common, world.intervention)[number % 2],
            owner=author,
            pinned=number < 2,
            created_at=now - timedelta(minutes=number),
            last_post_at=now - timedelta(minutes=number),
            last_position=3 if number % 3 else 1,
            newest_position=3 if number % 3 else 1,
            reply_count=2 if number % 3 else 0,
        )
        for number in range(count)
    )
    Post.objects.bulk_create(
        Post(thread=thread, position=position, author=author, html="<p>Oui</p>", text="Oui " * 30)
        for thread in threads
        for position in range(1, thread.last_position + 1)
    )
    Membership.objects.update(read_floor=now - timedelta(days=30))
    for space in (world.common, world.intervention):
        services.touch(space.pk)


# Shell: session, user with her organisation, memberships with their spaces. When a space moved
# since they were counted: the count, and one statement to keep it (its savepoint not counted).
FRAME, RECOUNT = 3, 2
# Home: me (with proofs and twin), skills, unread threads, unanswered questions and their
# keywords, my questions, my requests, pinned threads to read first, a message to thank for, what
# waits in the notification centre.
HOME = 10


@pytest.mark.parametrize("count", [3, 3000])
def test_home_costs_the_same_at_three_threads_and_at_three_thousand(world, as_, count):
    conduct.current_version()
    terms.scheme("types_fil")
    zoe = newcomer_with_everything(world)
    fill(world, count)
    browser = as_(zoe)
    browser.get("/")
    services.touch(world.intervention.pk)
    first = queries(browser, "/", expect="Transport")
    assert len(first) == FRAME + RECOUNT + HOME, listed(first)
    again = queries(browser, "/", expect="Bienvenue")
    assert len(again) == FRAME + HOME, listed(again)


@pytest.mark.parametrize("count", [3, 300])
def test_a_page_with_only_the_frame_costs_three_queries(world, as_, count):
    conduct.current_version()
    zoe = newcomer_with_everything(world)
    fill(world, count)
    browser = as_(zoe)
    browser.get("/")
    browser.get("/compte/code-de-conduite/")
    # The list of communities: the spaces with all that is said of them, and her requests.
    found = queries(browser, "/communautes/", expect="Intervention")
    assert len(found) == FRAME + 2, listed(found)


def test_a_visitor_s_pages_ask_the_database_nothing_but_the_showcase(
    db, as_, django_assert_num_queries
):
    browser = as_(None)
    for path in ("/aide/", "/confidentialite/", "/conditions/", "/accessibilite/"):
        with django_assert_num_queries(0, info="no session, no user, no shell"):
            assert browser.get(path).status_code == 200
    # Asked each time: a consent that is withdrawn takes a practice away at once.
    with django_assert_num_queries(1, info="the newest practices of the showcase"):
        assert browser.get("/").status_code == 200


def queries(browser, path, *, expect):
    from django.db import connection

    caches["local"].add(f"seen:{browser.session.session_key}", True)
    with CaptureQueriesContext(connection) as found:
        page = browser.get(path).content.decode()
    assert expect in page
    return [q["sql"] for q in found if "SAVEPOINT" not in q["sql"]]


def listed(found):
    return "\n".join(sql[:160] for sql in found)


# ------------------------------------------------------------------ kept counters


def test_the_counters_of_the_side_are_kept_and_follow_what_happens(world, maude, as_):
    tristan = make_person("Tristan", spaces=(world.intervention,))
    thread = ask(tristan, world.intervention, "Une question")
    browser = as_(maude)
    home(browser)
    stay = Membership.objects.get(user=maude, space=world.intervention)
    assert stay.unread_threads == 1
    ask(tristan, world.intervention, "Une autre")
    home(browser)
    stay.refresh_from_db()
    assert stay.unread_threads == 2
    browser.get(thread.get_absolute_url())
    home(browser)
    stay.refresh_from_db()
    assert stay.unread_threads == 1
    mark_all_read(None, by=maude)
    home(browser)
    stay.refresh_from_db()
    assert stay.unread_threads == 0


def test_a_guest_is_not_led_to_the_members_directory(world, as_):
    guest = make_person(
        "Irma",
        role="invite",
        access_until=timezone.now() + timedelta(days=9),
        spaces=(world.intervention,),
    )
    page = home(as_(guest))
    assert "/membres/" not in page
    assert "/organismes/" in page


# ------------------------------------------------------------------ what names her


def test_a_thread_that_names_her_says_so_until_she_reads_it(world, maude, odile, as_):
    silent = ask(odile, world.intervention, "Sans son nom")
    thread = ask(odile, world.intervention, "Avec son nom")
    post = reply(thread, by=odile, text="Maude, qu’en dites-vous?")
    mention(post, [maude])
    browser = as_(maude)
    page = home(browser)
    assert page.count("vous nomme</span>") == 1
    assert 'href="/avis/"' in page[page.index("Bonjour") : page.index("Avec son nom")]
    # The mark of the frame, where the phone shows it too.
    assert page.count('<span class="count new">1<span class="sr"> non lus') >= 2
    browser.get(thread.get_absolute_url())
    page = home(browser)
    assert silent.title in page and "vous nomme" not in page
    assert 'href="/avis/"' not in page[page.index("Bonjour") :]


def test_what_she_follows_is_counted_at_home_and_only_what_is_unread(world, maude, odile):
    first = ask(maude, world.intervention, "Ma question")
    assert MemberHome(maude, shell(maude), None).noticed == ""
    reply(first, by=odile, text="Une réponse")
    ask(odile, world.intervention, "Un fil qu’elle ne suit pas")
    assert [one.title for one in MemberHome(maude, shell(maude), None).notices] == ["Ma question"]
