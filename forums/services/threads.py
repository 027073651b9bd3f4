"""What is done to a whole thread."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Exists, Model, Q, QuerySet
from django.utils import timezone

from community.models import SubCommunity
from core import links, log
from core.audience import Level, State
from core.errors import NotAllowed
from core.events import emit, run_hooks
from forums import attachments as joined
from forums.errors import (
    GuestsReply,
    NotAMember,
    NotAnAnswer,
    SameSpace,
    SpaceClosed,
    UnnamedNotAllowed,
    UnnamedStay,
)
from forums.mentions import checked, named_in
from forums.models import Post, ReadPosition, Thread
from forums.permissions import may_start_in
from forums.services.common import (
    Missing,
    body,
    bump,
    checked_kind,
    checked_tags,
    checked_title,
    locked,
    named,
    once,
    require,
    require_reason,
)
from forums.titles import proposed_title
from notifications.services import follow, mention

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def create_thread(
    *,
    by: User,
    space: SubCommunity,
    text: str = "",
    html: str = "",
    title: str = "",
    kind: str = "question",
    tags: Iterable[str] = (),
    unnamed: bool = False,
    as_animation: bool = False,
    attachments: Collection[uuid.UUID] = (),
    submission: uuid.UUID | None = None,
    about: Model | None = None,
    by_mail: bool = False,
) -> Thread:
    """A new thread in `space`, whose opening message is `text` or `html`; `about` is something
    that `by` reads, and that the thread is then tied to.

    Without a title, one is made of the text's first sentence. The same `submission` sent again
    gives the same thread. Raises `Missing` when `by` does not know the space, `NotAMember`,
    `GuestsReply`, `SpaceClosed`, `UnnamedNotAllowed`, `EmptyMessage`, `TooLong`, `TitleTooLong`,
    `UnknownKind`, `TooManyTags`, `ForeignAttachment`.
    """
    _require_place(space, by)
    if unnamed and not space.unnamed_posts:
        raise UnnamedNotAllowed
    if as_animation:
        require(SubCommunity.objects.moderated_by(by).filter(pk=space.pk).exists())
    title = checked_title(title)
    keywords = checked_tags(tags)
    kind = checked_kind(kind)
    written = body(text, html)
    sent = once(submission, by, f"space {space.pk}", title, written.html)
    if sent is not None:
        already = Post.objects.filter(submission=sent).select_related("thread__space").first()
        if already is not None:
            return already.thread
    written = checked(written, space)
    now = timezone.now()
    thread = Thread(
        level=Level.SPACE,
        space=space,
        owner=by,
        organisation_id=by.organisation_id,
        title=title or proposed_title(written.text),
        kind=kind,
        unnamed=unnamed,
        created_at=now,
        last_post_at=now,
        last_author=None if unnamed else by,
        last_position=1,
        newest_position=1,
    )
    post = Post(
        thread=thread,
        position=1,
        author=by,
        unnamed=unnamed,
        as_animation=as_animation,
        html=written.html,
        text=written.text,
        created_at=now,
        submission=sent,
        by_mail=by_mail,
    )
    try:
        with transaction.atomic():
            thread.save()
            post.thread = thread
            post.save()
    except IntegrityError:
        # The same submission, committed by another request in the meantime.
        twin = Post.objects.filter(submission=sent).select_related("thread__space").first()
        if sent is None or twin is None:
            raise
        return twin.thread
    if keywords:
        thread.tags.set(keywords)
    joined.attach(post, attachments, by=by)
    ReadPosition.objects.create(user=by, thread=thread, position=1)
    follow(thread, by=by)
    if about is not None:
        # Who tied them would say who wrote an unnamed thread.
        links.link(thread, about, by=by, unnamed=unnamed)
    # The journal is read by animators: it does not tell who is behind an unnamed message.
    log.record("thread.created", thread, by=None if unnamed else by)
    if named := named_in(post):
        mention(post, named, new=True)
    emit("thread.created", thread=thread.pk)
    bump(space.pk)
    return thread


def _require_place(space: SubCommunity, by: User) -> None:
    if may_start_in(by, space):
        return
    if not SubCommunity.objects.listed_to(by).filter(pk=space.pk).exists():
        raise Missing
    if space.archived_at is not None:
        raise SpaceClosed
    raise GuestsReply if by.is_guest else NotAMember


@transaction.atomic
def retain_answer(thread: Thread, post: Post, *, by: User) -> Thread:
    """`post` is the answer that its author, or the space's animators, keep; the thread is then
    resolved. Raises `NotAnAnswer` for the opening message, a hidden one, or another thread's."""
    thread, rights = locked(thread, by)
    require(rights.conclude)
    answer = Post.objects.filter(pk=post.pk, thread_id=thread.pk, state=State.PUBLISHED).first()
    if answer is None or answer.is_opening:
        raise NotAnAnswer
    thread.answer = answer
    thread.resolved_at = thread.resolved_at or timezone.now()
    thread.save(update_fields=("answer", "resolved_at"))
    log.record("thread.answered", thread, by=named(thread, by), post=answer.pk)
    emit("thread.changed", thread=thread.pk)
    return thread


@transaction.atomic
def release_answer(thread: Thread, *, by: User) -> Thread:
    """No answer is retained any more; the thread stays resolved until it is reopened."""
    thread, rights = locked(thread, by)
    require(rights.conclude)
    thread.answer = None
    thread.save(update_fields=("answer",))
    log.record("thread.answer_released", thread, by=named(thread, by))
    emit("thread.changed", thread=thread.pk)
    return thread


@transaction.atomic
def resolve(thread: Thread, *, by: User) -> Thread:
    thread, rights = locked(thread, by)
    require(rights.conclude)
    if not thread.resolved:
        thread.resolved_at = timezone.now()
        thread.save(update_fields=("resolved_at",))
        log.record("thread.resolved", thread, by=named(thread, by))
        emit("thread.changed", thread=thread.pk)
    return thread


@transaction.atomic
def reopen(thread: Thread, *, by: User) -> Thread:
    """The question is open again; a retained answer stays what it is."""
    thread, rights = locked(thread, by)
    require(rights.conclude)
    if thread.resolved:
        thread.resolved_at = None
        thread.save(update_fields=("resolved_at",))
        log.record("thread.reopened", thread, by=named(thread, by))
        emit("thread.changed", thread=thread.pk)
    return thread


@transaction.atomic
def set_tags(thread: Thread, tags: Iterable[str], *, by: User) -> Thread:
    """Replace the keywords. The author's, while the thread is open, and the animators'."""
    thread, rights = locked(thread, by)
    require(rights.moderates or (rights.owns and rights.reply))
    thread.tags.set(checked_tags(tags))
    log.record("thread.tagged", thread, by=named(thread, by))
    emit("thread.changed", thread=thread.pk)
    return thread


def pin(thread: Thread, *, by: User) -> Thread:
    """First in its space."""
    return _pin(thread, True, by)


def unpin(thread: Thread, *, by: User) -> Thread:
    return _pin(thread, False, by)


@transaction.atomic
def _pin(thread: Thread, pinned: bool, by: User) -> Thread:
    thread, rights = locked(thread, by)
    require(rights.moderates)
    if thread.pinned != pinned:
        thread.pinned = pinned
        thread.save(update_fields=("pinned",))
        log.record("thread.pinned" if pinned else "thread.unpinned", thread, by=by)
    return thread


@transaction.atomic
def lock(thread: Thread, *, by: User, reason: str = "") -> Thread:
    """Nobody writes in it any more."""
    thread, rights = locked(thread, by)
    require(rights.moderates)
    if not thread.locked:
        thread.locked_at = timezone.now()
        thread.save(update_fields=("locked_at",))
        log.record("thread.locked", thread, by=by, reason=reason)
    return thread


@transaction.atomic
def unlock(thread: Thread, *, by: User, reason: str = "") -> Thread:
    thread, rights = locked(thread, by)
    require(rights.moderates)
    if thread.locked:
        thread.locked_at = None
        thread.save(update_fields=("locked_at",))
        log.record("thread.unlocked", thread, by=by, reason=reason)
    return thread


@transaction.atomic
def hide_thread(thread: Thread, *, by: User, reason: str) -> Thread:
    """Set it aside: from then on it does not exist, except for those who moderate its space."""
    reason = require_reason(reason)
    thread, rights = locked(thread, by)
    require(rights.moderates)
    if thread.state == State.PUBLISHED:
        thread.state = State.HIDDEN
        thread.save(update_fields=("state",))
        log.record("thread.hidden", thread, by=by, reason=reason)
        emit("thread.hidden", thread=thread.pk)
        run_hooks("audience.changed", kind="thread", ids=[thread.pk])
        bump(thread.space.pk)
    return thread


@transaction.atomic
def restore_thread(thread: Thread, *, by: User, reason: str = "") -> Thread:
    thread, rights = locked(thread, by)
    require(rights.moderates)
    if thread.state == State.HIDDEN:
        thread.state = State.PUBLISHED
        thread.save(update_fields=("state",))
        log.record("thread.restored", thread, by=by, reason=reason)
        emit("thread.restored", thread=thread.pk)
        bump(thread.space.pk)
    return thread


def destinations(thread: Thread, *, by: User) -> QuerySet[SubCommunity]:
    """The spaces that `move_thread` would accept from `by`."""
    unnamed = Post.objects.filter(thread_id=thread.pk, unnamed=True)
    spaces = SubCommunity.objects.open().moderated_by(by).exclude(pk=thread.space_id)
    possible = spaces.filter(Q(unnamed_posts=True) | ~Q(Exists(unnamed)))
    return possible.order_by("position", "name")


@transaction.atomic
def move_thread(thread: Thread, space: SubCommunity, *, by: User, reason: str = "") -> Thread:
    """Take the thread to another space, with its posts, its files and what everybody read of it.

    `by` moderates both. Who loses access is told nothing: for her the thread is no longer there.
    Unnamed messages only go where unnamed messages are protected (`UnnamedStay`).
    """
    thread, rights = locked(thread, by)
    require(rights.moderates)
    target = SubCommunity.objects.moderated_by(by).filter(pk=space.pk).first()
    if target is None:
        raise NotAllowed
    if target.archived_at is not None:
        raise SpaceClosed
    origin = thread.space
    if target.pk == origin.pk:
        raise SameSpace
    unnamed = Post.objects.filter(thread_id=thread.pk, unnamed=True)
    if not target.unnamed_posts and unnamed.exists():
        raise UnnamedStay
    thread.space = target
    thread.pinned = False
    thread.save(update_fields=("space", "pinned"))
    # One line in the journal of each space: both animators find it in theirs.
    log.record("thread.moved", thread, by=by, reason=reason, origin=origin.pk, target=target.pk)
    log.record("thread.left", origin, by=by, reason=reason, thread=thread.pk)
    emit("thread.moved", thread=thread.pk, origin=origin.pk, target=target.pk)
    run_hooks("thread.moved", thread=thread)
    run_hooks("audience.changed", kind="thread", ids=[thread.pk])
    bump(origin.pk, target.pk)
    return thread
