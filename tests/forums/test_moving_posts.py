"""Messages that go to another thread, and threads that become one: what follows, and who knows."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from community.models import Membership, Reaction, SubCommunity
from community.services import react
from core import files, links, mail
from core.errors import NotAllowed
from core.events import drain
from core.models import ActionLog, OutgoingMail, StoredFile
from forums import errors, services
from forums.models import Ask, Draft, Poll, Post, ReadPosition, Thread
from forums.services.common import Missing
from forums.services.scheduled import publish_due
from moderation.models import Report
from moderation.services import file_report
from notifications.links import stop_url
from notifications.services import is_following, unfollow
from search.finding import find
from tests.conftest import World, hold_mails_no_more, make_person
from tests.forums.test_budgets import counted
from tests.search.rooms import exact, heard

As = Callable[[User | None], Client]


@pytest.fixture
def other(world: World) -> Thread:
    """Another question of Maude's space, with an answer."""
    thread = services.create_thread(
        by=world.maude, space=world.intervention, title="Absences du lundi", text="Que faire?"
    )
    services.reply(thread, by=world.odile, text="Appeler le dimanche.")
    thread.refresh_from_db()
    return thread


@pytest.fixture
def far(world: World) -> Thread:
    """A question of Réal's space, which Maude does not read."""
    return services.create_thread(
        by=world.real, space=world.direction, title="Budget zibeline", text="Combien?"
    )


@pytest.fixture
def replies(world: World, question: Thread) -> list[Post]:
    """Four replies to the question; the third answers the second."""
    first = services.reply(question, by=world.odile, text="Un mot chamois")
    second = services.reply(question, by=world.maude, text="Deux mots castor")
    third = services.reply(question, by=world.odile, text="Trois mots loutre", parent=second)
    fourth = services.reply(question, by=world.maude, text="Quatre mots martre")
    question.refresh_from_db()
    return [first, second, third, fourth]


def texts(thread: Thread) -> list[str]:
    return [post.text for post in Post.objects.filter(thread=thread).order_by("position")]


def sure_of(space: SubCommunity) -> dict[str, str]:
    """What the page adds once it said who would read it there."""
    return {"sure": str(space.pk), "reason": "Sa place"}


# ------------------------------------------------------------------------------ what moves


def test_one_message_goes_to_the_end_of_the_other_thread(
    world: World, question: Thread, other: Thread, replies: list[Post]
) -> None:
    services.move_posts(replies[1], other, by=world.odile)

    assert texts(other)[-1] == "Deux mots castor"
    assert "Deux mots castor" not in texts(question)
    # What stays keeps its place; the place that was left is not given again.
    positions = Post.objects.filter(thread=question).values_list("position", flat=True)
    assert sorted(positions) == [1, 2, 4, 5]
    assert services.reply(question, by=world.maude, text="Après").position == 6


def test_from_here_on_takes_what_followed_in_its_order(
    world: World, question: Thread, other: Thread, replies: list[Post]
) -> None:
    services.move_posts(replies[1], other, by=world.odile, onward=True)

    assert texts(other)[-3:] == ["Deux mots castor", "Trois mots loutre", "Quatre mots martre"]
    question.refresh_from_db()
    other.refresh_from_db()
    assert (question.reply_count, question.newest_position, question.last_position) == (1, 2, 5)
    assert (other.reply_count, other.newest_position, other.last_position) == (4, 5, 5)
    assert question.last_post_at == replies[0].created_at
    assert other.last_post_at == replies[3].created_at


def test_older_messages_do_not_make_a_thread_look_older(
    world: World, question: Thread, replies: list[Post], other: Thread
) -> None:
    newest = services.reply(other, by=world.odile, text="Plus tard")
    services.move_posts(replies[0], other, by=world.odile)
    other.refresh_from_db()

    assert (other.newest_position, other.last_post_at) == (4, newest.created_at)
    assert other.last_author == world.odile


def test_a_split_thread_begins_with_the_message_and_is_of_its_author(
    world: World, question: Thread, replies: list[Post]
) -> None:
    made = services.split(replies[1], by=world.odile, onward=True)

    assert texts(made) == ["Deux mots castor", "Trois mots loutre", "Quatre mots martre"]
    assert (made.title, made.owner, made.space) == (
        "Deux mots castor",
        world.maude,
        world.intervention,
    )
    made.refresh_from_db()
    assert (made.reply_count, made.last_position, made.created_at) == (2, 3, replies[1].created_at)


def test_an_unnamed_message_opens_an_unnamed_thread(world: World, secret: Thread) -> None:
    post = services.reply(secret, by=world.naima, text="Encore moi.", unnamed=True)
    made = services.split(post, by=world.odile, title="À part")

    assert made.author is None and made.unnamed
    logged = ActionLog.objects.filter(verb="thread.split", object_id=made.pk).get()
    assert logged.data == {"posts": 1, "origin": secret.pk} and logged.actor == world.odile


def test_a_merged_thread_is_no_more_and_leads_to_the_other(
    world: World, question: Thread, other: Thread, replies: list[Post], as_: As
) -> None:
    old = question.get_absolute_url()
    services.merge(question, other, by=world.odile)

    assert len(texts(other)) == 7
    assert not Thread.objects.readable_by(world.maude).filter(pk=question.pk).exists()
    opening = Post.objects.get(thread=other, position=3)
    assert as_(world.maude).get(old).headers["Location"] == opening.get_absolute_url()
    # Réal, who reads neither, finds what he found before: nothing.
    assert as_(world.real).get(old).status_code == 404


def test_what_was_merged_twice_leads_straight_to_the_last(
    world: World, question: Thread, other: Thread, as_: As
) -> None:
    last = services.create_thread(by=world.maude, space=world.intervention, text="Un troisième")
    old = question.get_absolute_url()
    services.merge(question, other, by=world.odile)
    services.merge(other, last, by=world.odile)

    question.refresh_from_db()
    assert question.merged_into == last
    assert as_(world.maude).get(old, follow=True).context["thread"] == last


# ------------------------------------------------------------------------------ who may


@pytest.mark.parametrize("way", ["move", "split", "merge"])
def test_only_who_animates_both_sides(
    world: World, question: Thread, replies: list[Post], far: Thread, way: str, settings: object
) -> None:
    settings.COANIMATION = True  # type: ignore[attr-defined]
    Membership.objects.filter(user=world.maude, space=world.intervention).update(
        role=Membership.Role.COANIMATION
    )

    def act(by: User) -> None:
        if way == "move":
            services.move_posts(replies[0], far, by=by)
        elif way == "split":
            services.split(replies[0], by=by, space=world.direction)
        else:
            services.merge(question, far, by=by)

    # Maude animates the side that they leave, Réal reads the other, Odile animates both.
    for person in (world.maude, world.real):
        with pytest.raises((NotAllowed, Missing)):
            act(person)
    assert len(texts(question)) == 5
    act(world.odile)
    assert len(texts(question)) < 5


def test_a_coanimator_moves_within_her_space(
    world: World, question: Thread, replies: list[Post], other: Thread, as_: As, settings: object
) -> None:
    page = reverse("forums:move_post", args=(replies[0].pk,))
    given = {"onward": "un", "where": str(other.pk)}
    assert as_(world.maude).post(page, given).status_code == 403
    settings.COANIMATION = True  # type: ignore[attr-defined]
    Membership.objects.filter(user=world.maude, space=world.intervention).update(
        role=Membership.Role.COANIMATION
    )

    assert as_(world.maude).post(page, given).status_code == 302
    assert texts(other)[-1] == "Un mot chamois"


def test_the_opening_message_stays(world: World, question: Thread, other: Thread) -> None:
    opening = Post.objects.get(thread=question, position=1)
    for act in (
        lambda: services.move_posts(opening, other, by=world.odile),
        lambda: services.split(opening, by=world.odile, onward=True),
    ):
        with pytest.raises(errors.OpeningStays):
            act()


def test_a_thread_does_not_begin_with_what_is_set_aside(
    world: World, question: Thread, replies: list[Post]
) -> None:
    services.hide_post(replies[1], by=world.odile, reason="essai")
    with pytest.raises(errors.OpeningHidden):
        services.split(replies[1], by=world.odile, onward=True)
    services.restore_post(replies[1], by=world.odile)
    assert len(texts(services.split(replies[1], by=world.odile, onward=True))) == 3


def test_unnamed_messages_stay_where_they_are_protected(
    world: World, secret: Thread, question: Thread
) -> None:
    signed = services.reply(secret, by=world.naima, text="Signé")
    unnamed = services.reply(secret, by=world.naima, text="Sans nom", unnamed=True)
    for act in (
        lambda: services.move_posts(unnamed, question, by=world.odile),
        lambda: services.move_posts(signed, question, by=world.odile, onward=True),
        lambda: services.split(unnamed, by=world.odile, space=world.common),
        lambda: services.merge(secret, question, by=world.odile),
    ):
        with pytest.raises(errors.UnnamedStay):
            act()
    services.move_posts(signed, question, by=world.odile)
    assert texts(question)[-1] == "Signé"


def test_nothing_comes_out_of_a_thread_that_is_set_aside(
    world: World, question: Thread, replies: list[Post], other: Thread
) -> None:
    services.hide_thread(question, by=world.odile, reason="essai")
    with pytest.raises(Missing):
        services.merge(question, other, by=world.odile)
    with pytest.raises(Missing):
        services.move_posts(replies[0], other, by=world.odile)
    services.restore_thread(question, by=world.odile)
    services.move_posts(replies[0], other, by=world.odile)


def test_whoever_changes_a_message_that_was_just_moved_finds_nothing(
    world: World, question: Thread, replies: list[Post], far: Thread
) -> None:
    """Her rights were those of the other thread."""
    old = Post.objects.get(pk=replies[1].pk)
    services.move_posts(replies[1], far, by=world.odile)
    with pytest.raises(Missing):
        services.edit_post(old, by=world.maude, text="Changé")


# ------------------------------------------------------------------------------ answers


def test_a_retained_answer_follows_its_message(
    world: World, question: Thread, replies: list[Post], other: Thread
) -> None:
    services.retain_answer(question, replies[1], by=world.maude)
    services.move_posts(replies[1], other, by=world.odile)
    question.refresh_from_db()
    other.refresh_from_db()

    assert (question.answer, other.answer) == (None, replies[1])
    assert other.resolved and question.resolved


def test_what_opens_a_new_thread_is_not_its_answer(
    world: World, question: Thread, replies: list[Post]
) -> None:
    services.retain_answer(question, replies[1], by=world.maude)
    made = services.split(replies[1], by=world.odile, onward=True)
    question.refresh_from_db()
    assert (question.answer, made.answer, made.resolved) == (None, None, False)


@pytest.mark.parametrize("keeps", ["here", "there"])
def test_between_two_retained_answers_the_page_asks(
    world: World, question: Thread, replies: list[Post], other: Thread, as_: As, keeps: str
) -> None:
    mine = Post.objects.get(thread=other, position=2)
    services.retain_answer(question, replies[1], by=world.maude)
    services.retain_answer(other, mine, by=world.maude)
    page, given = reverse("forums:merge", args=(question.pk,)), {"where": str(other.pk)}
    asked = as_(world.odile).post(page, given)

    assert asked.status_code == 409
    assert set(asked.context["answers"]) == {mine, replies[1]}
    assert Thread.objects.readable_by(world.odile).filter(pk=question.pk).exists()
    # Neither of the two: asked again.
    foreign = as_(world.odile).post(page, given | {"retained": str(replies[0].pk)})
    assert foreign.status_code == 400
    chosen = mine if keeps == "here" else replies[1]
    as_(world.odile).post(page, given | {"retained": str(chosen.pk)})
    other.refresh_from_db()
    assert other.answer == chosen


# ------------------------------------------------------------------------------ what follows


def test_files_thanks_versions_and_reply_links_follow(
    world: World, question: Thread, replies: list[Post], far: Thread, as_: As
) -> None:
    kept = files.accept(SimpleUploadedFile("plan.txt", b"Le plan.", "text/plain"), by=world.maude)
    post = services.reply(
        question, by=world.maude, text="Voici", attachments=[kept.pk], parent=replies[1]
    )
    react(post, Reaction.Type.THANKS, by=world.odile)
    services.edit_post(post, by=world.maude, text="Voici le plan")
    url = reverse("core:file", args=(kept.pk,))
    assert as_(world.real).get(url).status_code == 404
    post = services.move_posts(post, far, by=world.odile)

    assert as_(world.real).get(url).status_code == 200
    assert as_(world.maude).get(url).status_code == 404
    assert StoredFile.objects.get(pk=kept.pk).object_id == post.pk
    assert (post.thanks_count, post.versions.count(), post.parent) == (1, 1, replies[1])


def test_a_link_to_what_is_answered_is_drawn_for_who_reads_it(
    world: World, question: Thread, replies: list[Post], far: Thread, as_: As
) -> None:
    services.move_posts(replies[2], far, by=world.odile)  # it answers Maude, who stays

    def lines(person: User) -> str:
        return as_(person).get(far.get_absolute_url()).content.decode()

    assert replies[1].get_absolute_url() in lines(world.odile)
    assert "loutre" in lines(world.real)
    assert "Maude" not in lines(world.real)
    assert f"/discussions/{question.pk}-" not in lines(world.real)


def test_who_had_read_everything_has_nothing_new_to_read(
    world: World, question: Thread, replies: list[Post], other: Thread
) -> None:
    for thread in (question, other):
        thread.refresh_from_db()
        services.mark_read(thread, 99, by=world.odile)
    services.mark_read(question, 3, by=world.maude)
    services.move_posts(replies[0], other, by=world.odile, onward=True)

    marks = ReadPosition.objects.filter(thread=other)
    assert marks.get(user=world.odile).position == 6
    assert not Thread.objects.unread_by(world.odile).filter(pk=other.pk).exists()


def test_who_had_not_read_up_to_there_keeps_her_mark(
    world: World, question: Thread, replies: list[Post], other: Thread
) -> None:
    """Maude read her question whole, and of the other thread its first message only."""
    services.mark_read(question, 99, by=world.maude)
    services.move_posts(replies[0], other, by=world.odile)
    assert ReadPosition.objects.get(user=world.maude, thread=other).position == 1


def test_a_split_thread_is_read_as_far_as_it_was(
    world: World, question: Thread, replies: list[Post]
) -> None:
    Membership.objects.create(user=world.eve, space=world.intervention)
    services.mark_read(question, 4, by=world.eve)
    made = services.split(replies[1], by=world.odile, onward=True)
    assert ReadPosition.objects.get(user=world.eve, thread=made).position == 2


def test_followers_follow(
    world: World, question: Thread, replies: list[Post], other: Thread
) -> None:
    unfollow(other, by=world.odile)
    services.move_posts(replies[0], other, by=world.odile)  # Odile's; she had stopped the other
    assert not is_following(other, world.odile)
    made = services.split(replies[1], by=world.odile)
    assert is_following(made, world.maude) and is_following(made, world.odile)
    services.merge(question, other, by=world.odile)
    assert is_following(other, world.maude)


def test_the_stop_link_of_an_old_mail_stops_the_thread_that_took_its_place(
    world: World, question: Thread, other: Thread, as_: As
) -> None:
    link = stop_url(world.maude, "thread", question.pk)
    services.merge(question, other, by=world.odile)
    assert is_following(other, world.maude)
    as_(None).post("/" + link.split("/", 3)[3])
    assert not is_following(other, world.maude)


def test_a_draft_goes_on_where_its_thread_went(
    world: World, question: Thread, replies: list[Post], other: Thread, far: Thread, as_: As
) -> None:
    services.keep_draft(
        by=world.maude, thread=question, text="Pour toi", details={"parent": str(replies[0].pk)}
    )
    services.move_posts(replies[2], other, by=world.odile)
    assert Draft.objects.get(user=world.maude).thread == question
    services.move_posts(replies[0], other, by=world.odile)
    assert Draft.objects.get(user=world.maude).thread == other
    services.keep_draft(by=world.maude, thread=question, text="Encore")
    services.merge(question, other, by=world.odile)
    drafts = {draft.body: draft for draft in Draft.objects.filter(user=world.maude)}
    assert set(drafts) == {"Pour toi", "Encore"}
    assert all(draft.thread == other for draft in drafts.values())
    # To where she reads nothing it does not go: it answers its thread.
    services.move_posts(replies[0], far, by=world.odile)
    draft = drafts["Pour toi"]
    draft.refresh_from_db()
    assert draft.thread == other and "parent" not in draft.details


def test_a_reply_to_a_thread_merged_meanwhile_is_kept_and_asked_again(
    world: World, question: Thread, other: Thread, as_: As
) -> None:
    services.merge(question, other, by=world.odile)
    page = reverse("forums:reply", args=(question.pk,))
    shown = as_(world.maude).post(page, {"text": "Ma réponse hermine"})

    assert shown.status_code == 409
    assert "hermine" in shown.content.decode()
    assert reverse("forums:reply", args=(other.pk,)) in shown.content.decode()
    assert "Ma réponse hermine" not in texts(other)
    assert as_(world.real).post(page, {"text": "Moi aussi"}).status_code == 404


def test_ties_and_reports_follow(
    world: World, question: Thread, replies: list[Post], far: Thread, other: Thread
) -> None:
    links.link(question, replies[0], by=world.odile)
    Membership.objects.create(user=world.eve, space=world.intervention)
    about_post = file_report(replies[1], by=world.eve, reason="autre", details="x")
    about_thread = file_report(question, by=world.eve, reason="autre", details="x")
    services.move_posts(replies[1], far, by=world.odile)
    about_post.refresh_from_db()
    assert about_post.space == world.direction
    services.merge(question, far, by=world.odile)
    opening = Post.objects.get(thread=far, text__contains="canari")
    report = Report.objects.get(pk=about_thread.pk)
    assert (report.kind, report.object_id, report.space) == ("post", opening.pk, world.direction)
    assert links.others(far, world.odile) == [replies[0]]


def test_both_journals_tell(
    world: World, question: Thread, replies: list[Post], far: Thread
) -> None:
    services.move_posts(replies[0], far, by=world.odile, reason="Autre sujet")
    lines = ActionLog.objects.filter(verb__startswith="thread.posts_")
    told = {(line.verb, line.space_id, line.reason) for line in lines}
    assert told == {
        ("thread.posts_in", world.direction.pk, "Autre sujet"),
        ("thread.posts_out", world.intervention.pk, "Autre sujet"),
    }


# ------------------------------------------------------------------------------ who is told


def test_a_mail_that_waits_is_looked_at_again(
    world: World,
    question: Thread,
    far: Thread,
) -> None:
    """Queued for Maude about a message that goes, before it leaves, where she does not read."""
    services.reply(question, by=world.maude, text="Je suis")
    post = services.reply(question, by=world.odile, text="Le mot zibeline")
    stays = services.reply(question, by=world.odile, text="Le mot reste")
    while drain():
        pass
    waiting = OutgoingMail.objects.filter(recipient=world.maude, sent_at=None)
    assert {one.object_id for one in waiting} >= {post.pk, stays.pk}
    services.move_posts(post, far, by=world.odile)
    hold_mails_no_more()
    while mail.deliver():
        pass
    said = [one.body for one in outbox.outbox if world.maude.email in one.to]
    assert len(said) == 1 and "reste" in said[0]


def test_those_who_lose_it_are_told_nothing(
    world: World, question: Thread, replies: list[Post], far: Thread, as_: As
) -> None:
    services.move_posts(replies[1], far, by=world.odile)
    page = as_(world.maude).get(question.get_absolute_url()).content.decode()

    assert "castor" not in page and "zibeline" not in page.lower()
    assert 'id="message-3"' not in page and 'id="message-4"' in page
    assert as_(world.maude).get(reverse("forums:post", args=(replies[1].pk,))).status_code == 404
    # Odile reads both: the place leads to the message.
    page = as_(world.odile).get(question.get_absolute_url()).content.decode()
    assert 'id="message-3"' in page
    moved = Post.objects.get(pk=replies[1].pk)
    assert moved.get_absolute_url() in page


def test_a_page_whose_messages_all_went_leads_to_what_is_left(
    world: World, question: Thread, far: Thread, as_: As
) -> None:
    for number in range(44):
        post = services.reply(question, by=world.maude, text=f"Réponse {number}")
    second = Post.objects.get(thread=question, position=21)
    old = second.get_absolute_url()
    services.move_posts(second, far, by=world.odile, onward=True)
    services.reply(question, by=world.maude, text="La suite")

    third = Post.objects.get(thread=question, position=46)
    assert third.get_absolute_url().endswith("?page=3#message-46")
    lost = as_(world.maude).get(old.partition("#")[0])
    assert lost.status_code == 302 and lost.headers["Location"].endswith("?page=3")
    assert post.pk and 'id="message-21"' in as_(world.odile).get(old).content.decode()


def test_an_old_page_now_in_several_places_lists_them(
    world: World, question: Thread, replies: list[Post], other: Thread, as_: As
) -> None:
    old = question.get_absolute_url()
    services.split(replies[1], by=world.odile, title="À part")
    services.merge(question, other, by=world.odile)
    page = as_(world.maude).get(old)
    assert page.status_code == 200
    for post in Post.objects.filter(former_places__thread=question):
        assert post.get_absolute_url() in page.content.decode()


# ------------------------------------------------------------------------------ the pages


def test_the_page_offers_the_threads_that_may_receive(
    world: World, question: Thread, replies: list[Post], other: Thread, far: Thread, as_: As
) -> None:
    page = reverse("forums:move_post", args=(replies[0].pk,))
    body = as_(world.odile).get(page).content.decode()
    assert other.title in body and far.title in body and 'value="nouveau"' in body
    assert as_(world.maude).get(page).status_code == 403
    assert as_(world.real).get(page).status_code == 404
    opening = Post.objects.get(thread=question, position=1)
    assert as_(world.odile).get(reverse("forums:move_post", args=(opening.pk,))).status_code == 403


def test_the_split_says_where_a_new_thread_or_another(
    world: World, question: Thread, replies: list[Post], other: Thread, as_: As
) -> None:
    page, odile = reverse("forums:move_post", args=(replies[0].pk,)), as_(world.odile)
    # Neither: the error is at that choice.
    assert list(odile.post(page, {"onward": "un"}).context["form"].errors) == ["place"]
    # Another one, and not which.
    missing = odile.post(page, {"onward": "un", "place": "autre"})
    assert list(missing.context["form"].errors) == ["where"]
    # Each needs nothing more: a title means a new thread, a chosen thread means that one.
    titled = odile.post(page, {"onward": "un", "title": "Le chamois"}, follow=True)
    assert titled.context["thread"].title == "Le chamois"
    page = reverse("forums:move_post", args=(replies[1].pk,))
    odile.post(page, {"onward": "un", "where": str(other.pk)})
    assert texts(other)[-1] == "Deux mots castor"


def test_messages_that_stay_in_their_space_go_at_once(
    world: World, question: Thread, replies: list[Post], other: Thread, as_: As
) -> None:
    page = reverse("forums:move_post", args=(replies[0].pk,))
    for given in ({"place": "nouveau"}, {"place": "nouveau", "space": "intervention"}):
        answer = as_(world.odile).post(page, given | {"onward": "un"})
        assert answer.status_code == 302
        page = reverse("forums:move_post", args=(replies[1].pk,))


def test_messages_for_another_space_wait_until_she_is_sure(
    world: World, question: Thread, replies: list[Post], far: Thread, as_: As
) -> None:
    page, odile = reverse("forums:move_post", args=(replies[0].pk,)), as_(world.odile)
    for given in (
        {"onward": "un", "where": str(far.pk)},
        {"onward": "un", "place": "nouveau", "space": world.direction.slug},
    ):
        asked = odile.post(page, given)
        # Réal does not read the space of Maude.
        assert asked.context["reach"] == {"people": 2, "organisations": 2, "new": 1}
        assert len(texts(question)) == 5 and len(texts(far)) == 1
    assert odile.post(page, given | sure_of(world.direction)).status_code == 302
    assert len(texts(question)) == 4


def test_a_merge_into_another_space_waits_and_then_says_so(
    world: World, question: Thread, replies: list[Post], far: Thread, as_: As
) -> None:
    page, given = reverse("forums:merge", args=(question.pk,)), {"where": str(far.pk)}
    asked = as_(world.odile).post(page, given)
    assert asked.context["reach"]["new"] == 1 and len(texts(far)) == 1
    done = as_(world.odile).post(page, given | sure_of(world.direction), follow=True)
    assert [str(said) for said in done.context["messages"]] == [_("The threads are merged.")]
    assert len(texts(far)) == 6


def test_between_two_answers_of_two_spaces_she_is_sure_once(
    world: World, question: Thread, replies: list[Post], far: Thread, as_: As
) -> None:
    services.retain_answer(question, replies[1], by=world.maude)
    services.retain_answer(far, services.reply(far, by=world.odile, text="Cent"), by=world.real)
    page, given = reverse("forums:merge", args=(question.pk,)), {"where": str(far.pk)}
    asked = as_(world.odile).post(page, given | sure_of(world.direction))
    # The button of this page still says that she is.
    assert asked.status_code == 409 and asked.context["space"] == world.direction
    given |= sure_of(world.direction) | {"retained": str(replies[1].pk)}
    assert as_(world.odile).post(page, given).status_code == 302


@pytest.mark.parametrize("typed", ["", "bonjour", "999999", "http://a/discussions/999999-x/"])
def test_without_a_thread_to_go_to_the_form_says_so(
    world: World, question: Thread, replies: list[Post], as_: As, typed: str
) -> None:
    page = reverse("forums:move_post", args=(replies[0].pk,))
    answer = as_(world.odile).post(page, {"onward": "un", "where": "", "address": typed})
    assert answer.status_code == 400 and answer.context["form"].errors
    assert len(texts(question)) == 5


def test_a_pasted_address_names_the_thread(
    world: World, question: Thread, replies: list[Post], far: Thread, as_: As
) -> None:
    page = reverse("forums:move_post", args=(replies[2].pk,))
    address = f"https://ancrage.test{far.get_absolute_url()}?page=1#message-1"
    given = {"onward": "suite", "where": "", "address": address}
    as_(world.odile).post(page, given | sure_of(world.direction))
    assert texts(far)[1:] == ["Trois mots loutre", "Quatre mots martre"]


def test_a_new_thread_from_the_page(
    world: World, question: Thread, replies: list[Post], as_: As
) -> None:
    page = reverse("forums:move_post", args=(replies[1].pk,))
    given = {"onward": "un", "place": "nouveau", "title": "Le castor", "space": "place-commune"}
    done = as_(world.odile).post(page, given | sure_of(world.common), follow=True)
    assert done.context["thread"].title == "Le castor"
    assert done.context["thread"].space == world.common


# ------------------------------------------------------------------------------ the search


def found(person: User, word: str) -> list[str]:
    return [hit.row.url for hit in find(word, user=person).hits]


def test_the_search_finds_it_where_it_is_and_for_who_reads_it_there(
    world: World, question: Thread, replies: list[Post], far: Thread
) -> None:
    heard()
    assert found(world.maude, "castor") == [replies[1].get_absolute_url()]
    post = services.move_posts(replies[1], far, by=world.odile)
    # At once for who loses it; with the worker for the others.
    assert found(world.maude, "castor") == found(world.real, "castor") == []
    heard()
    assert found(world.maude, "castor") == []
    assert found(world.real, "castor") == [post.get_absolute_url()]
    assert exact()


def test_the_search_knows_what_opens_a_thread_and_what_was_merged(
    world: World, question: Thread, replies: list[Post], other: Thread
) -> None:
    heard()
    made = services.split(replies[1], by=world.odile, title="À part")
    heard()
    assert found(world.maude, "castor") == [made.get_absolute_url()]
    services.merge(question, other, by=world.odile)
    heard()
    opening = Post.objects.get(thread=other, text__contains="canari")
    assert found(world.maude, "canari") == [opening.get_absolute_url()]
    assert exact()


# ------------------------------------------------------------------------------ what it costs


@pytest.mark.parametrize("way", ["move", "split", "merge"])
def test_moving_thirty_costs_what_moving_three_does(world: World, way: str) -> None:
    def cost(number: int) -> int:
        origin = services.create_thread(by=world.maude, space=world.intervention, text="Un")
        target = services.create_thread(by=world.maude, space=world.intervention, text="Deux")
        for n in range(number):
            reader = make_person(f"Lue{number}", f"N{n}{way}", spaces=(world.intervention,))
            origin.refresh_from_db()
            services.reply(origin, by=reader, text=f"Réponse {n}")
            services.mark_read(target, 1, by=reader)
        first = Post.objects.get(thread=origin, position=2)
        with counted() as found:
            if way == "move":
                services.move_posts(first, target, by=world.odile, onward=True)
            elif way == "split":
                services.split(first, by=world.odile, onward=True)
            else:
                services.merge(origin, target, by=world.odile)
        return len(found)

    assert cost(3) == cost(30)


def test_a_page_with_thirty_moved_messages_costs_what_one_with_three_does(
    world: World, question: Thread, other: Thread, as_: As
) -> None:
    posts = [services.reply(question, by=world.maude, text=f"N {n}") for n in range(19)]
    browser = as_(world.odile)

    def cost(address: str) -> int:
        browser.get(address)
        with counted() as found:
            assert browser.get(address).status_code == 200
        return len(found)

    plain = cost(question.get_absolute_url())
    for post in posts[:3]:
        services.move_posts(post, other, by=world.odile)
    few = cost(question.get_absolute_url())
    for post in posts[3:]:
        services.move_posts(post, other, by=world.odile)
    # Where the messages went, and where the thread ends.
    assert few == cost(question.get_absolute_url()) == plain + 2


# ------------------------------------------------------------------- what stands around a thread


def a_poll(thread: Thread, world: World) -> Poll:
    return services.open_poll(
        thread,
        by=world.maude,
        question="Mardi ou jeudi?",
        labels=["Mardi", "Jeudi"],
        closes_at=timezone.now() + timedelta(days=3),
    )


def test_what_stands_around_a_thread_goes_with_it(
    world: World, question: Thread, other: Thread
) -> None:
    poll = a_poll(question, world)
    services.write_synthesis(other, by=world.maude, text="Retirée depuis.")
    services.withdraw_synthesis(other, by=world.odile, reason="Trop tôt")
    services.write_synthesis(question, by=world.maude, text="Un.")
    synthesis = services.write_synthesis(question, by=world.maude, text="Deux.", number=1)
    Ask.objects.create(kind="thread", object_id=question.pk, person=world.maude, by=world.odile)
    scheduled = services.schedule_post(
        by=world.maude,
        space=world.intervention,
        thread=question,
        text="Plus tard",
        publish_at=timezone.now() + timedelta(days=1),
        submission=uuid.uuid4(),
    )
    services.merge(question, other, by=world.odile)
    poll.refresh_from_db()
    synthesis.refresh_from_db()
    assert (poll.thread, synthesis.thread, synthesis.text) == (other, other, "Deux.")
    versions = other.synthesis_versions.order_by("number").values_list("text", flat=True)
    assert list(versions) == ["Retirée depuis.", "Un."]
    assert Ask.objects.get().object_id == other.pk
    with time_machine.travel(scheduled.publish_at + timedelta(minutes=1), tick=False):
        publish_due()
    assert Post.objects.get(thread=other, text="Plus tard").author == world.maude


def test_two_polls_or_two_syntheses_are_not_merged_by_chance(
    world: World, question: Thread, other: Thread
) -> None:
    a_poll(question, world)
    second = a_poll(other, world)
    with pytest.raises(errors.TwoPolls):
        services.merge(question, other, by=world.odile)
    services.remove_poll(second, by=world.odile, reason="A servi")
    for thread in (question, other):
        services.write_synthesis(thread, by=world.maude, text="En bref.")
    with pytest.raises(errors.TwoSyntheses):
        services.merge(question, other, by=world.odile)
    assert question.posts.exists()
