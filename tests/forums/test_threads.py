"""Threads: begun, concluded, set aside, moved. Sentences about the cast."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog, OutboxEvent
from forums import errors, services
from forums.models import Post, ReadPosition, Thread
from forums.services.common import Missing
from forums.titles import proposed_title
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db


def test_one_field_is_enough(world: World) -> None:
    thread = services.create_thread(
        by=world.maude,
        space=world.common,
        text="Bonjour à tous! Qui a un modèle d’entente? Merci d’avance.",
    )
    assert (thread.title, thread.kind) == ("Qui a un modèle d’entente?", "question")
    assert thread.posts.get().position == 1
    assert thread.level == "sous-communaute"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Salut,\n\non cherche un local.", "On cherche un local"),
        ("bonjour", "Bonjour"),
        ("Une phrase. Une autre.", "Une phrase"),
        ("mot " * 60, "Mot " + "mot " * 20 + "mot…"),
        ("> cité\nréponse", "> cité"),
    ],
)
def test_a_title_is_proposed_from_the_text(text: str, title: str) -> None:
    assert proposed_title(text) == title


def test_it_is_journaled_and_announced_by_identifiers_only(question: Thread) -> None:
    row = ActionLog.objects.get(verb="thread.created")
    assert (row.kind, row.object_id, row.space_id) == ("thread", question.pk, question.space_id)
    event = OutboxEvent.objects.get(name="thread.created")
    assert event.payload == {"thread": question.pk}


def test_twenty_identical_submissions_are_one_thread(world: World) -> None:
    form = uuid.uuid4()
    made = {
        services.create_thread(by=world.maude, space=world.common, text="Allô", submission=form).pk
        for _ in range(20)
    }
    assert len(made) == 1
    assert Post.objects.count() == 1


def test_the_same_form_with_another_text_loses_nothing(world: World) -> None:
    form = uuid.uuid4()
    first = services.create_thread(by=world.maude, space=world.common, text="Un", submission=form)
    second = services.create_thread(
        by=world.maude, space=world.common, text="Deux", submission=form
    )
    assert first.pk != second.pk


def test_somebody_elses_form_is_nobodys(world: World) -> None:
    form = uuid.uuid4()
    hers = services.create_thread(by=world.maude, space=world.common, text="Un", submission=form)
    his = services.create_thread(by=world.real, space=world.common, text="Un", submission=form)
    assert hers.pk != his.pk
    assert his.owner == world.real


def test_eve_begins_nothing_where_she_is_not(world: World) -> None:
    with pytest.raises(errors.NotAMember):
        services.create_thread(by=world.eve, space=world.intervention, text="Allô")


def test_an_unlisted_space_does_not_exist_for_eve(world: World) -> None:
    world.intervention.listed = False
    world.intervention.save()
    with pytest.raises(Missing):
        services.create_thread(by=world.eve, space=world.intervention, text="Allô")


def test_a_guest_replies_but_begins_nothing(world: World, question: Thread) -> None:
    from django.utils import timezone

    guest = make_person(
        "Solange",
        role="invite",
        access_until=timezone.now() + timezone.timedelta(days=3),
        spaces=(world.intervention,),
    )
    with pytest.raises(errors.GuestsReply):
        services.create_thread(by=guest, space=world.intervention, text="Allô")
    assert services.reply(question, by=guest, text="Je réponds").position == 2


def test_an_archived_space_takes_nothing(world: World, question: Thread) -> None:
    from django.utils import timezone

    world.intervention.archived_at = timezone.now()
    world.intervention.save()
    with pytest.raises(errors.SpaceClosed):
        services.create_thread(by=world.maude, space=world.intervention, text="Allô")
    with pytest.raises(errors.SpaceClosed):
        services.reply(question, by=world.maude, text="Allô")


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"text": "   \n\u00a0"}, errors.EmptyMessage),
        ({"html": "<p>&nbsp;</p>"}, errors.EmptyMessage),
        ({"html": "<script>alert(1)</script>"}, errors.EmptyMessage),
        ({"text": "a" * 20_001}, errors.TooLong),
        ({"text": "x", "title": "t" * 161}, errors.TitleTooLong),
        ({"text": "x", "kind": "pamphlet"}, errors.UnknownKind),
        ({"text": "x", "tags": [str(n) for n in range(9)]}, errors.TooManyTags),
        ({"text": "x", "unnamed": True}, errors.UnnamedNotAllowed),
        ({"text": "x", "attachments": [uuid.uuid4()]}, errors.ForeignAttachment),
    ],
)
def test_what_makes_no_sense_is_refused_by_name_and_leaves_nothing(
    world: World, given: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        services.create_thread(by=world.maude, space=world.intervention, **given)
    assert not Thread.objects.exists()


def test_the_author_retains_an_answer_which_resolves(world: World, question: Thread) -> None:
    answer = services.reply(question, by=world.odile, text="Un café.")
    thread = services.retain_answer(question, answer, by=world.maude)
    assert (thread.answer, thread.resolved) == (answer, True)
    thread = services.release_answer(thread, by=world.maude)
    assert (thread.answer, thread.resolved) == (None, True)
    assert not services.reopen(thread, by=world.maude).resolved


def test_who_only_reads_concludes_nothing(world: World, question: Thread) -> None:
    zoe = make_person("Zoé", spaces=(world.intervention,))
    answer = services.reply(question, by=zoe, text="Un café.")
    for act in (services.resolve, services.reopen, services.pin, services.lock):
        with pytest.raises(NotAllowed):
            act(question, by=zoe)
    with pytest.raises(NotAllowed):
        services.retain_answer(question, answer, by=zoe)


def test_neither_the_question_nor_a_foreign_or_hidden_message_is_an_answer(
    world: World, question: Thread, secret: Thread
) -> None:
    hidden = services.reply(question, by=world.odile, text="Non")
    services.hide_post(hidden, by=world.odile, reason="essai")
    for post in (question.posts.get(position=1), secret.posts.get(), hidden):
        with pytest.raises(errors.NotAnAnswer):
            services.retain_answer(question, post, by=world.maude)


def test_nobody_writes_in_a_locked_thread(world: World, question: Thread) -> None:
    mine = services.reply(question, by=world.maude, text="Une précision")
    services.lock(question, by=world.odile)
    with pytest.raises(errors.ThreadClosed):
        services.reply(question, by=world.maude, text="Encore")
    with pytest.raises(errors.ThreadClosed):
        services.edit_post(mine, by=world.maude, text="Autre chose")
    services.unlock(question, by=world.odile)
    assert services.reply(question, by=world.maude, text="Encore").position == 3


def test_a_hidden_thread_is_missing_for_its_author_too(world: World, question: Thread) -> None:
    services.hide_thread(question, by=world.odile, reason="à revoir")
    assert not question.can_be_read_by(world.maude)
    with pytest.raises(Missing):
        services.reply(question, by=world.maude, text="Allô")
    services.restore_thread(question, by=world.odile)
    assert question.can_be_read_by(world.maude)


def test_hiding_asks_for_a_reason_and_journals_it(world: World, question: Thread) -> None:
    with pytest.raises(errors.ReasonNeeded):
        services.hide_thread(question, by=world.odile, reason="  ")
    services.hide_thread(question, by=world.odile, reason="hors sujet")
    assert ActionLog.objects.get(verb="thread.hidden").reason == "hors sujet"


def test_a_move_needs_both_sides(world: World, question: Thread) -> None:
    from community.models import Membership

    Membership.objects.filter(user=world.odile, space=world.psychosocial).delete()
    with pytest.raises(NotAllowed):
        services.move_thread(question, world.psychosocial, by=world.odile)
    with pytest.raises(NotAllowed):
        services.move_thread(question, world.common, by=world.maude)
    with pytest.raises(errors.SameSpace):
        services.move_thread(question, world.intervention, by=world.odile)


def test_a_moved_thread_takes_its_readers_marks_and_changes_its_readers(
    world: World, question: Thread
) -> None:
    services.mark_read(question, 1, by=world.odile)
    before = {s.pk: s.activity for s in (world.direction, world.intervention)}
    moved = services.move_thread(question, world.direction, by=world.odile)
    assert moved.can_be_read_by(world.real)
    assert not moved.can_be_read_by(world.maude)
    assert ReadPosition.objects.filter(thread=question).count() == 2
    for space in (world.direction, world.intervention):
        space.refresh_from_db()
        assert space.activity > before[space.pk]


def test_unnamed_messages_stay_where_they_are_protected(world: World, secret: Thread) -> None:
    with pytest.raises(errors.UnnamedStay):
        services.move_thread(secret, world.common, by=world.odile)


def test_a_quiet_kind_tells_no_title_to_strangers(
    world: World, question: Thread, secret: Thread
) -> None:
    from core import content

    title = content.get("thread").title
    assert title(secret, world.naima) == "Titre perroquet"
    assert "perroquet" not in title(secret, world.maude)
    assert title(question, world.maude) == "Refus scolaire et canari"
    assert "perroquet" not in str(secret)


def test_the_contract_hides_restores_locks_and_moves(world: World, question: Thread) -> None:
    from core import content

    kind = content.get("thread")
    assert kind.hide and kind.restore and kind.lock and kind.unlock and kind.move
    kind.hide(question, by=world.odile, reason="essai")
    question.refresh_from_db()
    assert question.state == State.HIDDEN
    kind.restore(question, by=world.odile, reason="")
    kind.lock(question, by=world.odile, reason="assez")
    kind.unlock(question, by=world.odile, reason="")
    kind.move(question, space=world.common, by=world.odile, reason="mieux là")
    question.refresh_from_db()
    assert (question.space, question.state) == (world.common, State.PUBLISHED)


def test_what_somebody_leaves_open_never_tells_an_unnamed_thread(
    world: World, question: Thread, secret: Thread
) -> None:
    from core import content

    items = content.get("thread").open_items
    assert items is not None
    assert [item.title for item in items(world.maude, world.odile)] == [question.title]
    assert list(items(world.naima, world.odile)) == []
    assert list(items(world.maude, world.real)) == []
