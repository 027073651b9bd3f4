"""The pages: what each of the cast finds on them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from forums import services
from forums.models import Post, ReadPosition, Thread
from notifications.models import Subscription
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
NEWLINE = 'class="newline"'


def long_thread(world: World, replies: int = 44) -> Thread:
    thread = services.create_thread(by=world.maude, space=world.intervention, text="Un long fil")
    for number in range(replies):
        services.reply(thread, by=world.odile, text=f"Réponse numéro {number + 2}.")
    return Thread.objects.get(pk=thread.pk)


# ------------------------------------------------------------------------------- who finds what


def test_maude_reads_and_eve_finds_what_does_not_exist(
    world: World, question: Thread, as_: As
) -> None:
    url = question.get_absolute_url()
    assert "canari" in as_(world.maude).get(url).content.decode()
    missing = as_(world.eve).get("/discussions/999999/")
    hers = as_(world.eve).get(f"/discussions/{question.pk}/")
    assert (hers.status_code, missing.status_code) == (404, 404)
    assert as_(None).get(url).status_code == 302
    assert as_(None).get("/discussions/999999/").status_code == 302


@pytest.mark.parametrize("number", ["99999999999999999999", "9223372036854775808", "0"])
def test_an_impossible_number_is_missing(world: World, as_: As, number: str) -> None:
    assert as_(world.maude).get(f"/discussions/{number}/").status_code == 404


def test_the_right_address_comes_only_after_the_audience_check(
    world: World, question: Thread, as_: As
) -> None:
    old = f"/discussions/{question.pk}-un-vieux-titre/?page=1"
    assert as_(world.maude).get(old).headers["Location"] == question.get_absolute_url() + "?page=1"
    assert as_(world.eve).get(old).status_code == 404


def test_a_confidential_address_holds_no_word_of_the_title(
    world: World, secret: Thread, as_: As
) -> None:
    assert secret.get_absolute_url() == f"/discussions/{secret.pk}/"
    page = as_(world.naima).get(f"/discussions/{secret.pk}-titre-perroquet/")
    assert page.headers["Location"] == secret.get_absolute_url()


def test_an_old_address_follows_a_move_for_who_still_reads(
    world: World, question: Thread, as_: As
) -> None:
    old = question.get_absolute_url()
    services.move_thread(question, world.direction, by=world.odile)
    assert as_(world.real).get(old).status_code == 200
    assert as_(world.maude).get(old).status_code == 404


def test_every_page_of_a_hidden_or_foreign_thread_is_missing(
    world: World, question: Thread, as_: As
) -> None:
    opening = question.posts.get(position=1)
    pages = [
        f"/discussions/{question.pk}/",
        f"/discussions/{question.pk}/deplacer/",
        f"/discussions/{question.pk}/ecarter/",
        f"/discussions/{question.pk}/repondre/",
        f"/discussions/messages/{opening.pk}/",
        f"/discussions/messages/{opening.pk}/modifier/",
        f"/discussions/messages/{opening.pk}/versions/",
        f"/discussions/messages/{opening.pk}/ecarter/",
    ]
    posts = [
        (f"/discussions/{question.pk}/suivre/", {"suivre": "1"}),
        (f"/discussions/{question.pk}/etat/", {"acte": "resoudre"}),
        (f"/discussions/{question.pk}/repondre/", {"text": "Allô"}),
        (f"/discussions/messages/{opening.pk}/reaction/", {"type": "merci:1"}),
        (f"/discussions/messages/{opening.pk}/retenir/", {}),
        (f"/discussions/messages/{opening.pk}/identite/", {}),
    ]
    eve = as_(world.eve)
    assert {eve.get(url).status_code for url in pages} == {404}
    assert {eve.post(url, data).status_code for url, data in posts} == {404}
    assert not Subscription.objects.filter(user=world.eve).exists()


def test_an_unnamed_author_is_nowhere_on_the_pages_of_others(
    world: World, secret: Thread, as_: As
) -> None:
    services.reply(secret, by=world.naima, text="Une précision", unnamed=True)
    colleague = make_person("Inès", "Zed", spaces=(world.psychosocial,))
    for reader in (colleague, world.odile):
        for url in (
            secret.get_absolute_url(),
            "/discussions/",
            "/discussions/?espace=suivis-psychosociaux",
        ):
            page = as_(reader).get(url).content.decode()
            assert "perroquet" in page
            assert "Naïma" not in page
            assert not re.search(rf"/membres/{world.naima.pk}\b", page)
    hers = as_(world.naima).get(secret.get_absolute_url())
    assert [slot.mine for slot in hers.context["slots"]] == [True, True]


def test_a_look_at_an_identity_is_a_post_and_stays_in_no_cache(
    world: World, secret: Thread, as_: As
) -> None:
    url = f"/discussions/messages/{secret.posts.get().pk}/identite/"
    odile = as_(world.odile)
    assert odile.get(url).status_code == 405
    page = odile.post(url)
    assert "Naïma" in page.content.decode()
    assert page.headers["Cache-Control"] == "no-store"
    colleague = make_person("Inès", spaces=(world.psychosocial,))
    assert as_(colleague).post(url).status_code == 403


def test_a_message_set_aside_leaves_a_line_and_no_word(
    world: World, question: Thread, as_: As
) -> None:
    post = services.reply(question, by=world.maude, text="Un mot de trop, pélican.")
    services.hide_post(post, by=world.odile, reason="essai")
    page = as_(world.maude).get(question.get_absolute_url()).content.decode()
    assert "pélican" not in page
    assert 'class="post gone" id="message-2"' in page
    assert "pélican" in as_(world.odile).get(question.get_absolute_url()).content.decode()


# ---------------------------------------------------------------------------------- reading


def test_twenty_messages_a_page_and_the_last_page_by_arithmetic(world: World, as_: As) -> None:
    thread = long_thread(world)
    page = as_(world.maude).get(thread.get_absolute_url() + "?page=3").content.decode()
    assert 'id="message-41"' in page and 'id="message-45"' in page
    assert 'id="message-40"' not in page
    for odd in ("0", "99", "-1", "x", "²", "9" * 30):
        assert as_(world.maude).get(f"{thread.get_absolute_url()}?page={odd}").status_code == 200


def test_straight_to_the_first_unread_with_a_line_above_it(world: World, as_: As) -> None:
    thread = long_thread(world)
    services.mark_read(thread, 23, by=world.maude)
    ReadPosition.objects.filter(user=world.maude).update(position=23)
    maude = as_(world.maude)
    there = maude.get(thread.get_absolute_url() + "?nouveau=1").headers["Location"]
    assert there.endswith("?page=2#message-24")
    page = maude.get(there).content.decode()
    assert page.index(NEWLINE) < page.index('id="message-24"')
    assert page.index('id="message-23"') < page.index(NEWLINE)
    assert NEWLINE not in maude.get(there).content.decode()


def test_reading_moves_her_mark_and_counts_her_visit_once_a_day(
    world: World, question: Thread, as_: As
) -> None:
    odile = as_(world.odile)
    for _time in range(3):
        odile.get(question.get_absolute_url())
    question.refresh_from_db()
    assert question.view_count == 1
    assert ReadPosition.objects.get(user=world.odile).position == 1
    ReadPosition.objects.update(viewed_on="2020-01-01")
    odile.get(question.get_absolute_url())
    question.refresh_from_db()
    assert question.view_count == 2


def test_a_head_request_changes_nothing_but_marks(world: World, question: Thread, as_: As) -> None:
    before = Thread.objects.values().get(pk=question.pk)
    as_(world.eve).head(question.get_absolute_url())
    assert Thread.objects.values().get(pk=question.pk) == before


def test_the_sidebar_counts_and_forgets(world: World, question: Thread, as_: As) -> None:
    odile_in = make_person("Zoé", spaces=(world.intervention,))
    services.reply(question, by=world.maude, text="Du nouveau")
    zoe = as_(odile_in)
    assert 'class="count new">1<' in zoe.get("/discussions/").content.decode()
    zoe.get(question.get_absolute_url())
    assert 'class="count new">' not in zoe.get("/discussions/").content.decode()


# ------------------------------------------------------------------------------------- lists


def test_the_list_shows_what_she_reads_and_its_filters_are_in_the_address(
    world: World, question: Thread, secret: Thread, as_: As
) -> None:
    other = services.create_thread(
        by=world.eve, space=world.common, title="Le midi-partage", text="Qui vient?", kind="annonce"
    )
    services.resolve(question, by=world.maude)
    maude = as_(world.maude)

    def titles(query: str = "") -> set[str]:
        page = maude.get(f"/discussions/{query}")
        return {thread.title for thread in [*page.context["pinned"], *page.context["threads"]]}

    both = {question.title, other.title}
    assert titles() == both
    assert titles("?espace=intervention") == {question.title}
    assert titles("?espace=suivis-psychosociaux") == both
    assert titles("?type=annonce") == {other.title}
    assert titles("?etat=resolu") == {question.title}
    assert titles("?filtre=sans-reponse") == set()
    assert titles("?filtre=a-moi") == {question.title}
    assert titles("?filtre=nonlus") == {other.title}
    assert titles("?mot=refus+scolaire") == {question.title}
    assert titles("?mot=midi") == {other.title}
    assert titles("?mot=perroquet") == set()


def test_a_filter_in_use_is_a_chip_that_removes_it(world: World, question: Thread, as_: As) -> None:
    page = as_(world.maude).get("/discussions/?espace=intervention&mot=refus")
    assert [chip.without for chip in page.context["chips"]] == [
        "/discussions/?espace=intervention",
        "/discussions/?mot=refus",
    ]


def test_pinned_threads_come_first_in_their_space_only(world: World, as_: As) -> None:
    old = services.create_thread(by=world.maude, space=world.common, text="Le chantier")
    new = services.create_thread(by=world.maude, space=world.common, text="Du neuf")
    services.pin(old, by=world.odile)
    maude = as_(world.maude)
    page = maude.get("/discussions/?espace=place-commune")
    assert [thread.pk for thread in page.context["pinned"]] == [old.pk]
    assert [thread.pk for thread in page.context["threads"]] == [new.pk]
    assert [t.pk for t in maude.get("/discussions/").context["threads"]] == [new.pk, old.pk]


def test_the_list_moves_by_cursor_and_shows_each_thread_once(world: World, as_: As) -> None:
    for number in range(45):
        services.create_thread(by=world.maude, space=world.common, text=f"Fil {number}")
    maude, url, seen = as_(world.maude), "/discussions/", []
    while url:
        page = maude.get(url)
        seen += [thread.pk for thread in page.context["threads"]]
        url = page.context["next_url"]
    assert len(seen) == len(set(seen)) == 45


def test_mark_all_as_read_is_a_post(world: World, question: Thread, as_: As) -> None:
    zoe = make_person("Zoé", spaces=(world.intervention,))
    services.reply(question, by=world.maude, text="Du nouveau")
    assert as_(zoe).get("/discussions/lu/").status_code == 405
    as_(zoe).post("/discussions/lu/", {"espace": "intervention"})
    assert not Thread.objects.unread_by(zoe).exists()


# ---------------------------------------------------------------------------------- one button


def test_a_reaction_answers_with_a_part_or_a_page(world: World, question: Thread, as_: As) -> None:
    post = services.reply(question, by=world.odile, text="Un café.")
    url = f"/discussions/messages/{post.pk}/reaction/"
    maude = as_(world.maude)
    part = maude.post(url, {"type": "merci:1"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in part and "<html" not in part
    twice = maude.post(url, {"type": "merci:1"})
    assert twice.headers["Location"] == post.get_absolute_url()
    post.refresh_from_db()
    assert post.thanks_count == 1
    maude.post(url, {"type": "merci:0"})
    post.refresh_from_db()
    assert post.thanks_count == 0
    assert maude.post(url, {"type": "haine:1"}).status_code in (400, 403)


def test_following_is_one_of_three_words(world: World, question: Thread, as_: As) -> None:
    odile = as_(world.odile)
    url = f"/discussions/{question.pk}/suivre/"
    hers = Subscription.objects.filter(user=world.odile, by_hand=True)
    for word in ("suivre", "silence", "mentions"):
        part = odile.post(url, {"attention": word}, headers={"HX-Request": "true"})
        pressed = f'value="{word}" aria-pressed="true"'
        assert pressed in part.content.decode()
        assert part.content.decode().count('aria-pressed="true"') == 1
        assert hers.get().attention == word
    assert odile.post(url, {"attention": "toujours"}).status_code == 400
    assert as_(world.real).post(url, {"attention": "suivre"}).status_code == 404


def test_the_mail_of_one_thread_is_chosen_apart(world: World, question: Thread, as_: As) -> None:
    odile = as_(world.odile)
    url = f"/discussions/{question.pk}/suivre/"
    assert odile.post(url, {"mail": "jour"}).status_code == 302
    row = Subscription.objects.get(user=world.odile)
    assert (row.attention, row.mail) == ("suivre", "jour")
    odile.post(url, {"attention": "mentions"})
    odile.post(url, {"mail": ""})
    row.refresh_from_db()
    assert (row.attention, row.mail) == ("mentions", "")
    assert odile.post(url, {"mail": "toujours"}).status_code == 400


def test_odile_animates_from_the_page_and_maude_may_not(
    world: World, question: Thread, as_: As
) -> None:
    url = f"/discussions/{question.pk}/etat/"
    assert as_(world.maude).post(url, {"acte": "verrouiller"}).status_code == 403
    assert as_(world.odile).post(url, {"acte": "verrouiller"}).status_code == 302
    assert as_(world.odile).post(url, {"acte": "exploser"}).status_code == 400
    question.refresh_from_db()
    assert question.locked
    assert as_(world.maude).get(f"/discussions/{question.pk}/deplacer/").status_code == 403
    sure = {"space": "place-commune", "sure": str(world.common.pk), "reason": "Sa place"}
    page = as_(world.odile).post(f"/discussions/{question.pk}/deplacer/", sure)
    assert page.status_code == 302
    question.refresh_from_db()
    assert question.space == world.common


def test_maude_marks_her_question_as_resolved(world: World, question: Thread, as_: As) -> None:
    maude = as_(world.maude)
    assert "resoudre" in maude.get(question.get_absolute_url()).content.decode()
    maude.post(f"/discussions/{question.pk}/etat/", {"acte": "resoudre"})
    question.refresh_from_db()
    assert question.resolved
    answer = services.reply(question, by=world.odile, text="Un café.")
    maude.post(f"/discussions/messages/{answer.pk}/retenir/")
    page = maude.get(question.get_absolute_url()).content.decode()
    assert 'class="post answer"' in page
    assert 'href="' + question.get_absolute_url() + '#message-2"' in page


def test_versions_are_for_the_author_and_the_animators(
    world: World, question: Thread, as_: As
) -> None:
    opening = question.posts.get(position=1)
    services.edit_post(opening, by=world.maude, text="Mieux dit.")
    url = f"/discussions/messages/{opening.pk}/versions/"
    assert "canari" in as_(world.maude).get(url).content.decode()
    assert "canari" in as_(world.odile).get(url).content.decode()
    zoe = make_person("Zoé", spaces=(world.intervention,))
    assert as_(zoe).get(url).status_code == 404
    slots = as_(zoe).get(question.get_absolute_url()).context["slots"]
    assert slots[0].post.edited_at is not None


def test_extra_fields_of_a_form_change_nothing(world: World, question: Thread, as_: As) -> None:
    as_(world.maude).post(
        f"/discussions/{question.pk}/repondre/",
        {
            "text": "Allô",
            "submission": str(uuid.uuid4()),
            "author": world.odile.pk,
            "created_at": "2001-01-01",
            "state": "hidden",
            "position": "900",
            "as_animation": "on",
            "thanks_count": "50",
        },
    )
    assert not Post.objects.filter(thread=question, position=2).exists()
    as_(world.maude).post(
        f"/discussions/{question.pk}/repondre/",
        {"text": "Allô", "author": world.odile.pk, "created_at": "2001-01-01", "state": "hidden"},
    )
    post = Post.objects.get(thread=question, position=2)
    assert (post.author, post.state, post.thanks_count) == (world.maude, "published", 0)
    assert post.created_at.year > 2001


def test_the_cursor_of_another_list_starts_again_at_the_top(
    world: World, question: Thread, as_: As
) -> None:
    from django.core import signing

    odd = signing.dumps(["Dubois", 3], salt="cursor.name")
    assert as_(world.maude).get(f"/discussions/?apres={odd}").status_code == 200


def test_who_begins_a_reply_learns_who_will_read_it(world: World, as_: As) -> None:
    thread = services.create_thread(by=world.maude, space=world.intervention, text="Une question.")
    line = f"/discussions/nouveau/portee/?space={world.intervention.slug}&line=1"

    assert (
        line.replace("&", "&amp;")
        in as_(world.maude).get(thread.get_absolute_url()).content.decode()
    )
    assert "2 personnes de 2 organismes" in as_(world.maude).get(line).content.decode()
    assert as_(world.real).get(line).status_code == 404


@pytest.mark.parametrize(
    ("filtre", "words"),
    [
        ("nonlus", "You have read everything."),
        ("suivis", "You follow no thread"),
        ("a-moi", "You have started no thread yet"),
        ("sans-reponse", "No thread answers these filters"),
    ],
)
def test_an_empty_filter_says_what_it_means(world: World, as_: As, filtre: str, words: str) -> None:
    page = as_(world.eve).get(f"/discussions/?filtre={filtre}").content.decode()
    assert _(words) in page
    # With a word more, it is only that nothing was found.
    page = as_(world.eve).get(f"/discussions/?filtre={filtre}&mot=loup").content.decode()
    assert _("No thread answers these filters") in page


def test_what_she_is_told_of_is_chosen_at_the_head_of_a_thread(
    world: World, question: Thread, as_: As
) -> None:
    eve, odile = as_(world.eve), as_(world.odile)
    page = odile.get(question.get_absolute_url()).content.decode()
    assert page.count('id="follow"') == 1
    assert page.index('id="follow"') < page.index("<h1") < page.index('id="repondre"')
    # What htmx swaps is the whole of it, once.
    url = reverse("forums:follow", args=(question.pk,))
    part = odile.post(url, {"attention": "silence"}, headers={"HX-Request": "true"})
    said = part.content.decode()
    assert said.startswith('<details class="menu" id="follow" open') and said.count("<details") == 1
    assert eve.post(url, {"attention": "silence"}).status_code == 404
