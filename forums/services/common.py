"""What the services share: the locked thread, the text's door, the counters."""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import F
from django.http import Http404

from community.models import SubCommunity
from core import richtext, terms
from core.audience import State
from core.errors import NotAllowed
from forums.errors import (
    EmptyMessage,
    ReasonNeeded,
    SpaceClosed,
    ThreadClosed,
    TitleTooLong,
    TooLong,
    TooManyTags,
    UnknownKind,
)
from forums.models import Post, Thread
from forums.permissions import Rights, rights_of

if TYPE_CHECKING:
    from accounts.models import User

MAX_TEXT = 20_000
MAX_TITLE = 160
MAX_TAGS = 8
MAX_TAG = 40
# The columns of a thread that follow its messages.
KEPT = (
    "last_position",
    "newest_position",
    "reply_count",
    "last_post_at",
    "last_author",
    "answer",
)


class Missing(Http404):
    """The thread is not there for this person: said as for an address that does not exist."""


def locked(thread: Thread, by: User) -> tuple[Thread, Rights]:
    """The thread as it is now, its row locked until the end of the transaction, and the rights
    of `by` in it. Raises `Missing` when she neither reads nor moderates it."""
    rows = Thread.objects.with_rights(by).select_related("space")
    found = rows.select_for_update(of=("self",)).with_pk(thread.pk)
    if found is None:
        raise Missing
    rights = rights_of(by, found)
    if not (rights.reads or rights.moderates):
        raise Missing
    return found, rights


def named(thread: Thread, by: User) -> User | None:
    """The actor for the journal: the author of an unnamed thread is not told there."""
    return None if thread.unnamed and thread.owner_id == by.pk else by


def require_open(thread: Thread) -> None:
    if thread.space.archived_at is not None:
        raise SpaceClosed
    if thread.locked:
        raise ThreadClosed


def require(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed


def require_reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        raise ReasonNeeded
    return reason[:200]


def body(text: str, html: str) -> richtext.RichText:
    """What was written, through the text's one door. Raises `EmptyMessage` or `TooLong`."""
    try:
        written = richtext.from_html(html) if html else plain(text)
    except richtext.TooLong:
        raise TooLong from None
    if written.is_empty:
        raise EmptyMessage
    if len(written.text) > MAX_TEXT:
        raise TooLong
    return written


QUOTED = re.compile(r"^>+ ?(.*)$")


def plain(text: str) -> richtext.RichText:
    """The plain box's text: lines that begin with ">", as in a mail, are a quotation."""
    pieces: list[str] = []
    for quoted, lines in groupby(text.splitlines(), key=lambda line: bool(QUOTED.match(line))):
        block = "\n".join(QUOTED.sub(r"\1", line) if quoted else line for line in lines)
        html = richtext.from_plain(block).html
        if html:
            pieces.append(f"<blockquote>{html}</blockquote>" if quoted else html)
    return richtext.from_html("".join(pieces))


def checked_title(title: str) -> str:
    title = " ".join(title.split())
    if len(title) > MAX_TITLE:
        raise TitleTooLong
    return title


def checked_kind(kind: str) -> str:
    if kind not in terms.scheme("types_fil"):
        raise UnknownKind
    return kind


def checked_tags(tags: Iterable[str]) -> list[str]:
    """Keywords in lower case, once each, in the order in which they were given."""
    found = list(dict.fromkeys(" ".join(tag.lower().split()) for tag in tags))
    found = [tag for tag in found if tag]
    if len(found) > MAX_TAGS or any(len(tag) > MAX_TAG for tag in found):
        raise TooManyTags
    return found


def once(submission: uuid.UUID | None, by: User, place: str, *parts: str) -> uuid.UUID | None:
    """The identity of a submission: this form, sent by this person, here, with this text.

    The same form sent again after its text was changed is another message; somebody else's form
    is nobody's.
    """
    if submission is None:
        return None
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return uuid.uuid5(submission, f"{by.pk}:{place}:{digest}")


def bump(*space_ids: int) -> None:
    """What may be unread changed in these spaces: their members' kept counters are stale."""
    for space_id in sorted(set(space_ids)):
        SubCommunity.objects.filter(pk=space_id).update(activity=F("activity") + 1)


def recount(thread: Thread) -> None:
    """Set the kept columns of a locked thread from its published posts."""
    published = Post.objects.filter(thread_id=thread.pk, state=State.PUBLISHED)
    newest = published.order_by("-position").first()
    if newest is None:
        return
    thread.reply_count = published.filter(position__gt=1).count()
    thread.newest_position = newest.position
    latest = published.order_by("-created_at", "-position")[0]
    thread.last_post_at = latest.created_at
    thread.last_author_id = None if latest.unnamed else latest.author_id
