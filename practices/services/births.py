"""A sheet made from a thread: the words laid into it, and the consent of who wrote them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils import timezone

from core import content, links, log
from core.audience import State
from core.events import emit, run_hooks
from practices import laying, whose
from practices.content import Values
from practices.errors import (
    FieldTooLong,
    NoMessageChosen,
    NoRoom,
    NothingLeft,
    PassageChanged,
    StillThere,
    TooMany,
    WriterLeft,
    WrongStage,
)
from practices.models import Credit, Passage, Sheet, Version, WorkingSection
from practices.sections import BY_NAME
from practices.services.accords import (
    MESSAGE,
    Hold,
    digest,
    hold_of,
    left_of,
    passages_of,
    shown_to,
    words_of,
)
from practices.services.common import Missing, credit, editable, show, working_content
from practices.services.writing import begin_sheet, save_section

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from practices.permissions import Rights

THREAD = "thread"
Consent = Passage.Consent
Progress = Sheet.Progress


@dataclass(frozen=True)
class Chosen:
    """One message of the thread: its paragraphs (none: all of them), and where they go."""

    object_id: int
    target: str
    paragraphs: tuple[int, ...] = ()


# ------------------------------------------------------------------------------- from a thread


@transaction.atomic
def begin_from_thread(
    thread_id: int,
    chosen: Sequence[Chosen],
    *,
    by: User,
    bearer: Organisation,
    title: str = "",
    mended: bool = False,
    submission: uuid.UUID | None = None,
) -> Sheet:
    """A draft with words of a thread laid into its sections, and their writers asked for consent.

    What comes from a confidential space is laid only once its writer has consented. What she wrote
    without her name is asked of `by` as of anybody, so that nothing says that it is hers. `mended`
    replaces what could identify a young person. The same `submission` sent again gives the same
    sheet. Raises `Missing`, `NoMessageChosen`, `FieldTooLong`, `TooMany`, and what `begin_sheet`
    raises.
    """
    try:
        thread = content.find_readable(THREAD, thread_id, by)
    except ObjectDoesNotExist:
        raise Missing from None
    messages = _messages(thread, chosen, by)
    if not messages:
        raise NoMessageChosen
    sheet = begin_sheet(by=by, bearer=bearer, title=title, submission=submission)
    if sheet.passages.exists():
        return sheet
    sheet.born_of = thread.pk
    sheet.save(update_fields=("born_of",))
    laid: dict[str, Values] = {}
    read = passages_of(messages, by)
    for one in chosen:
        if one.object_id in read:
            message, text = messages[one.object_id], read[one.object_id].text
            passage = _passage(sheet, message, text, one, by=by, mended=mended)
            if passage.text:
                field = BY_NAME[passage.section].field(passage.field)
                before = laid.get(passage.section, {})
                laid[passage.section] = laying.lay(field, before, passage.text)
    for name, values in laid.items():
        save_section(sheet, name, values, by=by, revision=0)
    links.link(sheet, thread, by=by, makes=True)
    log.record("passage.asked", sheet, by=by, passages=len(messages))
    emit("passages.asked", sheet=sheet.pk)
    return sheet


def _messages(thread: Any, chosen: Sequence[Chosen], by: User) -> dict[int, Any]:
    """The chosen messages that stand in the thread and that `by` reads; one query."""
    kind = content.get(MESSAGE)
    rows = kind.readable_by(by).filter(pk__in=[one.object_id for one in chosen])
    rows = kind.for_rows(rows)
    return {row.pk: row for row in rows if kind.inside(row).pk == thread.pk}


def passages_in(thread: Any, user: User, page: int) -> content.Passages:
    """One page of the messages of a thread that `user` reads; one query."""
    kind = content.kind_of(thread)
    return kind.passages(thread, user, page) if kind.passages else content.Passages([])


def _passage(
    sheet: Sheet, message: Any, text: str, chosen: Chosen, *, by: User, mended: bool
) -> Passage:
    """Keep where one passage comes from; its text stays empty while it may not be shown."""
    kind = content.get(MESSAGE)
    wanted = laying.target(chosen.target)
    words = words_of(text, chosen.paragraphs, mended=mended)
    if wanted is None or not words:
        raise NoMessageChosen
    section, field = wanted
    space, writer = kind.space(message), kind.writer(message)
    quiet = space is not None and space.confidential
    unnamed = writer is not None and kind.author(message, by) is None
    own = writer == by.pk and not unnamed
    return Passage.objects.create(
        sheet=sheet,
        kind=kind.name,
        object_id=message.pk,
        thread_id=sheet.born_of or 0,
        paragraphs=list(chosen.paragraphs),
        section=section,
        field=field.name,
        text=words if own or not quiet else "",
        writer_id=writer,
        unnamed=unnamed,
        quiet=quiet,
        mended=mended,
        consent=Consent.OWN if own else Consent.WAITING,
    )


# ------------------------------------------------------------------------------------- consent


@transaction.atomic
def answer(passage: Passage, *, by: User, yes: bool, named: bool = False, seen: str) -> Passage:
    """Its writer says whether her words may be in the sheet, and whether she is named among its
    credits. `seen` is the digest of the words that she was shown: what her answer is about. She
    may change her mind until the sheet is published; not put refused words back while the animators
    review it.

    Raises `Missing`, `PassageChanged`, `WrongStage`.
    """
    sheet = _draft(passage)
    passage = _hers(passage, by)
    shown = shown_to(passage, by)
    if shown is None:
        raise Missing
    if digest(shown.agreed) != seen:
        raise PassageChanged
    if yes and not may_agree(passage, sheet):
        raise WrongStage
    before, stood = passage.consent, bool(passage.text)
    passage.answered_at = timezone.now()
    passage.credited = yes and named
    passage.consent = Consent.GIVEN if yes else Consent.REFUSED
    passage.quiet = passage.quiet or _confidential(passage)
    if yes or passage.text:
        passage.text = shown.agreed
    if yes and not stood:
        # Where there is no room any more, her words wait beside the draft.
        with suppress(NoRoom):
            _put_in(sheet, passage)
    elif not yes:
        _take_out(sheet, passage)
    passage.save()
    # The journal is read by animators: it tells neither who is behind an unnamed message nor who
    # wrote in a confidential space.
    teller = None if passage.unnamed or passage.quiet else by
    log.record("passage.answered", sheet, by=teller, passage=passage.pk, yes=yes)
    if before != passage.consent:
        at = passage.answered_at.isoformat()
        emit("passage.answered", passage=passage.pk, yes=int(yes), stood=int(stood), at=at)
    return passage


def _confidential(passage: Passage) -> bool:
    """Whether its message is of a confidential space now, whoever reads it there: since it was
    asked for, its thread may have moved."""
    kind = content.get(passage.kind)
    message = kind.for_rows(kind.objects.filter(pk=passage.object_id)).first()
    space = kind.space(message) if message is not None else None
    return space is not None and space.confidential


def may_agree(passage: Passage, sheet: Sheet) -> bool:
    """Whether its writer may say yes now: what she refused does not come back into a sheet that
    the animators are reading."""
    refused = passage.consent in (Consent.REFUSED, Consent.DROPPED)
    return not (refused and sheet.progress in (Progress.SUBMITTED, Progress.REVIEW))


def _draft(passage: Passage) -> Sheet:
    """Its sheet, locked, while it is being made. Raises `Missing`."""
    rows = Sheet.objects.select_for_update(of=("self",)).select_related("bearer")
    sheet = rows.filter(pk=passage.sheet_id, current=None).first()
    if sheet is None or sheet.state not in (State.DRAFT, State.PENDING):
        raise Missing
    return sheet


def _hers(passage: Passage, by: User) -> Passage:
    found = Passage.objects.of(by).filter(pk=passage.pk).first()
    if found is None or not by.is_current:
        raise Missing
    return found


def _put_in(sheet: Sheet, passage: Passage) -> None:
    """Lay her words into the draft. Raises `NoRoom`."""
    field = BY_NAME[passage.section].field(passage.field)
    row = WorkingSection.objects.filter(sheet=sheet, name=passage.section).first()
    try:
        values = laying.lay(field, row.values if row is not None else {}, passage.text)
    except (FieldTooLong, TooMany):
        raise NoRoom from None
    _write(sheet, passage.section, row, values)


def _take_out(sheet: Sheet, passage: Passage) -> None:
    """Her words leave the draft as far as they are there word for word; the passage is dropped
    once none of its sentences is left."""
    field = BY_NAME[passage.section].field(passage.field)
    row = WorkingSection.objects.filter(sheet=sheet, name=passage.section).first()
    if row is not None and passage.text:
        values = whose.lift(field, row.values, passage.text)
        if values != row.values:
            _write(sheet, passage.section, row, values)
    if not passage.text or not laying.still_there(working_content(sheet), passage.text):
        passage.consent, passage.text = Consent.DROPPED, ""


def _write(sheet: Sheet, name: str, row: WorkingSection | None, values: Values) -> None:
    """Change one section of the draft. Whose answer changed it is not said: the row keeps the
    name of who wrote in it last."""
    if row is None:
        row = WorkingSection(sheet=sheet, name=name, revision=0, changed_by=sheet.owner)
    row.values, row.revision, row.changed_at = values, row.revision + 1, timezone.now()
    row.save()
    show(sheet, working_content(sheet))
    sheet.updated_at = timezone.now()
    sheet.save()
    emit("sheet.changed", sheet=sheet.pk)


@transaction.atomic
def drop(passage: Passage, *, by: User) -> Passage:
    """Who makes the sheet does without a passage: its words are taken out, or were rewritten.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`, `StillThere`.
    """
    sheet, passage = _being_made(passage, by)
    if passage.consent == Consent.DROPPED or sheet.current_id is not None:
        return passage
    refused = passage.consent == Consent.REFUSED
    _take_out(sheet, passage)
    if passage.consent != Consent.DROPPED:
        raise StillThere
    if not refused:
        # An answer that is kept on dropped words is a refusal, which its writer may take back.
        passage.answered_at, passage.credited = None, False
    passage.save()
    log.record("passage.dropped", sheet, by=by, passage=passage.pk)
    return passage


# ------------------------------------------------------------- asked again, and put back


@transaction.atomic
def ask_again(passage: Passage, *, by: User) -> Passage:
    """Who makes the sheet changed the words that were agreed to: their writer is asked again, of
    what stands there now. What still stands as she agreed is not asked again.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`, `WriterLeft`,
    `NothingLeft`.
    """
    sheet, passage = _being_made(passage, by)
    said = working_content(sheet)
    if hold_of(passage, said) != Hold.REWRITTEN or sheet.current_id is not None:
        return passage
    if passage.left:
        raise WriterLeft
    if not left_of(passage, said, sheet.passages.all()):
        raise NothingLeft
    _ask(sheet, passage, by=by)
    emit("passage.asked_again", passage=passage.pk, rewritten=1)
    return passage


@transaction.atomic
def put_back(passage: Passage, *, by: User) -> Passage:
    """Who makes the sheet puts words in again. Those that were agreed to and of which nothing is
    left there come back as they were agreed to; those that she did without are read from their
    message, and their writer is asked. What a writer refused is hers to put back.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`, `NoRoom`.
    """
    sheet, passage = _being_made(passage, by)
    if sheet.current_id is not None:
        return passage
    if passage.consent == Consent.GIVEN:
        said = working_content(sheet)
        if hold_of(passage, said) and not left_of(passage, said, sheet.passages.all()):
            _put_in(sheet, passage)
        return passage
    if not passage.done_without:
        return passage
    own = passage.writer_id == by.pk and not passage.unnamed
    words, quiet = _read_again(passage, by)
    passage.quiet = passage.quiet or quiet
    passage.text = words if own or not passage.quiet else ""
    if passage.text:
        _put_in(sheet, passage)
    if own:
        passage.consent = Consent.OWN
        passage.save()
        return passage
    _ask(sheet, passage, by=by)
    emit("passage.asked_again", passage=passage.pk, rewritten=0)
    return passage


def _read_again(passage: Passage, by: User) -> tuple[str, bool]:
    """Its words as `by` reads its message now, and whether they are of a confidential space.
    Raises `Missing`."""
    kind = content.get(MESSAGE)
    message = kind.for_rows(kind.readable_by(by).filter(pk=passage.object_id)).first()
    found = passages_of([passage.object_id], by).get(passage.object_id)
    if message is None or found is None:
        raise Missing
    words = words_of(found.text, passage.paragraphs, mended=passage.mended)
    if not words:
        raise Missing
    space = kind.space(message)
    return words, space is not None and space.confidential


def _being_made(passage: Passage, by: User) -> tuple[Sheet, Passage]:
    """The sheet, locked, and its passage, for who may change what it quotes now. Raises `Missing`,
    `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`."""
    sheet, rights = editable(passage.sheet, by)
    if not may_change(sheet, rights):
        raise WrongStage
    return sheet, Passage.objects.get(pk=passage.pk)


def may_change(sheet: Sheet, rights: Rights) -> bool:
    """Whether who makes the sheet may change what it quotes: while the animators have it, they
    alone do."""
    return rights.moderates or sheet.progress not in (Progress.SUBMITTED, Progress.REVIEW)


def _ask(sheet: Sheet, passage: Passage, *, by: User) -> None:
    """Its writer has not answered any more."""
    passage.consent, passage.credited = Consent.WAITING, False
    passage.asked_at, passage.reminded_at, passage.answered_at = timezone.now(), None, None
    passage.save()
    log.record("passage.asked", sheet, by=by, passages=1)


# ---------------------------------------------------------------- what becomes of the messages


@transaction.atomic
def look_again(passage: Passage) -> None:
    """Its message may have been set aside, or moved: while nobody has answered, what who makes the
    sheet no longer reads leaves it, and what became confidential waits outside it."""
    try:
        sheet = _draft(passage)
    except Missing:
        return
    found = Passage.objects.waiting().filter(pk=passage.pk).first()
    if found is None or sheet.owner is None:
        return
    kind = content.get(found.kind)
    rows = kind.for_rows(kind.readable_by(sheet.owner))
    message = rows.filter(pk=found.object_id).first()
    if message is None:
        found.consent = Consent.REFUSED
        _take_out(sheet, found)
        found.save()
        log.record("passage.dropped", sheet, passage=found.pk)
        return
    space = kind.space(message)
    if found.quiet or space is None or not space.confidential:
        return
    found.quiet, found.consent = True, Consent.REFUSED
    _take_out(sheet, found)
    if found.consent == Consent.DROPPED:
        found.consent = Consent.WAITING
    found.save()


def thank_writers(version: Version) -> None:
    """Who consented and wishes to be named is credited, with her organisation."""
    rows = version.sheet.passages.filter(consent=Consent.GIVEN, credited=True)
    for passage in rows.select_related("writer__organisation"):
        if passage.writer is not None:
            role, organisation = Credit.Role.PASSAGE, passage.writer.organisation
            credit(version.sheet, passage.writer, organisation, role, version=version)


@transaction.atomic
def mark_thread(thread_id: int) -> None:
    """Tell the thread whether a published sheet was made from it."""
    gave = Sheet.objects.published().filter(born_of=thread_id).exists()
    run_hooks("thread.gave_sheet", thread_id=thread_id, gave=gave)


@transaction.atomic
def follow_thread(old_id: int, new_id: int) -> None:
    """A thread took all the messages of another: what was made from one is made from the other."""
    Passage.objects.filter(thread_id=old_id).update(thread_id=new_id)
    if Sheet.objects.filter(born_of=old_id).update(born_of=new_id):
        mark_thread(new_id)
