"""What a public page says of its document to machines: schema.org, in JSON-LD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.safestring import SafeString

from core import jsonld
from core.site import absolute

if TYPE_CHECKING:
    from library.exchange.names import Name
    from library.exchange.record import Record

TYPES = {
    **dict.fromkeys(("guide", "trousse", "fiche-outil", "animation"), "LearningResource"),
    **dict.fromkeys(("recherche", "evaluation", "memoire", "portrait"), "Report"),
    "recension": "ScholarlyArticle",
    "article": "Article",
    "presentation": "PresentationDigitalDocument",
    "video": "VideoObject",
    "balado": "PodcastEpisode",
}


def type_of(record: Record) -> str:
    """The class of schema.org for a type of resource; what it does not know is a document, and a
    page of the web when it stands elsewhere."""
    other = "DigitalDocument" if record.edition is not None else "WebPage"
    return TYPES.get(record.type, other)


def described(record: Record) -> dict[str, Any]:
    """The description, without what is empty."""
    said = {
        "@context": "https://schema.org",
        "@type": type_of(record),
        "@id": record.url,
        "url": record.url,
        "name": record.title,
        "alternateName": record.alternative,
        "description": record.abstract,
        "inLanguage": "" if record.language == "zxx" else record.language,
        "datePublished": record.issued,
        "dateModified": record.updated_at.date().isoformat(),
        "author": [_somebody(name) for name in record.authors],
        "publisher": {"@type": "Organization", "name": record.publisher},
        "copyrightHolder": _organisation(record.rights_holder),
        "license": record.licence_address,
        "keywords": [*record.tags, *record.labels("types_intervention", "themes_gestion")],
        "audience": [
            {"@type": "Audience", "audienceType": word} for word in record.labels("publics")
        ],
        "educationalLevel": record.labels("ordres_enseignement"),
        "temporalCoverage": record.period,
        "isbn": record.isbn,
        "numberOfPages": record.page_count,
        "sameAs": [address for address in (record.doi_address, record.link) if address],
        "encoding": _encoding(record),
    }
    return {name: value for name, value in said.items() if value}


def _somebody(name: Name) -> dict[str, str]:
    if name.literal:
        return {"@type": "Organization", "name": name.literal}
    return {"@type": "Person", "givenName": name.given, "familyName": name.family}


def _organisation(name: str) -> dict[str, str]:
    return {"@type": "Organization", "name": name} if name else {}


def _encoding(record: Record) -> dict[str, str]:
    if record.edition is None:
        return {}
    return {
        "@type": "MediaObject",
        "encodingFormat": record.edition.content_type,
        "contentSize": str(record.edition.size),
        "contentUrl": absolute(reverse("library:download", args=(record.number,))),
    }


def script(record: Record) -> SafeString:
    """The description as the inside of a script element (`core.jsonld`)."""
    return jsonld.script(described(record))
