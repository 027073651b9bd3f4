"""What is being prepared of a sheet, as the pages of its bearers and animators read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from core.audience import State
from practices.content import Content, Values
from practices.models import Sheet, Step, Version, WorkingSection
from practices.querysets import bears
from practices.sections import SECTIONS, Field, Section

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from practices.permissions import Rights

Progress = Sheet.Progress


@dataclass(frozen=True)
class Working:
    """One section as it stands in preparation: its values, at which revision, changed last by whom
    and when. `published` is what the published version says of it now, when that changed under the
    preparation (`WorkingSection.base`); None otherwise."""

    values: Values
    revision: int = 0
    changed_by: User | None = None
    changed_at: datetime | None = None
    published: Values | None = None


def working(sheet: Sheet, section: Section) -> Working:
    """Two queries at most."""
    rows = WorkingSection.objects.filter(sheet=sheet, name=section.name)
    row = rows.select_related("changed_by").first()
    stands = sheet.content.get(section.name, {})
    if row is None:
        return Working(stands)
    under = None
    if sheet.current is not None and row.base < sheet.current.number and stands != row.values:
        began = Version.objects.filter(sheet=sheet, number=row.base).values_list("content").first()
        if began is not None and began[0].get(section.name, {}) != stands:
            under = stands
    return Working(row.values, row.revision, row.changed_by, row.changed_at, under)


@dataclass(frozen=True)
class Filled:
    """One line of the list of sections: how far it is filled in, and whether it says something
    else than the published version."""

    section: Section
    filled: int
    fields: int
    missing: list[Field]
    changed: bool

    @property
    def is_whole(self) -> bool:
        return self.filled == self.fields


def filled(content: Content, published: Content | None) -> list[Filled]:
    """Every section of what is being prepared, beside the published content."""
    found = []
    for section in SECTIONS:
        values = content.get(section.name, {})
        found.append(
            Filled(
                section=section,
                filled=sum(field.name in values for field in section.fields),
                fields=len(section.fields),
                missing=[one for one in section.fields if one.required and one.name not in values],
                changed=published is not None and published.get(section.name, {}) != values,
            )
        )
    return found


# ---------------------------------------------------------------------------------- its life


def follows(rights: Rights) -> bool:
    """Whether she reads the steps of its life: its bearers, who began it, animators."""
    return rights.alive and (rights.bears or rights.moderates or rights.began)


def steps_of(sheet: Sheet) -> list[Step]:
    """The steps of its life, last first. One query."""
    return list(Step.objects.filter(sheet=sheet).select_related("by")[:100])


def last_answer(sheet: Sheet) -> Step | None:
    """What the animators said when they asked for corrections or refused it. One query, and none
    when they did not."""
    act = {
        Progress.CORRECTIONS: Step.Act.CORRECTIONS,
        Progress.REFUSED: Step.Act.REFUSED,
    }.get(Progress(sheet.progress))
    if act is None:
        return None
    return Step.objects.filter(sheet=sheet, act=act).select_related("by").first()


# ------------------------------------------------------------------------------- her own sheets

# Past these, the older ones are found in the directory.
MOST = 200


@dataclass(frozen=True)
class Group:
    """Some of her sheets, under one title."""

    name: str
    title: str
    sheets: list[Sheet]


def groups_of(user: User) -> list[Group]:
    """The sheets that she bears or has begun, by what they ask of her. One query."""
    rows = Sheet.objects.seen_by(user).filter(
        Q(bears(user)) | Q(owner=user, current=None, state__in=(State.DRAFT, State.PENDING))
    )
    rows = rows.exclude(state__in=(State.REMOVED, State.HIDDEN)).select_related("bearer", "current")
    titles = {
        "hers": _("Awaiting you"),
        "preparing": _("In preparation"),
        "review": _("With the animators"),
        "published": _("Published"),
    }
    found: dict[str, list[Sheet]] = {name: [] for name in titles}
    for sheet in rows.order_by("-updated_at", "-id")[:MOST]:
        found[_group(sheet)].append(sheet)
    return [Group(name, titles[name], found[name]) for name in titles if found[name]]


def _group(sheet: Sheet) -> str:
    asked = sheet.progress in (Progress.CORRECTIONS, Progress.REFUSED)
    if asked or sheet.is_due or (sheet.is_published and sheet.waiting_count):
        return "hers"
    if sheet.progress in (Progress.SUBMITTED, Progress.REVIEW):
        return "review"
    return "preparing" if sheet.progress == Progress.DRAFT else "published"
