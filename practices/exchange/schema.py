"""What the page of a public sheet says to machines: schema.org in JSON-LD, Open Graph.

A practice is at once something to learn from and a way to do: `LearningResource` and `HowTo`, whose
author is the organisation that bears it. What members say of it (their names, their trials, their
improvements) is counted, and never told.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString

from core import jsonld, terms
from core.site import absolute, site
from practices.content import lines_of
from practices.exchange import picture
from practices.exchange.pages import LANGUAGE
from practices.models import Sheet
from practices.sections import ADAPTING, BY_NAME

RIGHTS = dict(ADAPTING)


def described(sheet: Sheet) -> dict[str, Any]:
    """The description of a sheet of the showcase, without what is empty; no query."""
    content, url = sheet.content, absolute(sheet.get_absolute_url())
    identity, english = content.get("identite", {}), content.get("anglais", {})
    said = {
        "@context": "https://schema.org",
        "@type": ["LearningResource", "HowTo"],
        "@id": url,
        "url": url,
        "name": sheet.title,
        "alternateName": english.get("title_en", ""),
        "description": identity.get("summary", ""),
        "inLanguage": "fr-CA",
        "image": picture_address(sheet),
        "version": str(sheet.current.number) if sheet.current else "",
        "datePublished": _day(sheet.published_at),
        "dateModified": _day(sheet.improved_at),
        "author": {"@type": "Organization", "name": sheet.bearer.name},
        "publisher": {"@type": "Organization", "name": site().federation_name},
        "isPartOf": {
            "@type": "Collection",
            "name": site().name,
            "url": absolute(reverse("practices:index")),
        },
        "isAccessibleForFree": True,
        "usageInfo": _rights(content.get("perennite", {}).get("adapting", "")),
        "learningResourceType": "fiche-pratique",
        "educationalLevel": _words(content, "public", "levels"),
        "typicalAgeRange": ", ".join(_words(content, "public", "ages")),
        "audience": [
            {"@type": "EducationalAudience", "audienceType": word}
            for word in _words(content, "public", "publics")
        ],
        "about": [
            {"@type": "DefinedTerm", "name": word}
            for word in _words(content, "visees", "determinants")
        ],
        "keywords": _words(content, "visees", "types"),
        "spatialCoverage": _words(content, "visees", "regions"),
        "step": _steps(content.get("deroulement", {}).get("steps", [])),
        "interactionStatistic": _used(sheet),
    }
    return {name: value for name, value in said.items() if value}


def _words(content: Any, section: str, name: str) -> list[str]:
    field = BY_NAME[section].field(name)
    return terms.labels(field.scheme, content.get(section, {}).get(name, []))


def _rights(code: str) -> dict[str, str]:
    return {"@type": "CreativeWork", "text": str(RIGHTS[code])} if code in RIGHTS else {}


def _steps(steps: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {
            "@type": "HowToStep",
            "position": position,
            "name": step["title"] or step["text"][:80],
            "text": step["text"] or step["title"],
        }
        for position, step in enumerate(steps, start=1)
    ]


def _used(sheet: Sheet) -> list[dict[str, Any]]:
    counted = {"UseAction": sheet.trial_count, "DownloadAction": sheet.download_count}
    return [
        {
            "@type": "InteractionCounter",
            "interactionType": f"https://schema.org/{act}",
            "userInteractionCount": count,
        }
        for act, count in counted.items()
        if count
    ]


def _day(value: Any) -> str:
    return value.date().isoformat() if value else ""


def picture_address(sheet: Sheet) -> str:
    """Where the picture of a sheet is: another address each time that what it shows changes."""
    path = reverse("practices:picture", args=(sheet.pk,))
    return absolute(f"{path}?v={picture.name_of(sheet.title, sheet.bearer.name)}")


def first_lines(sheet: Sheet) -> str:
    """What a link to the sheet says under its title."""
    field = BY_NAME["identite"].field("summary")
    return " ".join(lines_of(field, sheet.content.get("identite", {}).get("summary")))[:300]


def script(sheet: Sheet) -> SafeString:
    """The description as the inside of a script element (`core.jsonld`)."""
    with translation.override(LANGUAGE):
        return jsonld.script(described(sheet))
