"""What public sheets, and their list, say to machines: schema.org in JSON-LD, Open Graph.

A practice is at once something to learn from and a way to do: `LearningResource` and `HowTo`, whose
author is the organisation that bears it. What members say of it (their names, their trials, their
improvements) is counted, and never told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import jsonld, terms
from core.formats import grouped
from core.site import absolute, site
from practices.content import lines_of
from practices.exchange import picture
from practices.exchange.pages import LANGUAGE
from practices.models import Sheet
from practices.sections import ADAPTING, BY_NAME

RIGHTS = dict(ADAPTING)
SHOWCASE = _("Practices against school dropout")
SHOWCASE_SAID = _(
    "What community organisations do against school dropout in Québec: how they do it, what they "
    "learned, and what became of it elsewhere."
)


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


def collection(rows: Sequence[Sheet], total: int) -> dict[str, Any]:
    """The description of the showcase: `rows` are those of its first page, of `total`."""
    url = absolute(reverse("practices:index"))
    listed = [
        {
            "@type": "ListItem",
            "position": position,
            "url": absolute(sheet.get_absolute_url()),
            "name": sheet.title,
        }
        for position, sheet in enumerate(rows, start=1)
    ]
    return {
        "@context": "https://schema.org",
        "@type": "CollectionPage",
        "@id": url,
        "url": url,
        "name": str(SHOWCASE),
        "description": str(SHOWCASE_SAID),
        "inLanguage": "fr-CA",
        "image": showcase_picture_address(total),
        "isPartOf": {"@type": "WebSite", "name": site().name, "url": absolute("/")},
        "publisher": {"@type": "Organization", "name": site().federation_name},
        "mainEntity": {"@type": "ItemList", "numberOfItems": total, "itemListElement": listed},
    }


def showcase_words(total: int) -> tuple[str, str]:
    """What the picture of the showcase says: its title, and how many practices it holds."""
    with translation.override(LANGUAGE):
        practices = ngettext("public practice", "public practices", total)
        return str(SHOWCASE), f"{grouped(total)} {practices}"


def showcase_picture_address(total: int) -> str:
    """Where the picture of the showcase is while it holds so many practices."""
    path = reverse("practices:showcase_picture")
    return absolute(f"{path}?v={picture.name_of(*showcase_words(total))}")


def first_lines(sheet: Sheet) -> str:
    """What a link to the sheet says under its title."""
    field = BY_NAME["identite"].field("summary")
    return " ".join(lines_of(field, sheet.content.get("identite", {}).get("summary")))[:300]


def script(sheet: Sheet) -> SafeString:
    """The description as the inside of a script element (`core.jsonld`)."""
    with translation.override(LANGUAGE):
        return jsonld.script(described(sheet))


def collection_script(rows: Sequence[Sheet], total: int) -> SafeString:
    """The same of the showcase."""
    with translation.override(LANGUAGE):
        return jsonld.script(collection(rows, total))
