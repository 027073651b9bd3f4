"""What a person was writing when something stopped her: kept for her alone, never posted."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from community.audience import readers_of
from community.models import SubCommunity
from core import richtext
from core.schedule import daily
from forums.models import Draft, Post, Thread
from forums.services.common import MAX_TEXT, MAX_TITLE, plain

if TYPE_CHECKING:
    from accounts.models import User

# As long as a session, and so as the form that carries a text through its end.
KEPT = timedelta(days=30)


@transaction.atomic
def keep_draft(
    *,
    by: User,
    thread: Thread | None,
    space: SubCommunity | None = None,
    title: str = "",
    text: str = "",
    html: str = "",
    details: dict[str, Any] | None = None,
) -> Draft | None:
    """Keep what `by` was writing at that place. A text kept there before is joined, not lost.

    Not journaled: a draft is nobody's business. None when there is nothing to keep.
    """
    try:
        body = richtext.from_html(html).html if html else text
    except richtext.TooLong:
        body, html = html, ""
    body = body[: MAX_TEXT * 5].replace("\0", "")
    title = title.replace("\0", "")
    if not (body.strip() or title.strip()):
        return None
    draft, created = Draft.objects.select_for_update().get_or_create(
        user=by,
        thread=thread,
        defaults={"body": body, "is_html": bool(html)},
    )
    if not created and draft.body.strip() and draft.body.strip() not in body:
        body, html = _joined(draft, body, html)
        if draft.details.get("unnamed"):
            # What she wrote to be unnamed is not shown again ready to be signed.
            details = (details or {}) | {"unnamed": draft.details["unnamed"]}
    draft.body = body
    draft.is_html = bool(html)
    draft.title = title.strip()[:MAX_TITLE] or draft.title
    draft.space = space or draft.space
    draft.details = details or {}
    draft.save()
    return draft


def _joined(draft: Draft, body: str, html: str) -> tuple[str, str]:
    if draft.is_html or html:
        before = draft.body if draft.is_html else plain(draft.body).html
        after = body if html else plain(body).html
        return before + after, before + after
    return f"{draft.body}\n\n{body}", ""


def draft_of_edit(post: Post, *, by: User) -> Draft | None:
    """The change to `post` that `by` was writing, when it was interrupted."""
    drafts = Draft.objects.of(by).filter(thread_id=post.thread_id, details__edits=post.pk)
    return drafts.first()


def carry_drafts(origin: Thread, target: Thread, moved: set[int]) -> None:
    """Replies and changes to messages of `origin` that went to `target` go on there: all of them
    when `target` took the whole thread. A text kept there before is joined, not lost.

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
    there = {draft.user_id: draft for draft in Draft.objects.filter(thread=target)}
    for draft in about:
        exposed = draft.details.get("unnamed") and not target.space.unnamed_posts
        if draft.user_id not in readers or exposed:
            draft.details.pop("parent", None)
        elif draft.user_id in there:
            _join_into(there[draft.user_id], draft)
            continue
        else:
            draft.thread = target
        draft.save()


def _written_about(draft: Draft) -> int | None:
    """The message that it answers or changes."""
    value = str(draft.details.get("edits") or draft.details.get("parent") or "")
    return int(value) if value.isascii() and value.isdecimal() else None


def _join_into(kept: Draft, draft: Draft) -> None:
    kept.body, html = _joined(kept, draft.body, draft.body if draft.is_html else "")
    kept.is_html = bool(html)
    if draft.details.get("unnamed"):
        kept.details["unnamed"] = draft.details["unnamed"]
    kept.save()
    draft.delete()


@daily(hour=3, name="forums.forget_drafts")
def forget_drafts() -> None:
    """Erase what nobody came back for: a draft is kept as long as a form can bring one."""
    Draft.objects.filter(updated_at__lt=timezone.now() - KEPT).delete()


@transaction.atomic
def drop_draft(*, by: User, thread: Thread | None) -> None:
    """Posted, or thrown away by its author."""
    Draft.objects.filter(user=by, thread=thread).delete()
