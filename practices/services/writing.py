"""Beginning a sheet and writing it, section by section; publishing what was prepared."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import log
from core.audience import Level, State
from core.events import emit
from practices.content import Content, clean, require_complete
from practices.errors import (
    GuestsRead,
    NothingNew,
    NotYourOrganisation,
    SectionChanged,
    SectionParted,
    WrongStage,
)
from practices.models import Bearer, Credit, Sheet, Version, WorkingSection
from practices.permissions import may_write
from practices.sections import BY_NAME
from practices.services.common import (
    append_version,
    changed_sections,
    credit,
    editable,
    show,
    touch,
    working_content,
)

if TYPE_CHECKING:
    from accounts.models import Organisation, User

Progress = Sheet.Progress


@transaction.atomic
def begin_sheet(
    *,
    by: User,
    bearer: Organisation,
    title: str = "",
    derived_from: Sheet | None = None,
    differs: list[dict[str, str]] | None = None,
    foreseen: Content | None = None,
    submission: uuid.UUID | None = None,
) -> Sheet:
    """A new sheet, a draft read by those who make it only. Who begins it for her own organisation
    bears it; an animator may begin one for any organisation. `foreseen` is what it says from the
    start beside its title.

    The same `submission` sent again gives the same sheet. Raises `GuestsRead`,
    `NotYourOrganisation`, and what `content.clean` raises.
    """
    if not may_write(by):
        raise GuestsRead
    if by.organisation_id != bearer.pk and not by.is_animator:
        raise NotYourOrganisation
    sent = uuid.uuid5(submission, f"{by.pk}") if submission is not None else None
    if (already := _sent_before(sent)) is not None:
        return already
    sheet = Sheet(
        bearer=bearer,
        owner=by,
        level=Level.COMMUNITY,
        state=State.DRAFT,
        derived_from=derived_from,
        differs=differs or [],
        submission=sent,
    )
    begun = (foreseen or {}) | {"identite": {"title": title}}
    content = {name: clean(BY_NAME[name], values) for name, values in begun.items()}
    show(sheet, content)
    try:
        with transaction.atomic():
            sheet.save()
    except IntegrityError:
        # The same submission, committed by another request in the meantime.
        if (twin := _sent_before(sent)) is None:
            raise
        return twin
    for name, values in content.items():
        if values:
            WorkingSection.objects.create(sheet=sheet, name=name, values=values, changed_by=by)
    if by.organisation_id == bearer.pk:
        Bearer.objects.create(sheet=sheet, user=by, named_by=by)
    log.record("sheet.begun", sheet, by=by)
    emit("sheet.changed", sheet=sheet.pk)
    return sheet


def _sent_before(sent: uuid.UUID | None) -> Sheet | None:
    return Sheet.objects.filter(submission=sent).first() if sent is not None else None


@transaction.atomic
def save_section(
    sheet: Sheet,
    name: str,
    given: Mapping[str, Any],
    *,
    by: User,
    revision: int,
    seen: int | None = None,
) -> WorkingSection:
    """Keep one section of what is being prepared. `revision` is the one that `by` began from (0
    when nobody had changed it since the published version); `seen` the number of the published
    version that she was shown beside, once it had parted from what is prepared.

    Saving what is there already changes nothing. What was submitted goes on being written only by
    animators; what was refused becomes a draft again. Raises `Missing`, `GuestsRead`,
    `NotABearer`, `Withdrawn`, `WrongStage`, `SectionChanged`, and what `content.clean` raises.
    """
    sheet, rights = editable(sheet, by)
    section = BY_NAME[name]
    if sheet.progress in (Progress.SUBMITTED, Progress.REVIEW) and not rights.moderates:
        raise WrongStage
    rows = WorkingSection.objects.select_for_update()
    row = rows.filter(sheet=sheet, name=name).first()
    kept = row.values if row is not None else sheet.content.get(name, {})
    values = clean(section, given, kept=kept)
    if row is not None and seen is not None and row.base < seen <= _number_of(sheet):
        row.base = seen
        row.save(update_fields=("base",))
    if values == kept:
        return row or WorkingSection(sheet=sheet, name=name, values=kept, revision=0)
    if revision != (row.revision if row is not None else 0):
        raise SectionChanged(kept, row.revision if row is not None else 0)
    if row is None:
        row = WorkingSection(sheet=sheet, name=name, revision=0, base=_number_of(sheet))
    row.values, row.revision = values, row.revision + 1
    row.changed_by, row.changed_at = by, timezone.now()
    row.save()
    _note_work(sheet)
    credit(sheet, by, by.organisation, Credit.Role.AUTHOR)
    return row


def _number_of(sheet: Sheet) -> int:
    """The number of the published version, 0 before the first."""
    return sheet.current.number if sheet.current is not None else 0


def _note_work(sheet: Sheet) -> None:
    """Something is in preparation; before the first version, the sheet itself shows it."""
    if sheet.progress in (Progress.NONE, Progress.REFUSED):
        sheet.progress = Progress.DRAFT
    if sheet.current_id is None:
        if sheet.state == State.PENDING and sheet.progress == Progress.DRAFT:
            sheet.state = State.DRAFT
        show(sheet, working_content(sheet))
    sheet.updated_at = timezone.now()
    sheet.save()
    emit("sheet.changed", sheet=sheet.pk)


@transaction.atomic
def drop_section(sheet: Sheet, name: str, *, by: User) -> None:
    """Give up what was prepared in one section of a published sheet: the published text stands.

    What was submitted is given up only by animators. Raises `Missing`, `GuestsRead`, `NotABearer`,
    `Withdrawn`, `WrongStage`.
    """
    sheet, rights = editable(sheet, by)
    if sheet.progress in (Progress.SUBMITTED, Progress.REVIEW) and not rights.moderates:
        raise WrongStage
    if sheet.current_id is None:
        return
    WorkingSection.objects.filter(sheet=sheet, name=name).delete()
    if not WorkingSection.objects.filter(sheet=sheet).exists():
        sheet.progress, sheet.claimed_by, sheet.submitted_at = Progress.NONE, None, None
        touch(sheet, "progress", "claimed_by", "submitted_at")


@transaction.atomic
def publish_changes(sheet: Sheet, *, by: User, note: str = "") -> Version:
    """A new version of a published sheet from what its bearers prepared.

    The first publication is an animator's (`services.life.publish`). Raises `Missing`,
    `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`, `NothingNew`, `SectionParted`,
    `FieldMissing`.
    """
    sheet, rights = editable(sheet, by)
    if sheet.current is None:
        raise WrongStage
    if sheet.progress in (Progress.SUBMITTED, Progress.REVIEW) and not rights.moderates:
        raise WrongStage
    return publish_working(sheet, by=by, cause=Version.Cause.BEARERS, note=note)


def publish_working(sheet: Sheet, *, by: User, cause: str, note: str = "") -> Version:
    """The working copy of the locked sheet becomes its next version, and is settled. Who wrote in
    it is credited by `save_section`. Raises `NothingNew`, `SectionParted`, `FieldMissing`."""
    content = working_content(sheet)
    if sheet.current is not None and not changed_sections(sheet.content, content):
        raise NothingNew
    require_joined(sheet)
    require_complete(content)
    sheet.progress, sheet.claimed_by, sheet.submitted_at = Progress.NONE, None, None
    sheet.state = State.PUBLISHED
    version = append_version(sheet, content, by=by, cause=cause, note=note)
    Credit.objects.filter(sheet=sheet, version=None).update(version=version)
    log.record("sheet.published", sheet, by=by, version=version.number)
    emit("sheet.published", sheet=sheet.pk, version=version.pk, first=version.number == 1)
    return version


def require_joined(sheet: Sheet) -> None:
    """Raises `SectionParted` when something was published in a section since it is in preparation,
    and nobody has looked at both texts: publishing would undo it unseen."""
    number = _number_of(sheet)
    rows = [
        row
        for row in WorkingSection.objects.filter(sheet=sheet, base__lt=number)
        if row.values != sheet.content.get(row.name, {})
    ]
    if not rows:
        return
    versions = Version.objects.filter(sheet=sheet, number__in={row.base for row in rows})
    began = dict(versions.values_list("number", "content"))
    for row in rows:
        before = began.get(row.base, {}).get(row.name, {})
        if before != sheet.content.get(row.name, {}):
            raise SectionParted(BY_NAME[row.name])


@transaction.atomic
def restore_version(version: Version, *, by: User, note: str = "") -> Version:
    """What an earlier version said is published again, as a new version; what is in preparation
    stays in preparation. Restoring what is current changes nothing.

    Raises `Missing`, `GuestsRead`, `NotABearer`, `Withdrawn`, `WrongStage`.
    """
    sheet, _rights = editable(version.sheet, by)
    if sheet.current is None:
        raise WrongStage
    if not changed_sections(sheet.content, version.content):
        return sheet.current
    restored = append_version(
        sheet,
        version.content,
        by=by,
        cause=Version.Cause.RESTORATION,
        note=note,
        restored_from=version,
    )
    log.record("sheet.restored_version", sheet, by=by, version=version.number)
    emit("sheet.published", sheet=sheet.pk, version=restored.pk, first=False)
    return restored
