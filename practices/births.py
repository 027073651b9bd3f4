"""What the room hears about the threads that sheets were made from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from core.events import hook, on
from core.mail import queue, queue_many
from core.schedule import daily
from practices.models import Passage, Sheet, Version
from practices.services.births import follow_thread, look_again, mark_thread, thank_writers

# Without an answer for so long, she is asked once more; for so long again, whoever makes the sheet
# is told. A duty that did not run catches up for as long as mails are remembered.
PATIENCE = timedelta(days=7)
CAUGHT_UP = 3 * PATIENCE
DAY = timedelta(days=1)


@on("passages.asked")
def ask_writers(payload: dict[str, Any]) -> None:
    """One mail to each writer, however many of her passages there are."""
    rows = Passage.objects.waiting().filter(sheet_id=payload["sheet"])
    for passage in rows.select_related("sheet", "writer"):
        if passage.reachable:
            key = f"passages_asked:{passage.sheet_id}:{passage.writer_id}"
            queue("passages_asked", to=passage.writer, about=passage.sheet, dedupe=key)


@on("passage.asked_again")
def ask_writer_again(payload: dict[str, Any]) -> None:
    """One mail each time that her words were rewritten and that she is asked about them; one a day
    for those that were put back."""
    rows = Passage.objects.waiting().filter(pk=payload["passage"])
    passage = rows.select_related("sheet", "writer").first()
    if passage is not None and passage.reachable:
        again = payload.get("rewritten", 1)
        when = int(passage.asked_at.timestamp()) if again else f"{passage.asked_at:%Y-%m-%d}"
        key = f"passages_asked:{passage.sheet_id}:{passage.writer_id}:{when}"
        data = {"again": again}
        queue("passages_asked", to=passage.writer, about=passage.sheet, data=data, dedupe=key)


@daily(hour=9, name="practices.remind_writers")
def remind_writers() -> None:
    """Look again at what waits, whose message may have gone; ask once more who did not answer; tell
    whoever makes the sheet of those who cannot or do not."""
    waiting = Passage.objects.waiting().filter(sheet__current=None)
    for passage in waiting:
        look_again(passage)
    now = timezone.now()
    rows = waiting.select_related("sheet__owner", "writer")
    # Of who left, `reminded_at` becomes the moment of asking: it says, for longer than mails are
    # remembered, that the maker was told.
    for passage in rows.exclude(reminded_at=F("asked_at")):
        if passage.left:
            _tell_maker(passage, gone=True)
            Passage.objects.filter(pk=passage.pk).update(reminded_at=passage.asked_at)
    late = waiting.filter(reminded_at=None, asked_at__lte=now - PATIENCE)
    writers = set(late.values_list("writer_id", flat=True))
    for passage in rows.filter(reminded_at=None):
        if passage.writer_id not in writers:
            continue
        # All that awaits her, of whatever sheet, is said in one mail.
        if passage.reachable:
            key = f"passages_reminded:{passage.writer_id}:{timezone.localdate()}"
            queue("passages_reminded", to=passage.writer, dedupe=key)
        # What was asked since yesterday has its own week: it is not asked twice in a day.
        Passage.objects.filter(pk=passage.pk, asked_at__lte=now - DAY).update(reminded_at=now)
    asked_twice = (now - CAUGHT_UP, now - PATIENCE)
    for passage in rows.filter(reminded_at__range=asked_twice):
        if not passage.left:
            _tell_maker(passage, gone=False)


def _tell_maker(passage: Passage, *, gone: bool) -> None:
    """Whoever makes the sheet is told once, a mail a sheet and a day of asking, or a person who
    left."""
    sheet = passage.sheet
    if sheet.owner is not None:
        about = f"gone:{passage.writer_id}" if gone else f"{passage.reminded_at:%Y-%m-%d}"
        key = f"passages_stuck:{sheet.pk}:{about}"
        data = {"gone": int(gone)}
        queue("passages_stuck", to=sheet.owner, about=sheet, data=data, dedupe=key)


@on("passage.answered")
def tell_asker(payload: dict[str, Any]) -> None:
    """Who makes the sheet is told that somebody answered, never who: once for each answer. So is
    the animator who is reviewing it, when words leave what she reads."""
    rows = Passage.objects.select_related("sheet__owner", "sheet__claimed_by")
    passage = rows.filter(pk=payload["passage"]).first()
    if passage is None:
        return
    sheet, yes = passage.sheet, payload["yes"]
    reviewer = sheet.claimed_by if sheet.progress == Sheet.Progress.REVIEW and not yes else None
    data = {"yes": yes, "stood": payload.get("stood", 1)}
    key = f"passage_answered:{passage.pk}:{yes}:{payload.get('at', '')}"
    for person in {one for one in (sheet.owner, reviewer) if one is not None}:
        once = f"{key}:{person.pk}"
        queue("passage_answered", to=person, about=passage, data=data, dedupe=once)


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
    """Those whose words it quotes are credited as they wish, and told that it is published."""
    version = Version.objects.select_related("sheet").filter(pk=payload["version"]).first()
    if version is not None and payload["first"]:
        thank_writers(version)
        rows = version.sheet.passages.filter(consent=Passage.Consent.GIVEN)
        people = {one.writer for one in rows.select_related("writer") if one.writer is not None}
        key = f"passages_published:{version.sheet_id}"
        queue_many("passages_published", to=people, about=version.sheet, dedupe=key)


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
