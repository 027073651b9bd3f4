"""What the room hears about the threads that sheets were made from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from core.events import hook, on
from core.mail import queue
from core.schedule import daily
from practices.models import Passage, Sheet, Version
from practices.services.births import follow_thread, look_again, mark_thread, thank_writers

# Without an answer for so long, she is asked once more.
PATIENCE = timedelta(days=7)


@on("passages.asked")
def ask_writers(payload: dict[str, Any]) -> None:
    """One mail to each writer, however many of her passages there are."""
    _ask(Passage.objects.waiting().filter(sheet_id=payload["sheet"]))


def _ask(passages: Any, suffix: str = "") -> None:
    for passage in passages.select_related("sheet", "writer"):
        if passage.writer is not None and passage.writer.is_current:
            key = f"passages_asked:{passage.sheet_id}:{passage.writer_id}{suffix}"
            queue("passages_asked", to=passage.writer, about=passage.sheet, dedupe=key)


@daily(hour=9, name="practices.remind_writers")
def remind_writers() -> None:
    """Ask once more who did not answer; and look again at what waits, whose message may have
    gone."""
    for passage in Passage.objects.waiting().filter(sheet__current=None):
        look_again(passage)
    late = Passage.objects.waiting().filter(
        sheet__current=None, reminded_at=None, asked_at__lte=timezone.now() - PATIENCE
    )
    _ask(late, ":again")
    late.update(reminded_at=timezone.now())


@on("passage.answered")
def tell_asker(payload: dict[str, Any]) -> None:
    """Who makes the sheet is told that somebody answered, never who."""
    rows = Passage.objects.select_related("sheet__owner")
    passage = rows.filter(pk=payload["passage"]).first()
    if passage is not None and passage.sheet.owner is not None:
        data = {"yes": payload["yes"]}
        key = f"passage_answered:{passage.pk}:{payload['yes']}"
        queue(
            "passage_answered", to=passage.sheet.owner, about=passage, data=data, dedupe=key
        )  # fmt: skip


@on("post.hidden")
def look_at_message(payload: dict[str, Any]) -> None:
    _look(Passage.objects.filter(kind="post", object_id=payload["post"]))


@on("thread.hidden")
@on("thread.moved")
def look_at_thread(payload: dict[str, Any]) -> None:
    _look(Passage.objects.filter(thread_id=payload["thread"]))


def _look(passages: Any) -> None:
    for passage in passages.waiting():
        look_again(passage)


@on("sheet.published")
def thank(payload: dict[str, Any]) -> None:
    version = Version.objects.select_related("sheet").filter(pk=payload["version"]).first()
    if version is not None and payload["first"]:
        thank_writers(version)


@on("sheet.published")
@on("sheet.withdrawn")
@on("sheet.hidden")
@on("sheet.put_back")
def mark(payload: dict[str, Any]) -> None:
    """The thread says that it gave a sheet while one is there to be read."""
    sheet = Sheet.objects.filter(pk=payload["sheet"], born_of__isnull=False).first()
    if sheet is not None:
        mark_thread(sheet.born_of or 0)


@hook("thread.merged")
def follow_merged(*, thread: Any, **kwargs: Any) -> None:
    if thread.merged_into_id is not None:
        follow_thread(thread.pk, thread.merged_into_id)
