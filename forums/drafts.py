"""What the views ask of drafts: what a form brings, what it is given back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from community.models import SubCommunity
from forums import services
from forums.models import Draft, Post, Thread

if TYPE_CHECKING:
    from accounts.models import User

# Texts that wait to be taken up again, as a composer recalls them.
SHOWN = 5


def keep(
    request: HttpRequest, writer: User, thread: Thread | None, *, edits: Post | None = None
) -> Draft | None:
    """Keep what this form holds as a draft of `writer`; `edits` is the message it changes."""
    typed = request.POST
    spaces = SubCommunity.objects.readable_by(writer)
    details = {"edits": edits.pk} if edits is not None else _details(request)
    text = typed.get("text", "")
    return services.keep_draft(
        by=writer,
        thread=thread,
        sheet=sheet_of(request),
        seen=_number(typed.get("brouillon")),
        space=None if thread else spaces.filter(slug=slug(typed.get("space"))).first(),
        title=typed.get("title", "") if thread is None else "",
        details=details,
        **{"html" if typed.get("text_format") == "html" else "text": text},
    )


def slug(value: str | None) -> str:
    """What a database can be asked: no NUL, no endless text."""
    return (value or "").replace("\0", "")[:80]


def _number(value: str | None) -> int:
    good = value and value.isascii() and value.isdecimal() and len(value) < 10
    return int(value) if value and good else 0


def sheet_of(request: HttpRequest) -> uuid.UUID | None:
    """The sheet that a form says it is."""
    return _sheet(request.POST.get("submission"))


def _sheet(value: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(value or "")
    except ValueError:
        return None


def _details(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: request.POST[name].replace("\0", "")[:400]
        for name in ("kind", "tags", "unnamed", "as_animation", "parent", "about")
        if request.POST.get(name)
    }
    files = len(request.FILES.getlist("files")) + len(request.POST.getlist("kept"))
    return found | ({"files": files} if files else {})


def shown(request: HttpRequest, user: User, thread: Thread | None) -> Draft | None:
    """The draft that the composer of that place opens with: the one that is asked for, or else
    the last one."""
    rows = Draft.objects.of(user).at(thread).select_related("space")
    sheet = _sheet(request.GET.get("brouillon"))
    return (rows.filter(sheet=sheet) if sheet else rows).first()


def waiting(user: User, *place: Thread | None, but: Draft | None) -> list[Draft]:
    """Her other drafts, the last one first: everywhere, or at one place."""
    rows = Draft.objects.of(user)
    rows = rows.at(*place) if place else rows.to_be_posted()
    if but is not None:
        rows = rows.exclude(pk=but.pk)
    return list(rows.select_related("thread__space")[:SHOWN])


def initial(draft: Draft | None) -> dict[str, Any]:
    """What a form shows of a draft, and goes on keeping on the same sheet."""
    if draft is None:
        return {}
    found = {name: value for name, value in draft.details.items() if name != "files"}
    found |= {"title": draft.title, "text": draft.body}
    found |= {"brouillon": draft.revision, "submission": draft.sheet}
    if draft.is_html:
        found["text_format"] = "html"
    if draft.space is not None:
        found["space"] = draft.space.slug
    return found


def posted(given: dict[str, Any], user: User, thread: Thread | None) -> None:
    """This form was published: what was kept of it has served."""
    if given["brouillon"] is not None and given["submission"] is not None:
        services.drop_draft(by=user, thread=thread, sheet=given["submission"])
