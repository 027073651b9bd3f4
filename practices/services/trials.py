"""“I tried it”: told by a member for her organisation, changed by her, set aside by animators.

The counters of a sheet are counted again under its lock, at each step that may change them.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core import log, terms
from core.audience import State
from core.errors import NotAllowed
from core.events import emit, run_hooks
from core.text import one_line
from practices.content import CONTROLS
from practices.errors import (
    FieldMissing,
    FieldTooLong,
    NoOrganisation,
    NotACount,
    NotYourTrial,
    OneOfYourOrganisation,
    UnknownChoice,
)
from practices.models import Sheet, Trial
from practices.services import interest
from practices.services.common import Missing, locked, proposable, require_reason

if TYPE_CHECKING:
    from accounts.models import Organisation, User

# What is told, in the order of the form; the first three are enough.
LINES = ("period", "changed_by")
TEXTS = ("lesson", "changed", "why")
REQUIRED = ("period", "outcome", "lesson")
SCHEMES = {"setting": "milieux", "region": "regions"}
MOST_YOUNG_PEOPLE = 100_000
COLUMNS: Any = Trial._meta
MOST_LETTERS = {name: COLUMNS.get_field(name).max_length for name in (*LINES, *TEXTS)}


def recount(sheet: Sheet) -> None:
    """Set the counters of a locked sheet from its trials."""
    told = Trial.objects.filter(sheet=sheet, state=State.PUBLISHED)
    sheet.trial_count = told.count()
    sheet.abandoned_count = told.filter(outcome=Trial.Outcome.ABANDONED).count()
    sheet.save(update_fields=("trial_count", "abandoned_count"))


@transaction.atomic
def tell(
    sheet: Sheet,
    *,
    by: User,
    organisation: Organisation | None = None,
    submission: uuid.UUID | None = None,
    **given: Any,
) -> Trial:
    """Tell a trial: of her own organisation, or of any for an animator. What the organisation says
    of its setting and region is taken when nothing else is said.

    The same `submission` sent again gives the same trial. Raises `Missing`, `Withdrawn`,
    `GuestsRead`, `WrongStage`, `NoOrganisation`, `OneOfYourOrganisation`, and what `clean` raises.
    """
    sheet, rights = proposable(sheet, by)
    sent = uuid.uuid5(submission, f"{by.pk} {sheet.pk}") if submission is not None else None
    already = Trial.objects.filter(submission=sent).first() if sent is not None else None
    if already is not None:
        return already
    organisation = organisation or by.organisation
    if organisation is None:
        raise NoOrganisation
    if organisation.pk != by.organisation_id and not rights.moderates:
        raise OneOfYourOrganisation
    values = clean(given)
    for name in SCHEMES:
        values[name] = values.get(name) or _of_organisation(organisation, name)
    try:
        with transaction.atomic():
            trial = Trial.objects.create(
                sheet=sheet,
                version=sheet.current,
                owner=by,
                organisation=organisation,
                submission=sent,
                **values,
            )
    except IntegrityError:
        # The same submission, where the database does not lock rows.
        twin = Trial.objects.filter(submission=sent).first() if sent is not None else None
        if twin is None:
            raise
        return twin
    recount(sheet)
    interest.told(sheet, by)
    log.record("trial.told", trial, by=by, sheet=sheet.pk)
    emit("trial.told", trial=trial.pk, sheet=sheet.pk)
    return trial


@transaction.atomic
def change(trial: Trial, *, by: User, **given: Any) -> Trial:
    """She who told it says it otherwise; the organisation stays. Saying the same changes nothing.

    Raises `Missing`, `Withdrawn`, `GuestsRead`, `WrongStage`, `NotYourTrial`, and what `clean`
    raises.
    """
    sheet, _rights = proposable(Sheet(pk=trial.sheet_id), by)
    found = Trial.objects.filter(pk=trial.pk, sheet=sheet, state=State.PUBLISHED).first()
    if found is None:
        raise Missing
    if found.owner_id != by.pk:
        raise NotYourTrial
    values = clean(given, kept={name: getattr(found, name) for name in SCHEMES})
    if all(getattr(found, name) == value for name, value in values.items()):
        return found
    for name, value in values.items():
        setattr(found, name, value)
    found.updated_at = timezone.now()
    found.save()
    recount(sheet)
    log.record("trial.changed", found, by=by)
    emit("trial.changed", trial=found.pk, sheet=sheet.pk)
    return found


def _of_organisation(organisation: Organisation, name: str) -> str:
    code = getattr(organisation, name)
    return code if code in terms.scheme(SCHEMES[name]) else ""


def clean(given: Mapping[str, Any], *, kept: Mapping[str, str] = {}) -> dict[str, Any]:
    """What is told, trimmed and checked; what is not given is empty, and what is unknown is
    ignored. A code that was retired stays where `kept` has it.

    Raises `FieldMissing`, `FieldTooLong`, `UnknownChoice`, `NotACount`, each with its field.
    """
    values: dict[str, Any] = {}
    for name in (*LINES, *TEXTS):
        text = CONTROLS.sub("", str(given.get(name) or "").replace("\r\n", "\n"))
        values[name] = one_line(text) if name in LINES else text.strip()
        if len(values[name]) > MOST_LETTERS[name]:
            raise FieldTooLong(name)
    allowed: dict[str, Any] = {
        "outcome": Trial.Outcome.values,
        "planned": Trial.Planned.values,
        "faithful": Trial.Faithful.values,
    } | {name: terms.scheme(scheme) for name, scheme in SCHEMES.items()}
    for name, words in allowed.items():
        values[name] = str(given.get(name) or "")
        if values[name] and values[name] not in words and values[name] != kept.get(name):
            raise UnknownChoice(name)
    values["young_people"] = _count(given.get("young_people"))
    for name in REQUIRED:
        if not values[name]:
            raise FieldMissing(name)
    return values


def _count(value: Any) -> int | None:
    if value in (None, ""):
        return None
    text = "".join(str(value).split())
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise NotACount("young_people")
    if int(text) > MOST_YOUNG_PEOPLE:
        raise NotACount("young_people")
    return int(text)


# ------------------------------------------------------------------------------------ asides


@transaction.atomic
def hide_trial(trial: Trial, *, by: User, reason: str) -> Trial:
    """Set it aside: nobody reads it any more, and it counts no more.

    Raises `Missing`, `NotAllowed`, `ReasonNeeded`.
    """
    reason = require_reason(reason)
    sheet, found = _moderated(trial, by)
    if found.state == State.PUBLISHED:
        _set_state(sheet, found, State.HIDDEN)
        log.record("trial.hidden", found, by=by, reason=reason)
        emit("trial.hidden", trial=found.pk, sheet=sheet.pk)
        run_hooks("audience.changed", kind="trial", ids=[found.pk])
    return found


@transaction.atomic
def restore_trial(trial: Trial, *, by: User, reason: str = "") -> Trial:
    """Put back what was set aside. Raises `Missing`, `NotAllowed`."""
    sheet, found = _moderated(trial, by)
    if found.state == State.HIDDEN:
        _set_state(sheet, found, State.PUBLISHED)
        log.record("trial.restored", found, by=by, reason=reason)
        emit("trial.restored", trial=found.pk, sheet=sheet.pk)
    return found


def _moderated(trial: Trial, by: User) -> tuple[Sheet, Trial]:
    sheet, rights = locked(Sheet(pk=trial.sheet_id), by)
    found = Trial.objects.filter(pk=trial.pk, sheet=sheet).first()
    if found is None:
        raise Missing
    if not rights.moderates:
        raise NotAllowed
    return sheet, found


def _set_state(sheet: Sheet, trial: Trial, state: str) -> None:
    trial.state = state
    trial.save(update_fields=("state",))
    recount(sheet)


def thanked(trial_id: int, type: str, delta: int) -> None:
    """Somebody thanked for it, or took her thanks back (`Kind.reacted`)."""
    Trial.objects.filter(pk=trial_id).update(thanks_count=F("thanks_count") + delta)
