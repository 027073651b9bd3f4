"""A sheet for machines: its published content, each value beside its words. Nobody is named."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import translation

from core import terms
from core.site import absolute
from practices.content import lines_of
from practices.exchange.pages import LANGUAGE
from practices.models import Sheet
from practices.sections import Field, Kind
from practices.shown import expiry_said, shown

# Grows when a name changes or goes; not when one is added.
FORMAT = "ancrage-fiche-1"
# What a code or a flag is beside its words; the other kinds are their own words.
CODED = (Kind.TERMS, Kind.CHOICE, Kind.YES)


def described(sheet: Sheet, credits: Iterable[str] = ()) -> dict[str, Any]:
    """A published sheet read with `bearer` and `current`; no query. Labels are in French, as the
    sheets are."""
    with translation.override(LANGUAGE):
        return _described(sheet, credits)


def _described(sheet: Sheet, credits: Iterable[str]) -> dict[str, Any]:
    version = sheet.current
    return {
        "format": FORMAT,
        "number": sheet.pk,
        "url": absolute(sheet.get_absolute_url()),
        "language": "fr-CA",
        "title": sheet.title,
        "bearer": sheet.bearer.name,
        "credits": list(credits),
        "public": sheet.is_public,
        "version": version.number if version else None,
        "published_on": _day(sheet.published_at),
        "improved_on": _day(sheet.improved_at),
        "review_on": _day(sheet.review_on),
        "archived_on": _day(sheet.archived_at),
        "evidence": _evidence(sheet),
        "usage": {
            "trials": sheet.trial_count,
            "abandoned_trials": sheet.abandoned_count,
            "adaptations": sheet.adaptation_count,
            "downloads": sheet.download_count,
        },
        "sections": [
            {
                "name": one.section.name,
                "label": str(one.section.label),
                "fields": [_field(field, value) for field, value in one.fields],
            }
            for one in shown(sheet.content)
        ],
    }


def _field(field: Field, value: Any) -> dict[str, Any]:
    said = {"name": field.name, "label": str(field.label), "kind": str(field.kind), "value": value}
    if field.scheme:
        said["scheme"] = field.scheme
    if field.kind in CODED:
        said["words"] = lines_of(field, value)
    return said


def _evidence(sheet: Sheet) -> dict[str, Any] | None:
    """Its level, and why that level expired if it did."""
    code, why = sheet.evidence, sheet.evidence_expiry
    if not code:
        return None
    expired = {"code": why, "label": expiry_said(why)} if why else None
    return {"code": code, "label": terms.label("niveaux_preuve", code), "expired": expired}


def _day(value: Any) -> str | None:
    return value.isoformat()[:10] if value else None


def lines(rows: Any) -> Iterator[str]:
    """A list of sheets as one JSON document, sheet by sheet."""
    yield f'{{"format":"{FORMAT}","sheets":['
    comma = ""
    for sheet in rows.select_related("bearer", "current").iterator(chunk_size=200):
        yield comma + json.dumps(described(sheet), ensure_ascii=False, separators=(",", ":"))
        comma = ",\n"
    yield "]}\n"
