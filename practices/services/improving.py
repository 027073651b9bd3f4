"""Improvements: anybody proposes another text for a section, those who bear the sheet answer.

What is accepted is published at once as a new version, whatever is in preparation, and thanks its
author and the organisation she was of. A section that changed meanwhile is never overwritten: who
decides settles it (`amend`) with the texts side by side.
"""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import log
from core.audience import State
from core.errors import NotAllowed
from core.events import emit
from practices.content import Values, clean, require_complete
from practices.differences import Difference, between
from practices.errors import (
    AlreadyAnswered,
    FieldMissing,
    FieldTooLong,
    NothingProposed,
    NotYourProposal,
    ReasonNeeded,
    SectionMoved,
    WrongStage,
)
from practices.merging import merge
from practices.models import Credit, Proposal, Sheet, Version
from practices.sections import BY_NAME, Section
from practices.services.common import (
    Missing,
    append_version,
    changed_sections,
    editable,
    locked,
    proposable,
    require_reason,
)

if TYPE_CHECKING:
    from accounts.models import User

Answer = Proposal.Answer
MOST_WORDS = 1000


# --------------------------------------------------------------------------------- proposing


@transaction.atomic
def propose(
    sheet: Sheet,
    name: str,
    given: Mapping[str, Any],
    *,
    why: str,
    by: User,
    base: int = 0,
    submission: uuid.UUID | None = None,
) -> Proposal:
    """Propose another text for the section `name` of a published sheet, and say why. `base` is the
    number of the version that `by` read (the current one).

    The same `submission` sent again gives the same proposal. Raises `Missing`, `Withdrawn`,
    `GuestsRead`, `WrongStage`, `ReasonNeeded`, `FieldMissing`, `NothingProposed`, and what
    `content.clean` raises.
    """
    sheet, _rights = proposable(sheet, by)
    if sheet.current is None:
        raise WrongStage
    sent = uuid.uuid5(submission, f"{by.pk}:{sheet.pk}") if submission is not None else None
    if sent is not None and (twin := Proposal.objects.filter(submission=sent).first()) is not None:
        return twin
    read = sheet.versions.filter(number=base).first() or sheet.current
    section, before = BY_NAME[name], read.content.get(name, {})
    values = _checked(section, given, before)
    if values in (before, sheet.content.get(name, {})):
        raise NothingProposed
    proposal = Proposal.objects.create(
        sheet=sheet,
        section=name,
        base=read,
        before=before,
        values=values,
        why=_words(why, "why", required=True),
        owner=by,
        organisation=by.organisation,
        submission=sent,
    )
    recount(sheet)
    log.record("proposal.created", proposal, by=by, sheet=sheet.pk)
    emit("proposal.created", proposal=proposal.pk, sheet=sheet.pk)
    return proposal


def _checked(section: Section, given: Mapping[str, Any], kept: Values) -> Values:
    """The values of a section that may be published: its required fields are there."""
    values = clean(section, given, kept=kept)
    for field in section.fields:
        if field.required and field.name not in values:
            raise FieldMissing(field.name, section=section)
    return values


def _words(text: str, field: str, *, required: bool = False) -> str:
    """What goes with a proposal or its answer. Raises `ReasonNeeded`, `FieldTooLong`."""
    text = text.replace("\r\n", "\n").replace("\0", "").strip()
    if required and not text:
        raise ReasonNeeded
    if len(text) > MOST_WORDS:
        raise FieldTooLong(field)
    return text


def recount(sheet: Sheet) -> None:
    """Keep how many improvements of the locked sheet await an answer."""
    sheet.waiting_count = Proposal.objects.filter(sheet=sheet).waiting().count()
    sheet.save(update_fields={"waiting_count"})


# ---------------------------------------------------------------------------------- answering


def is_conflict(proposal: Proposal, sheet: Sheet) -> bool:
    """Whether its section is no longer what its author read."""
    return proposal.is_waiting and proposal.before != sheet.content.get(proposal.section, {})


def _to_answer(proposal: Proposal, by: User) -> tuple[Sheet, Version, Proposal]:
    """The locked sheet, its current version, and the proposal as it is now, if `by` may answer it.
    Raises `Missing`, `Withdrawn`, `GuestsRead`, `NotABearer`, `WrongStage`, `AlreadyAnswered`."""
    sheet, _rights = editable(proposal.sheet, by)
    found = Proposal.objects.filter(pk=proposal.pk, state=State.PUBLISHED).first()
    if found is None:
        raise Missing
    if not found.is_waiting:
        raise AlreadyAnswered
    if not sheet.is_published or sheet.current is None:
        raise WrongStage
    return sheet, sheet.current, found


@transaction.atomic
def accept(proposal: Proposal, *, by: User, reply: str = "") -> Version:
    """Publish it as it was proposed. Raises as `amend`; `SectionMoved` when the section changed
    since its author read it: it is then settled by `amend`."""
    sheet, current, found = _to_answer(proposal, by)
    if is_conflict(found, sheet):
        raise SectionMoved
    return _publish(sheet, current, found, found.values, by, reply)


@transaction.atomic
def amend(
    proposal: Proposal, given: Mapping[str, Any], *, by: User, seen: int, reply: str = ""
) -> Version:
    """Publish it with changes: `given` is what the section says in the end, settled by somebody
    who saw the version `seen`. Its author is thanked all the same. What the sheet says already is
    not published twice.

    Raises `Missing`, `Withdrawn`, `GuestsRead`, `NotABearer`, `WrongStage`, `AlreadyAnswered`,
    `SectionMoved`, `FieldMissing`, and what `content.clean` raises.
    """
    sheet, current, found = _to_answer(proposal, by)
    now = sheet.content.get(found.section, {})
    read = sheet.versions.filter(number=seen).first()
    if read is None or read.content.get(found.section, {}) != now:
        raise SectionMoved
    section = BY_NAME[found.section]
    values = _checked(section, given, known_words(section, found.values, now))
    return _publish(sheet, current, found, values, by, reply)


def known_words(section: Section, proposed: Values, now: Values) -> Values:
    """The words of taxonomies that either text has: one that was retired meanwhile may stay."""
    known = copy.copy(now)
    for name, value in proposed.items():
        if isinstance(value, list) and section.field(name).scheme:
            known[name] = [*now.get(name, []), *value]
        else:
            known.setdefault(name, value)
    return known


def _publish(
    sheet: Sheet, version: Version, proposal: Proposal, values: Values, by: User, reply: str
) -> Version:
    """The locked sheet with that section, as the version that follows `version`, unless that one
    says it already; the thanks; the answer."""
    proposal.reply = _words(reply, "reply")
    whole = not _changed(proposal, sheet.content.get(proposal.section, {}), values)
    content = copy.deepcopy(sheet.content)
    content[proposal.section] = values
    content = {name: said for name, said in content.items() if said}
    if changed_sections(sheet.content, content):
        require_complete(content)
        version = append_version(
            sheet, content, by=by, cause=Version.Cause.PROPOSAL, note=proposal.why[:400]
        )
        emit("sheet.published", sheet=sheet.pk, version=version.pk, first=False)
    proposal.settled = None if values == proposal.values else values
    proposal.version = version
    _answer(sheet, proposal, Answer.ACCEPTED if whole else Answer.AMENDED, by)
    Credit.objects.create(
        sheet=sheet,
        version=version,
        person=proposal.owner,
        organisation=proposal.organisation,
        role=Credit.Role.PROPOSAL,
        proposal=proposal,
    )
    return version


def _changed(proposal: Proposal, now: Values, published: Values) -> list[Difference]:
    """What in `published` is neither hers nor what the section said `now`, when it was answered."""
    section = BY_NAME[proposal.section]
    joined = merge(section, proposal.before, now, proposal.values)
    return between(section, joined.values, published)


def changes_of(proposal: Proposal) -> list[Difference]:
    """What was changed of an accepted proposal before it was published. Two queries, and none when
    it was published as it was."""
    if proposal.settled is None:
        return []
    return _changed(proposal, _stood(proposal), proposal.settled)


def _stood(proposal: Proposal) -> Values:
    """What the section said when the proposal was accepted: in the version before the one that it
    made, or in its own when that one said the same already."""
    version = proposal.version
    if version is None:
        return proposal.before
    thanked = Proposal.objects.filter(version=version).order_by("answered_at", "pk")
    makes = version.cause == Version.Cause.PROPOSAL and thanked.first() == proposal
    if makes:
        earlier = Version.objects.filter(sheet=proposal.sheet_id, number__lt=version.number)
        version = earlier.order_by("-number").first() or version
    found: Values = version.content.get(proposal.section, {})
    return found


def _answer(sheet: Sheet, proposal: Proposal, answer: str, by: User) -> None:
    proposal.answer, proposal.answered_by, proposal.answered_at = answer, by, timezone.now()
    proposal.save()
    recount(sheet)
    log.record("proposal.answered", proposal, by=by, sheet=sheet.pk, answer=answer)
    emit("proposal.answered", proposal=proposal.pk, sheet=sheet.pk)


@transaction.atomic
def refuse(proposal: Proposal, *, by: User, reply: str) -> Proposal:
    """Not taken up; its author reads why. Raises `ReasonNeeded`, `FieldTooLong`, and as `accept`
    otherwise."""
    sheet, _current, found = _to_answer(proposal, by)
    found.reply = _words(reply, "reply", required=True)
    _answer(sheet, found, Answer.REFUSED, by)
    return found


@transaction.atomic
def take_back(proposal: Proposal, *, by: User) -> Proposal:
    """Its author changes her mind, while nobody answered. Raises `Missing`, `NotYourProposal`,
    `AlreadyAnswered`."""
    sheet, _rights = locked(proposal.sheet, by)
    found = Proposal.objects.filter(pk=proposal.pk, state=State.PUBLISHED).first()
    if found is None:
        raise Missing
    if found.owner_id != by.pk:
        raise NotYourProposal
    if not found.is_waiting:
        raise AlreadyAnswered
    found.answer, found.answered_at = Answer.TAKEN_BACK, timezone.now()
    found.save(update_fields=("answer", "answered_at"))
    recount(sheet)
    log.record("proposal.taken_back", found, by=by, sheet=sheet.pk)
    emit("proposal.taken_back", proposal=found.pk, sheet=sheet.pk)
    return found


# ------------------------------------------------------------------------------------- asides


@transaction.atomic
def hide_proposal(proposal: Proposal, *, by: User, reason: str) -> Proposal:
    """Set it aside: it exists for animators only, and awaits nothing. What was published of it
    stays published. Raises `Missing`, `NotAllowed`, `ReasonNeeded`."""
    return _set_state(proposal, State.PUBLISHED, State.HIDDEN, by, require_reason(reason))


@transaction.atomic
def restore_proposal(proposal: Proposal, *, by: User, reason: str = "") -> Proposal:
    """Put it back among the others. Raises `Missing`, `NotAllowed`."""
    return _set_state(proposal, State.HIDDEN, State.PUBLISHED, by, reason)


def _set_state(proposal: Proposal, before: State, after: State, by: User, reason: str) -> Proposal:
    sheet, rights = locked(proposal.sheet, by)
    if not rights.moderates:
        raise NotAllowed
    found = Proposal.objects.get(pk=proposal.pk)
    if found.state == before:
        found.state = after
        found.save(update_fields=("state",))
        recount(sheet)
        verb = "proposal.hidden" if after == State.HIDDEN else "proposal.restored"
        log.record(verb, found, by=by, reason=reason, sheet=sheet.pk)
        emit(verb, proposal=found.pk, sheet=sheet.pk)
    return found
