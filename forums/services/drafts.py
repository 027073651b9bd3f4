"""What a person is writing: kept for her alone while she writes, never posted."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from community.audience import readers_of
from community.models import SubCommunity
from core import richtext
from core.schedule import daily
from forums.models import Draft, Post, Thread
from forums.services.common import MAX_TEXT, MAX_TITLE

if TYPE_CHECKING:
    from accounts.models import User

KEPT = timedelta(days=180)


@transaction.atomic
def keep_draft(
    *,
    by: User,
    thread: Thread | None,
    sheet: uuid.UUID | None = None,
    seen: int = 0,
    space: SubCommunity | None = None,
    title: str = "",
    text: str = "",
    html: str = "",
    details: dict[str, Any] | None = None,
) -> Draft | None:
    """Keep what `by` is writing on `sheet`, the form of one window, in place of what it said.

    `seen` is the revision that this window knows. When another window wrote on the same sheet
    since then, what it wrote stays, and this text is kept on a sheet of its own. An emptied sheet
    is forgotten, and None answered. Not journaled: a draft is nobody's business.
    """
    try:
        body = richtext.from_html(html).html if html else text
    except richtext.TooLong:
        body, html = html, ""
    body = body[: MAX_TEXT * 5].replace("\0", "")
    title = title.replace("\0", "").strip()[:MAX_TITLE]
    sheet = sheet or uuid.uuid4()
    known = Draft.objects.select_for_update().filter(user=by, sheet=sheet).first()
    if not (body.strip() or title):
        if known is not None and known.revision == seen:
            known.delete()
        return None
    if known is not None and known.revision != seen and known.body.strip() not in body:
        known, sheet = None, uuid.uuid4()
    draft = known or Draft(user=by, sheet=sheet)
    draft.thread, draft.space = thread, space
    draft.title, draft.body, draft.is_html = title, body, bool(html)
    draft.details = details or {}
    draft.revision += 1
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        # Two windows with the same sheet, at the same moment: the second takes another one.
        draft.sheet = uuid.uuid4()
        draft.save()
    return draft


def draft_of_edit(post: Post, *, by: User) -> Draft | None:
    """The change to `post` that `by` was writing last."""
    drafts = Draft.objects.of(by).filter(thread_id=post.thread_id, details__edits=post.pk)
    return drafts.first()


def carry_drafts(origin: Thread, target: Thread, moved: set[int]) -> None:
    """Replies and changes to messages of `origin` that went to `target` go on there: all of them
    when `target` took the whole thread.

    Only for who reads `target`, and never what was to be unnamed to where it would be signed: such
    a draft stays, as an answer to its thread.
    """
    drafts = Draft.objects.select_for_update().filter(thread=origin).order_by("pk")
    about = {draft: _written_about(draft) for draft in drafts}
    if origin.merged_into_id != target.pk:
        about = {draft: pk for draft, pk in about.items() if pk in moved}
    if not about:
        return
    writers = [draft.user_id for draft in about]
    readers = set(readers_of(target.space).filter(pk__in=writers).values_list("pk", flat=True))
    for draft in about:
        exposed = draft.details.get("unnamed") and not target.space.unnamed_posts
        if draft.user_id not in readers or exposed:
            draft.details.pop("parent", None)
        else:
            draft.thread = target
        draft.save()


def _written_about(draft: Draft) -> int | None:
    """The message that it answers or changes."""
    value = str(draft.details.get("edits") or draft.details.get("parent") or "")
    return int(value) if value.isascii() and value.isdecimal() else None


@daily(hour=3, name="forums.forget_drafts")
def forget_drafts() -> None:
    """Erase what nobody came back for."""
    Draft.objects.filter(updated_at__lt=timezone.now() - KEPT).delete()


@transaction.atomic
def drop_draft(*, by: User, thread: Thread | None, sheet: uuid.UUID | None = None) -> None:
    """Posted, or thrown away by its author; without a sheet, all that she kept at that place."""
    mine = Draft.objects.filter(user=by, thread=thread)
    (mine.to_be_posted() if sheet is None else mine.filter(sheet=sheet)).delete()
