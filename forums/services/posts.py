"""What is done to one message of a thread."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from core import log
from core.audience import State
from core.events import emit, run_hooks
from forums import attachments as joined
from forums.errors import ForeignParent, NotAMember, NotYours, UnnamedNotAllowed
from forums.mentions import checked, named_in
from forums.models import Post, PostVersion, ReadPosition, Thread
from forums.services import threads
from forums.services.common import (
    KEPT,
    Missing,
    body,
    bump,
    checked_title,
    locked,
    once,
    recount,
    require,
    require_open,
    require_reason,
)
from notifications.services import follow, mention

if TYPE_CHECKING:
    from accounts.models import User
    from forums.permissions import Rights


@transaction.atomic
def reply(
    thread: Thread,
    *,
    by: User,
    text: str = "",
    html: str = "",
    parent: Post | None = None,
    unnamed: bool = False,
    as_animation: bool = False,
    attachments: Collection[uuid.UUID] = (),
    submission: uuid.UUID | None = None,
    by_mail: bool = False,
) -> Post:
    """A new message at the end of `thread`, its position given under the lock of the thread.

    The same `submission` sent again gives the same post. Raises `Missing`, `NotAMember`,
    `ThreadClosed`, `SpaceClosed`, `EmptyMessage`, `TooLong`, `ForeignParent`,
    `UnnamedNotAllowed`, `ForeignAttachment`.
    """
    written = body(text, html)
    thread, rights = locked(thread, by)
    if not rights.reads:
        raise Missing
    sent = once(submission, by, f"thread {thread.pk}", written.html)
    if sent is not None:
        already = Post.objects.filter(submission=sent).first()
        if already is not None:
            already.thread = thread
            return already
    if not rights.write:
        raise NotAMember
    require_open(thread)
    if unnamed and not thread.space.unnamed_posts:
        raise UnnamedNotAllowed
    require(not as_animation or rights.moderates)
    written = checked(written, thread.space)
    if parent is not None and not _stands_in(parent, thread):
        raise ForeignParent
    read_all = thread.newest_position
    thread.last_position += 1
    post = Post.objects.create(
        thread=thread,
        position=thread.last_position,
        author=by,
        unnamed=unnamed,
        as_animation=as_animation,
        html=written.html,
        text=written.text,
        parent=parent,
        submission=sent,
        by_mail=by_mail,
    )
    thread.reply_count += 1
    thread.newest_position = post.position
    thread.last_post_at = post.created_at
    thread.last_author = None if unnamed else by
    thread.save(update_fields=KEPT)
    joined.attach(post, attachments, by=by)
    # Her own message is not news to her, if the ones before it are not.
    mine = ReadPosition.objects.filter(user_id=by.pk, thread_id=thread.pk)
    mine.filter(position__gte=read_all, position__lt=post.position).update(position=post.position)
    follow(thread, by=by)
    log.record("post.created", post, by=_named(post, by))
    if named := named_in(post):
        mention(post, named, new=True)
    emit("post.created", post=post.pk)
    bump(thread.space.pk)
    return post


def unnamed_in(thread: Thread, *, by: User) -> bool:
    """Whether `by` last wrote in `thread` without her name: forgetting it once would tell who
    wrote all the rest. One query in a space that allows it, none elsewhere."""
    if not thread.space.unnamed_posts:
        return False
    mine = Post.objects.filter(thread_id=thread.pk, author_id=by.pk).order_by("-position")
    return bool(mine.values_list("unnamed", flat=True).first())


def _stands_in(parent: Post, thread: Thread) -> bool:
    return Post.objects.filter(pk=parent.pk, thread_id=thread.pk, state=State.PUBLISHED).exists()


def _named(post: Post, by: User) -> User | None:
    """The actor for the journal, which does not tell who is behind an unnamed message."""
    return None if post.unnamed and post.author_id == by.pk else by


def _found(post: Post, by: User) -> tuple[Post, Thread, Rights]:
    """The post as it is now, its thread locked, and the rights of `by`."""
    thread, rights = locked(Thread(pk=post.thread_id), by)
    # Not if somebody has moved it to another thread in the meantime, where she has other rights.
    fresh = Post.objects.filter(pk=post.pk, thread_id=thread.pk).first()
    if fresh is None or (fresh.state != State.PUBLISHED and not rights.moderates):
        raise Missing
    fresh.thread = thread
    return fresh, thread, rights


@transaction.atomic
def edit_post(
    post: Post,
    *,
    by: User,
    text: str = "",
    html: str = "",
    title: str | None = None,
    reason: str = "",
) -> Post:
    """Replace what `post` says (and the thread's title, from its opening message); what it said
    is kept. Its author may at any time while the thread is open; the space's animators may with a
    reason. Raises `Missing`, `NotYours`, `ThreadClosed`, `ReasonNeeded`, `EmptyMessage`…
    """
    written = body(text, html)
    post, thread, rights = _found(post, by)
    written = checked(written, thread.space)
    mine = post.author_id == by.pk
    if not rights.edit(post):
        if mine and rights.write:
            require_open(thread)
        raise NotYours
    reason = require_reason(reason) if not mine else " ".join(reason.split())[:200]
    new_title = thread.title
    if title is not None and post.is_opening:
        new_title = checked_title(title) or thread.title
    if written.html == post.html and new_title == thread.title:
        return post
    PostVersion.objects.create(
        post=post,
        html=post.html,
        text=post.text,
        title=thread.title if post.is_opening else "",
        editor=by,
        reason=reason,
    )
    post.html, post.text = written.html, written.text
    joined.attach(post, (), by=by)
    post.edited_at = timezone.now()
    post.edited_by_animation = not mine
    post.save(update_fields=("html", "text", "edited_at", "edited_by_animation"))
    if new_title != thread.title:
        thread.title = new_title
        thread.save(update_fields=("title", "slug"))
        emit("thread.renamed", thread=thread.pk)
    log.record("post.edited", post, by=_named(post, by), reason=reason)
    mention(post, named_in(post))
    emit("post.edited", post=post.pk)
    return post


@transaction.atomic
def hide_post(post: Post, *, by: User, reason: str) -> Post:
    """Set a message aside: it keeps its position, and says nothing any more.

    Without its opening message a thread has no sense: hiding that one sets the thread aside.
    """
    reason = require_reason(reason)
    post, thread, rights = _found(post, by)
    require(rights.moderates)
    if post.is_opening:
        post.thread = threads.hide_thread(thread, by=by, reason=reason)
        return post
    if post.state == State.PUBLISHED:
        _set_state(post, thread, State.HIDDEN)
        log.record("post.hidden", post, by=by, reason=reason)
        emit("post.hidden", post=post.pk)
        run_hooks("audience.changed", kind="post", ids=[post.pk])
    return post


@transaction.atomic
def restore_post(post: Post, *, by: User, reason: str = "") -> Post:
    post, thread, rights = _found(post, by)
    require(rights.moderates)
    if post.is_opening:
        post.thread = threads.restore_thread(thread, by=by, reason=reason)
        return post
    if post.state == State.HIDDEN:
        _set_state(post, thread, State.PUBLISHED)
        log.record("post.restored", post, by=by, reason=reason)
        emit("post.restored", post=post.pk)
    return post


def _set_state(post: Post, thread: Thread, state: str) -> None:
    post.state = state
    post.save(update_fields=("state",))
    if state != State.PUBLISHED and thread.answer_id == post.pk:
        thread.answer = None
    recount(thread)
    thread.save(update_fields=KEPT)
    bump(thread.space.pk)


@transaction.atomic
def see_author(post: Post, *, by: User) -> User | None:
    """Who wrote an unnamed message: for the animators of its space, and each look is logged."""
    post, _thread, rights = _found(post, by)
    require(rights.moderates)
    if post.unnamed:
        log.record("post.author_seen", post, by=by)
    return post.author
