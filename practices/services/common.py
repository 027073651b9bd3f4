"""What the services share: the locked sheet, its contents, and a new version of it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from django.db.models import Max
from django.http import Http404
from django.utils import timezone

from core.models import Term
from core.text import fold
from practices.content import CONTROLS, Content, completeness
from practices.errors import (
    GuestsRead,
    NotABearer,
    OnlyAnimators,
    ReasonNeeded,
    Withdrawn,
    WrongStage,
)
from practices.models import Credit, Sheet, SheetTerm, Version, WorkingSection
from practices.permissions import Rights, rights_of
from practices.sections import SECTIONS, scheme_fields

if TYPE_CHECKING:
    from accounts.models import Organisation, User


class Missing(Http404):
    """The sheet is not there for this person: said as for an address that does not exist."""


# The columns that a version, or the work in progress, decides.
COLUMNS = ("title", "title_key", "summary", "cost_band", "running", "percent")


def locked(sheet: Sheet, by: User) -> tuple[Sheet, Rights]:
    """The sheet as it is now, its row locked until the end of the transaction, and the rights of
    `by` in it. Every service begins here: what happens to one sheet happens one after the other.
    Raises `Missing` when it does not exist for her."""
    # Locked, then read: a statement that waited for the lock would give the sheet as it is now, and
    # what it joins (its current version) as it was before.
    list(Sheet.objects.select_for_update(no_key=True).filter(pk=sheet.pk).values_list("pk"))
    rows = Sheet.objects.with_rights(by).select_related("bearer", "current")
    found = rows.with_pk(sheet.pk)
    if found is None:
        raise Missing
    rights = rights_of(by, found)
    if not rights.sees:
        raise Missing
    return found, rights


def editable(sheet: Sheet, by: User) -> tuple[Sheet, Rights]:
    """The locked sheet, if `by` may change it. Raises `Missing`, `GuestsRead`, `Withdrawn`,
    `NotABearer`."""
    found, rights = locked(sheet, by)
    if not rights.alive:
        raise Withdrawn
    if not rights.writes:
        raise GuestsRead
    if not rights.edit:
        raise NotABearer
    return found, rights


def require_propose(rights: Rights) -> None:
    """Raises `Withdrawn`, `GuestsRead`, `WrongStage` for who may not propose an improvement of the
    sheet, tell a trial of it or adapt it."""
    if not rights.alive:
        raise Withdrawn
    if not rights.writes:
        raise GuestsRead
    if not rights.propose:
        raise WrongStage


def proposable(sheet: Sheet, by: User) -> tuple[Sheet, Rights]:
    """The locked sheet, if `by` may propose something of it. Raises `Missing`, and what
    `require_propose` raises."""
    found, rights = locked(sheet, by)
    require_propose(rights)
    return found, rights


def reviewable(sheet: Sheet, by: User) -> Sheet:
    """The locked sheet, if `by` animates. Raises `Missing`, `Withdrawn`, `OnlyAnimators`."""
    found, rights = locked(sheet, by)
    if not rights.alive:
        raise Withdrawn
    if not rights.review:
        raise OnlyAnimators
    return found


def require_reason(reason: str, most: int = 400) -> str:
    """The reason on one line. Raises `ReasonNeeded` when there is none."""
    reason = " ".join(CONTROLS.sub(" ", reason).split())[:most]
    if not reason:
        raise ReasonNeeded
    return reason


def working_content(sheet: Sheet) -> Content:
    """What is being prepared: the published content, with the sections that were changed since.
    One query."""
    content = copy.deepcopy(sheet.content)
    for row in WorkingSection.objects.filter(sheet=sheet):
        content[row.name] = row.values
    return {name: values for name, values in content.items() if values}


def show(sheet: Sheet, content: Content) -> None:
    """Set the columns of `sheet` that lists read from `content`; the caller saves it."""
    identity = content.get("identite", {})
    sheet.title = identity.get("title", "")
    sheet.title_key = fold(sheet.title)[:200]
    sheet.summary = identity.get("summary", "")
    sheet.running = identity.get("running", "")
    sheet.cost_band = content.get("cout", {}).get("band", "")
    sheet.percent = completeness(content).percent


def set_terms(sheet: Sheet, content: Content) -> None:
    """Make the words of `content` those by which the sheet is filtered. Three queries."""
    said = {
        (field.scheme, code)
        for name, field in scheme_fields()
        for code in content.get(name, {}).get(field.name, [])
    }
    schemes, codes = {one for one, _ in said}, {one for _, one in said}
    rows = Term.objects.filter(scheme__in=schemes, code__in=codes)
    terms = [term for term in rows if (term.scheme, term.code) in said]
    SheetTerm.objects.filter(sheet=sheet).exclude(term__in=terms).delete()
    SheetTerm.objects.bulk_create(
        [SheetTerm(sheet=sheet, term=term) for term in terms], ignore_conflicts=True
    )


def changed_sections(before: Content, after: Content) -> list[str]:
    """The names of the sections that differ, in their order."""
    return [
        section.name
        for section in SECTIONS
        if before.get(section.name, {}) != after.get(section.name, {})
    ]


def append_version(
    sheet: Sheet,
    content: Content,
    *,
    by: User | None,
    cause: str,
    note: str = "",
    restored_from: Version | None = None,
) -> Version:
    """Publish `content` as the next version of the locked sheet, and let the lists say so.

    The caller has checked everything, and emits what happened.
    """
    last = sheet.versions.aggregate(last=Max("number"))["last"] or 0
    version = Version.objects.create(
        sheet=sheet,
        number=last + 1,
        content=copy.deepcopy(content),
        changed=changed_sections(sheet.content, content),
        cause=cause,
        note=note[:400],
        restored_from=restored_from,
        by=by,
    )
    sheet.current = version
    sheet.improved_at = sheet.updated_at = version.created_at
    sheet.published_at = sheet.published_at or version.created_at
    show(sheet, content)
    sheet.save()
    set_terms(sheet, content)
    _follow(sheet, version)
    return version


def _follow(sheet: Sheet, version: Version) -> None:
    """The sections in preparation that say what is published now are not in preparation any
    more; with the last of them, nothing is."""
    rows = list(WorkingSection.objects.filter(sheet=sheet))
    same = [row for row in rows if row.values == version.content.get(row.name, {})]
    for row in same:
        row.delete()
    if same and len(same) == len(rows) and sheet.progress != Sheet.Progress.NONE:
        sheet.progress, sheet.claimed_by, sheet.submitted_at = Sheet.Progress.NONE, None, None
        sheet.save(update_fields={"progress", "claimed_by", "submitted_at"})


def credit(
    sheet: Sheet,
    person: User | None,
    organisation: Organisation | None,
    role: str,
    *,
    version: Version | None = None,
) -> Credit:
    """Thank somebody on the sheet, once for each role."""
    found, _made = Credit.objects.get_or_create(
        sheet=sheet,
        person=person,
        organisation=organisation,
        role=role,
        proposal=None,
        defaults={"version": version},
    )
    return found


def touch(sheet: Sheet, *names: str) -> None:
    """Save these columns, and that the sheet changed."""
    sheet.updated_at = timezone.now()
    sheet.save(update_fields={*names, "updated_at"})
