"""Messages: written, quoted, edited, set aside, thanked, and who wrote them."""

from __future__ import annotations

import uuid

import pytest

from community.services import react
from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog
from forums import errors, services
from forums.models import Post, PostVersion, Thread
from forums.services.common import Missing
from notifications.models import Subscription
from tests.conftest import World, make_person

pytestmark = pytest.mark.django_db


def test_a_reply_keeps_the_counters_of_its_thread(world: World, question: Thread) -> None:
    post = services.reply(question, by=world.odile, text="Un café.")
    question.refresh_from_db()
    assert post.position == question.last_position == question.newest_position == 2
    assert question.reply_count == 1
    assert question.last_author == world.odile
    assert question.last_post_at == post.created_at


def test_twenty_identical_replies_are_one(world: World, question: Thread) -> None:
    form = uuid.uuid4()
    made = {
        services.reply(question, by=world.maude, text="Allô", submission=form).pk for _ in range(20)
    }
    assert len(made) == 1
    question.refresh_from_db()
    assert question.reply_count == 1


def test_a_form_sent_in_two_threads_answers_each(world: World, question: Thread) -> None:
    form = uuid.uuid4()
    other = services.create_thread(by=world.maude, space=world.common, text="Autre")
    services.reply(question, by=world.maude, text="Allô", submission=form)
    assert services.reply(other, by=world.maude, text="Allô", submission=form).thread == other


def test_a_stranger_finds_no_thread_to_answer(world: World, question: Thread) -> None:
    with pytest.raises(Missing):
        services.reply(question, by=world.eve, text="Allô")


def test_who_looks_in_by_exception_does_not_speak(world: World, question: Thread) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from community.models import BreakGlassGrant

    world.eve.is_superuser = True
    world.eve.save()
    BreakGlassGrant.objects.create(
        user=world.eve,
        space=world.intervention,
        reason="vérification",
        expires_at=timezone.now() + timedelta(hours=1),
    )
    assert question.can_be_read_by(world.eve)
    with pytest.raises(errors.NotAMember):
        services.reply(question, by=world.eve, text="Allô")


def test_a_parent_from_elsewhere_is_refused(world: World, question: Thread, secret: Thread) -> None:
    with pytest.raises(errors.ForeignParent):
        services.reply(question, by=world.maude, text="Allô", parent=secret.posts.get())


def test_lines_that_begin_with_a_chevron_are_a_quotation(world: World, question: Thread) -> None:
    post = services.reply(question, by=world.maude, text="> un café\n> encore\n\nOui!")
    assert post.html == "<blockquote><p>un café<br>encore</p></blockquote><p>Oui!</p>"


def test_html_passes_the_one_door(world: World, question: Thread) -> None:
    post = services.reply(
        question, by=world.maude, html='<p onclick="x()">Oui <b>bien</b><script>1</script></p>'
    )
    assert post.html == "<p>Oui <strong>bien</strong></p>"
    assert post.text == "Oui bien"


def test_maude_edits_and_what_she_said_is_kept(world: World, question: Thread) -> None:
    opening = question.posts.get(position=1)
    services.edit_post(opening, by=world.maude, text="Mieux dit.", title="Un meilleur titre")
    opening.refresh_from_db()
    question.refresh_from_db()
    assert (opening.text, question.title, question.slug) == (
        "Mieux dit.",
        "Un meilleur titre",
        "un-meilleur-titre",
    )
    version = PostVersion.objects.get(post=opening)
    assert "canari" in version.text
    assert version.title == "Refus scolaire et canari"
    assert opening.edited_at is not None
    assert not opening.edited_by_animation


def test_an_edit_that_changes_nothing_leaves_no_version(world: World, question: Thread) -> None:
    opening = question.posts.get(position=1)
    services.edit_post(opening, by=world.maude, html=opening.html)
    assert not PostVersion.objects.exists()


def test_odile_edits_with_a_reason_only(world: World, question: Thread) -> None:
    opening = question.posts.get(position=1)
    with pytest.raises(errors.ReasonNeeded):
        services.edit_post(opening, by=world.odile, text="Sans le prénom.")
    services.edit_post(opening, by=world.odile, text="Sans le prénom.", reason="un prénom")
    opening.refresh_from_db()
    assert opening.edited_by_animation
    assert PostVersion.objects.get().reason == "un prénom"


def test_a_colleague_edits_nothing_of_maudes(world: World, question: Thread) -> None:
    zoe = make_person("Zoé", spaces=(world.intervention,))
    with pytest.raises(errors.NotYours):
        services.edit_post(question.posts.get(position=1), by=zoe, text="Autre")


def test_a_hidden_message_keeps_its_place_and_says_nothing(world: World, question: Thread) -> None:
    answer = services.reply(question, by=world.odile, text="Un café.")
    services.retain_answer(question, answer, by=world.maude)
    services.reply(question, by=world.maude, text="Merci")
    services.hide_post(answer, by=world.odile, reason="essai")
    question.refresh_from_db()
    assert (question.reply_count, question.answer, question.last_position) == (1, None, 3)
    assert not answer.can_be_read_by(world.maude)
    services.restore_post(answer, by=world.odile)
    question.refresh_from_db()
    assert question.reply_count == 2
    assert answer.can_be_read_by(world.maude)


def test_hiding_the_newest_gives_the_thread_its_earlier_date(
    world: World, question: Thread
) -> None:
    first = services.reply(question, by=world.maude, text="Un")
    last = services.reply(question, by=world.odile, text="Deux")
    services.hide_post(last, by=world.odile, reason="essai")
    question.refresh_from_db()
    assert question.last_post_at == first.created_at
    assert (question.newest_position, question.last_position) == (2, 3)
    assert services.reply(question, by=world.maude, text="Trois").position == 4


def test_hiding_the_opening_hides_the_thread(world: World, question: Thread) -> None:
    opening = question.posts.get(position=1)
    services.hide_post(opening, by=world.odile, reason="essai")
    question.refresh_from_db()
    assert question.state == State.HIDDEN
    services.restore_post(opening, by=world.odile)
    question.refresh_from_db()
    assert question.state == State.PUBLISHED


def test_a_member_sets_nothing_aside(world: World, question: Thread) -> None:
    post = services.reply(question, by=world.maude, text="Un")
    with pytest.raises(NotAllowed):
        services.hide_post(post, by=world.maude, reason="je change d’avis")


def test_who_wrote_unnamed_is_seen_by_the_spaces_animators_and_each_look_is_logged(
    world: World, secret: Thread
) -> None:
    opening = secret.posts.get()
    assert opening.signed_by is None
    assert secret.author is None
    assert services.see_author(opening, by=world.odile) == world.naima
    look = ActionLog.objects.get(verb="post.author_seen")
    assert (look.actor, look.object_id) == (world.odile, opening.pk)
    colleague = make_person("Inès", spaces=(world.psychosocial,))
    with pytest.raises(NotAllowed):
        services.see_author(opening, by=colleague)
    with pytest.raises(Missing):
        services.see_author(opening, by=world.maude)


def test_the_journal_does_not_tell_who_is_behind_an_unnamed_message(
    world: World, secret: Thread
) -> None:
    post = services.reply(secret, by=world.naima, text="Une précision", unnamed=True)
    services.edit_post(post, by=world.naima, text="Une meilleure précision")
    answer = services.reply(secret, by=world.odile, text="Voici")
    services.retain_answer(secret, answer, by=world.naima)
    services.reopen(secret, by=world.naima)
    assert not ActionLog.objects.filter(actor=world.naima).exists()


def test_thanks_are_kept_on_the_message(world: World, question: Thread) -> None:
    post = services.reply(question, by=world.odile, text="Un café.")
    react(post, "merci", by=world.maude)
    react(post, "moi-aussi", by=world.maude)
    post.refresh_from_db()
    assert (post.thanks_count, post.useful_count, post.same_count) == (1, 0, 1)
    react(post, "merci", by=world.maude)
    post.refresh_from_db()
    assert post.thanks_count == 0


def test_writing_in_a_thread_follows_it_unless_one_said_no(world: World, question: Thread) -> None:
    from notifications.services import unfollow

    services.reply(question, by=world.odile, text="Un")
    assert Subscription.objects.filter(user=world.odile, attention="suivre").count() == 1
    unfollow(question, by=world.odile)
    services.reply(question, by=world.odile, text="Deux")
    assert not Subscription.objects.filter(user=world.odile, attention="suivre").exists()


def test_a_file_of_somebody_else_is_refused(world: World, question: Thread) -> None:
    from django.core.files.base import ContentFile

    from core.models import StoredFile

    his = StoredFile.objects.create(
        file=ContentFile(b"x", name="aa/" + "b" * 32),
        name="a.txt",
        content_type="text/plain",
        size=1,
        sha256="0" * 64,
        uploaded_by=world.real,
    )
    with pytest.raises(errors.ForeignAttachment):
        services.reply(question, by=world.maude, text="Voici", attachments=[his.pk])
    assert not Post.objects.filter(thread=question, position=2).exists()
