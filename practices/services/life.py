"""The life of a sheet: submitted, reviewed, published, reviewed again, archived, withdrawn."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from core import log
from core.audience import Level, State
from core.errors import NotAllowed
from core.events import emit, run_hooks
from practices.content import require_complete
from practices.errors import (
    ConsentMissing,
    NothingNew,
    NotYourOrganisation,
    WrongStage,
)
from practices.models import Bearer, Sheet, Step, Version
from practices.services import writing
from practices.services.accords import require_accords
from practices.services.common import (
    changed_sections,
    editable,
    locked,
    require_reason,
    reviewable,
    touch,
    working_content,
)
from practices.services.writing import publish_working, require_joined

if TYPE_CHECKING:
    from accounts.models import User

Progress = Sheet.Progress
# A published sheet is looked at again after a year.
REVIEW_MONTHS = 12
# So long before the day of its review, reading it again counts as its review.
REVIEW_NEAR = timedelta(days=30)
# The columns that say whether the organisation consents to the showcase.
CONSENT = ("level", "consented_at", "consented_by", "awaits_opening")


def next_review(day: date | None = None) -> date:
    """Twelve months after `day` (today)."""
    day = day or timezone.localdate()
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + REVIEW_MONTHS // 12, day=28 if leap else day.day)


def nears_review(sheet: Sheet) -> bool:
    """Whether the day of its review has come, or is near."""
    if sheet.review_on is None or sheet.archived_at is not None:
        return False
    return sheet.is_published and sheet.review_on <= timezone.localdate() + REVIEW_NEAR


def _step(sheet: Sheet, act: str, by: User, words: str = "") -> Step:
    return Step.objects.create(sheet=sheet, act=act, by=by, words=words.strip()[:2000])


# --------------------------------------------------------------------------------- the review


@transaction.atomic
def submit(sheet: Sheet, *, by: User, words: str = "") -> Sheet:
    """Send what was prepared to the animators, who review it. A published sheet stays as it is
    meanwhile.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`, `FieldMissing`,
    `NothingNew`, `SectionParted`, `PassagesWaiting`, `PassagesRewritten`.
    """
    sheet, _rights = editable(sheet, by)
    if sheet.progress not in (Progress.DRAFT, Progress.CORRECTIONS, Progress.REFUSED):
        raise WrongStage
    content = working_content(sheet)
    if sheet.current is not None and not changed_sections(sheet.content, content):
        raise NothingNew
    require_joined(sheet)
    require_complete(content)
    require_accords(sheet)
    back = sheet.claimed_by_id is not None and sheet.progress == Progress.CORRECTIONS
    sheet.progress = Progress.REVIEW if back else Progress.SUBMITTED
    sheet.submitted_at = timezone.now()
    if sheet.current_id is None:
        sheet.state = State.PENDING
    touch(sheet, "progress", "submitted_at", "state")
    step = _step(sheet, Step.Act.SUBMITTED, by, words)
    log.record("sheet.submitted", sheet, by=by)
    emit("sheet.submitted", sheet=sheet.pk, step=step.pk)
    return sheet


@transaction.atomic
def take_back(sheet: Sheet, *, by: User) -> Sheet:
    """Go on writing what was submitted and that nobody took for review yet.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`.
    """
    sheet, _rights = editable(sheet, by)
    if sheet.progress != Progress.SUBMITTED:
        raise WrongStage
    sheet.progress, sheet.submitted_at = Progress.DRAFT, None
    if sheet.current_id is None:
        sheet.state = State.DRAFT
    touch(sheet, "progress", "submitted_at", "state")
    _step(sheet, Step.Act.TAKEN_BACK, by)
    log.record("sheet.taken_back", sheet, by=by)
    emit("sheet.changed", sheet=sheet.pk)
    return sheet


@transaction.atomic
def claim(sheet: Sheet, *, by: User) -> Sheet:
    """An animator takes it for review, so that two do not; claiming again is nothing.

    Raises `Missing`, `OnlyAnimators`, `Withdrawn`, `WrongStage`.
    """
    sheet = reviewable(sheet, by)
    if sheet.progress == Progress.REVIEW and sheet.claimed_by_id == by.pk:
        return sheet
    if sheet.progress not in (Progress.SUBMITTED, Progress.REVIEW):
        raise WrongStage
    sheet.progress, sheet.claimed_by = Progress.REVIEW, by
    touch(sheet, "progress", "claimed_by")
    step = _step(sheet, Step.Act.CLAIMED, by)
    log.record("sheet.claimed", sheet, by=by)
    emit("sheet.claimed", sheet=sheet.pk, step=step.pk)
    return sheet


@transaction.atomic
def release(sheet: Sheet, *, by: User) -> Sheet:
    """Give it back to whoever will review it. Raises as `claim`."""
    sheet = reviewable(sheet, by)
    if sheet.progress != Progress.REVIEW:
        raise WrongStage
    sheet.progress, sheet.claimed_by = Progress.SUBMITTED, None
    touch(sheet, "progress", "claimed_by")
    _step(sheet, Step.Act.RELEASED, by)
    log.record("sheet.released", sheet, by=by)
    return sheet


@transaction.atomic
def ask_corrections(sheet: Sheet, *, by: User, words: str) -> Sheet:
    """Send it back to its bearers with what is to be changed; who asks keeps it.

    Raises `Missing`, `OnlyAnimators`, `Withdrawn`, `WrongStage`, `ReasonNeeded`.
    """
    sheet = reviewable(sheet, by)
    words = words.strip()
    require_reason(words)
    if sheet.progress not in (Progress.SUBMITTED, Progress.REVIEW):
        raise WrongStage
    sheet.progress, sheet.claimed_by = Progress.CORRECTIONS, by
    touch(sheet, "progress", "claimed_by")
    step = _step(sheet, Step.Act.CORRECTIONS, by, words)
    log.record("sheet.corrections", sheet, by=by)
    emit("sheet.decided", sheet=sheet.pk, step=step.pk)
    return sheet


@transaction.atomic
def publish(sheet: Sheet, *, by: User, words: str = "", review_on: date | None = None) -> Version:
    """An animator publishes what was submitted: the sheet, or its next version. It is to be looked
    at again on `review_on` (in twelve months).

    Raises `Missing`, `OnlyAnimators`, `Withdrawn`, `WrongStage`, `NothingNew`, `FieldMissing`,
    `PassagesWaiting`, `PassagesRewritten`.
    """
    sheet = reviewable(sheet, by)
    if sheet.progress not in (Progress.SUBMITTED, Progress.REVIEW):
        raise WrongStage
    require_accords(sheet)
    sheet.review_on = review_on or next_review()
    sheet.archived_at = None
    version = publish_working(sheet, by=by, cause=Version.Cause.PUBLICATION)
    step = _step(sheet, Step.Act.PUBLISHED, by, words)
    emit("sheet.decided", sheet=sheet.pk, step=step.pk)
    return version


@transaction.atomic
def refuse(sheet: Sheet, *, by: User, words: str) -> Sheet:
    """Not to be published as it is: its bearers read why, and may make it again. A published
    version stays.

    Raises `Missing`, `OnlyAnimators`, `Withdrawn`, `WrongStage`, `ReasonNeeded`.
    """
    sheet = reviewable(sheet, by)
    words = words.strip()
    require_reason(words)
    if sheet.progress not in (Progress.SUBMITTED, Progress.REVIEW, Progress.CORRECTIONS):
        raise WrongStage
    sheet.progress, sheet.claimed_by = Progress.REFUSED, None
    touch(sheet, "progress", "claimed_by")
    step = _step(sheet, Step.Act.REFUSED, by, words)
    log.record("sheet.refused", sheet, by=by)
    emit("sheet.decided", sheet=sheet.pk, step=step.pk)
    return sheet


# --------------------------------------------------------------------------- after publication


@transaction.atomic
def confirm_review(sheet: Sheet, *, by: User, words: str = "") -> Sheet:
    """Its bearers, or an animator, looked at it again: it still holds, for twelve more months.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`.
    """
    sheet, _rights = editable(sheet, by)
    if not sheet.is_published:
        raise WrongStage
    sheet.review_on, sheet.archived_at = next_review(), None
    touch(sheet, "review_on", "archived_at")
    _step(sheet, Step.Act.REVIEWED, by, words)
    log.record("sheet.reviewed", sheet, by=by)
    emit("sheet.changed", sheet=sheet.pk)
    return sheet


@transaction.atomic
def publish_changes(sheet: Sheet, *, by: User, note: str = "", reviewed: bool = False) -> Version:
    """A new version of a published sheet from what its bearers prepared. `reviewed`: `by` read the
    whole of it again, and confirms its review with it.

    Raises as `writing.publish_changes`.
    """
    version = writing.publish_changes(sheet, by=by, note=note)
    if reviewed:
        confirm_review(sheet, by=by)
    return version


@transaction.atomic
def archive(sheet: Sheet, *, by: User, words: str = "") -> Sheet:
    """It is no longer kept up: it is read with a word that says so, and leaves the directory.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`.
    """
    sheet, _rights = editable(sheet, by)
    if not sheet.is_published or sheet.archived_at is not None:
        raise WrongStage
    sheet.archived_at = timezone.now()
    touch(sheet, "archived_at")
    _step(sheet, Step.Act.ARCHIVED, by, words)
    log.record("sheet.archived", sheet, by=by)
    emit("sheet.changed", sheet=sheet.pk)
    return sheet


@transaction.atomic
def unarchive(sheet: Sheet, *, by: User) -> Sheet:
    """Back in the directory, to be looked at again. Raises as `archive`."""
    sheet, _rights = editable(sheet, by)
    if sheet.archived_at is None:
        raise WrongStage
    sheet.archived_at, sheet.review_on = None, next_review()
    touch(sheet, "archived_at", "review_on")
    _step(sheet, Step.Act.REOPENED, by)
    log.record("sheet.unarchived", sheet, by=by)
    emit("sheet.changed", sheet=sheet.pk)
    return sheet


@transaction.atomic
def withdraw(sheet: Sheet, *, by: User, reason: str) -> Sheet:
    """Take it away: whoever read it finds its title and the reason at its address. What nobody had
    read yet leaves no trace.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `ReasonNeeded`.
    """
    reason = require_reason(reason)
    sheet, _rights = editable(sheet, by)
    if sheet.is_published:
        sheet.removed_at, sheet.removed_reason = timezone.now(), reason
    sheet.state = State.REMOVED
    touch(sheet, "state", "removed_at", "removed_reason")
    log.record("sheet.withdrawn", sheet, by=by, reason=reason)
    emit("sheet.withdrawn", sheet=sheet.pk)
    run_hooks("audience.changed", kind="sheet", ids=[sheet.pk])
    return sheet


# ------------------------------------------------------------------------------------ asides


@transaction.atomic
def hide_sheet(sheet: Sheet, *, by: User, reason: str) -> Sheet:
    """Set it aside: from then on it exists for animators only.

    Raises `Missing`, `NotAllowed`, `ReasonNeeded`.
    """
    reason = require_reason(reason)
    sheet, rights = locked(sheet, by)
    if not rights.moderates:
        raise NotAllowed
    if sheet.state in (State.PUBLISHED, State.PENDING):
        sheet.state = State.HIDDEN
        touch(sheet, "state")
        log.record("sheet.hidden", sheet, by=by, reason=reason)
        emit("sheet.hidden", sheet=sheet.pk)
        run_hooks("audience.changed", kind="sheet", ids=[sheet.pk])
    return sheet


@transaction.atomic
def restore_sheet(sheet: Sheet, *, by: User, reason: str = "") -> Sheet:
    """Put back what was set aside or withdrawn. What its bearers withdrew comes back to members
    only: for the showcase, the organisation consents again. Raises `Missing`, `NotAllowed`."""
    sheet, rights = locked(sheet, by)
    if not rights.moderates:
        raise NotAllowed
    if sheet.state in (State.HIDDEN, State.REMOVED):
        if sheet.state == State.REMOVED:
            _forget_consent(sheet)
        sheet.state = State.PUBLISHED if sheet.current_id is not None else State.PENDING
        sheet.removed_at, sheet.removed_reason = None, ""
        touch(sheet, "state", "removed_at", "removed_reason", *CONSENT)
        log.record("sheet.put_back", sheet, by=by, reason=reason)
        emit("sheet.put_back", sheet=sheet.pk)
    return sheet


# ------------------------------------------------------------------- who bears it, who reads it


@transaction.atomic
def name_bearers(sheet: Sheet, people: Collection[User], *, by: User) -> None:
    """The référente of the bearing organisation, or an animator, says who looks after the sheet:
    people of that organisation.

    Raises `Missing`, `NotAllowed`, `NotYourOrganisation`.
    """
    sheet, rights = locked(sheet, by)
    if not rights.consent:
        raise NotAllowed
    if any(one.organisation_id != sheet.bearer_id or one.is_guest for one in people):
        raise NotYourOrganisation
    wanted = {one.pk for one in people}
    Bearer.objects.filter(sheet=sheet).exclude(user_id__in=wanted).delete()
    for person in people:
        Bearer.objects.get_or_create(sheet=sheet, user=person, defaults={"named_by": by})
    log.record("sheet.bearers", sheet, by=by, people=sorted(wanted))
    emit("sheet.changed", sheet=sheet.pk)


@transaction.atomic
def give_consent(sheet: Sheet, *, by: User, words: str = "") -> Sheet:
    """In the name of the bearing organisation, its référente consents to the showcase; an animator
    notes a consent received otherwise, with `words` that say of whom, when and how. The sheet is
    not public yet: it awaits `open_to_public`.

    Raises `Missing`, `NotAllowed`, `ReasonNeeded`.
    """
    sheet, rights = locked(sheet, by)
    if not rights.consent:
        raise NotAllowed
    if sheet.consented_at is None:
        words = words.strip()
        if not rights.answers:
            require_reason(words)
        sheet.consented_at, sheet.consented_by, sheet.awaits_opening = timezone.now(), by, True
        touch(sheet, "consented_at", "consented_by", "awaits_opening")
        _step(sheet, Step.Act.CONSENTED if rights.answers else Step.Act.NOTED, by, words)
        log.record("sheet.consent_given", sheet, by=by)
        emit("sheet.consent_given", sheet=sheet.pk)
    return sheet


def _forget_consent(sheet: Sheet) -> None:
    """Out of the showcase, as if nobody had consented; the caller saves `CONSENT`."""
    sheet.level = Level.COMMUNITY
    sheet.consented_at, sheet.consented_by, sheet.awaits_opening = None, None, False


@transaction.atomic
def withdraw_consent(sheet: Sheet, *, by: User) -> Sheet:
    """The organisation takes its consent back: the sheet leaves the showcase at once.

    Raises `Missing`, `NotAllowed`.
    """
    sheet, rights = locked(sheet, by)
    if not rights.consent:
        raise NotAllowed
    if sheet.consented_at is not None:
        _forget_consent(sheet)
        touch(sheet, *CONSENT)
        _step(sheet, Step.Act.UNCONSENTED, by)
        log.record("sheet.consent_withdrawn", sheet, by=by)
        emit("sheet.changed", sheet=sheet.pk)
        run_hooks("audience.changed", kind="sheet", ids=[sheet.pk])
    return sheet


@transaction.atomic
def open_to_public(sheet: Sheet, *, by: User) -> Sheet:
    """An animator puts a published sheet in the showcase, with the organisation's consent.

    Raises `Missing`, `OnlyAnimators`, `Withdrawn`, `WrongStage`, `ConsentMissing`.
    """
    sheet = reviewable(sheet, by)
    if not sheet.is_published:
        raise WrongStage
    if sheet.consented_at is None:
        raise ConsentMissing
    if sheet.level != Level.PUBLIC:
        sheet.level, sheet.awaits_opening = Level.PUBLIC, False
        touch(sheet, "level", "awaits_opening")
        log.record("sheet.opened", sheet, by=by)
        emit("sheet.changed", sheet=sheet.pk)
    return sheet


@transaction.atomic
def close_to_public(sheet: Sheet, *, by: User) -> Sheet:
    """Out of the showcase, or never in it: the consent stands. Raises `Missing`, `OnlyAnimators`,
    `Withdrawn`."""
    sheet = reviewable(sheet, by)
    if sheet.level == Level.PUBLIC or sheet.awaits_opening:
        sheet.level, sheet.awaits_opening = Level.COMMUNITY, False
        touch(sheet, "level", "awaits_opening")
        log.record("sheet.closed", sheet, by=by)
        emit("sheet.changed", sheet=sheet.pk)
        run_hooks("audience.changed", kind="sheet", ids=[sheet.pk])
    return sheet
