"""A sheet as it is taken away: what the page to print, the PDF and the booklet say of it.

A paper goes from hand to hand, further than who took it: it credits organisations and names
nobody. What a visitor takes names the bearing organisation alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from core.site import absolute
from practices.content import Content
from practices.models import Credit, Sheet
from practices.sections import ADAPTING
from practices.shown import Shown, expiry_said, shown

if TYPE_CHECKING:
    from core.audience import Viewer

RIGHTS = dict(ADAPTING)
# Told at the head or at the foot of a paper, and not again among the sections.
APART = ("identite", "anglais")


@dataclass(frozen=True)
class Paper:
    """What a paper says. `credits` are organisations beside the bearing one; `origin` the title of
    the practice that it adapts, when the reader may read that one."""

    number: int
    url: str
    title: str
    summary: str
    bearer: str
    contact: str
    since: str
    running: str
    version: int
    dated: datetime
    review_on: date | None
    evidence: str
    evidence_expiry: str
    content: Content
    sections: list[Shown]
    credits: list[str]
    origin: str
    adapting: str
    english: tuple[str, str]

    @property
    def why_expired(self) -> str:
        """Why its level of evidence expired: a paper is read where no page says it."""
        return expiry_said(self.evidence_expiry)


def address_of(sheet: Sheet) -> str:
    """The address that a paper bears: short, and good whatever the title becomes."""
    return absolute(reverse("practices:sheet", args=(sheet.pk,)))


def paper_of(sheet: Sheet, viewer: Viewer) -> Paper:
    """The published content of a sheet read with `bearer` and `current`. Two queries for a member,
    one for the origin of an adaptation."""
    content, version = sheet.content, sheet.current
    if version is None:
        raise ValueError("A paper is made of a published version.")
    identity, english = content.get("identite", {}), content.get("anglais", {})
    return Paper(
        number=sheet.pk,
        url=address_of(sheet),
        title=sheet.title,
        summary=identity.get("summary", ""),
        bearer=sheet.bearer.name,
        contact=identity.get("contact", ""),
        since=identity.get("since", ""),
        running=sheet.get_running_display() if sheet.running else "",
        version=version.number,
        dated=version.created_at,
        review_on=sheet.review_on,
        evidence=sheet.evidence,
        evidence_expiry=sheet.evidence_expiry,
        content=content,
        sections=shown(content, but=APART),
        credits=_credits(sheet, viewer),
        origin=_origin(sheet, viewer),
        adapting=str(RIGHTS.get(content.get("perennite", {}).get("adapting", ""), "")),
        english=(english.get("title_en", ""), english.get("summary_en", "")),
    )


def _credits(sheet: Sheet, viewer: Viewer) -> list[str]:
    if not viewer.is_authenticated:
        return []
    rows = Credit.objects.filter(sheet=sheet, organisation__isnull=False)
    names = rows.exclude(organisation=sheet.bearer_id).values_list("organisation__name", flat=True)
    return sorted(set(names))


def _origin(sheet: Sheet, viewer: Viewer) -> str:
    if sheet.derived_from_id is None:
        return ""
    rows = Sheet.objects.readable_by(viewer).published().filter(pk=sheet.derived_from_id)
    return rows.values_list("title", flat=True).first() or ""
