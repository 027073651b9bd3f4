"""The list of documents as a feed, RSS 2.0 or Atom, under the same filters."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _

from core.formats import active_language
from core.site import absolute, site
from library import filters
from library.exchange.record import Record, clean, record_of, with_words

if TYPE_CHECKING:
    from core.audience import Viewer
    from library.filters import Filters

SIZE = 50
FORMATS: dict[str, type[SyndicationFeed]] = {"rss": Rss201rev2Feed, "atom": Atom1Feed}


def rows_for(wanted: Filters, viewer: Viewer) -> Any:
    """The documents that changed last, among those that `viewer` reads. A feed is copied to
    places that we do not know: as a mail, it says nothing of a space that keeps quiet."""
    rows = filters.apply(replace(wanted, state="", order=""), viewer)
    rows = rows.filter(Q(space=None) | Q(space__content_in_mail=True))
    return rows.order_by("-updated_at", "-pk")[:SIZE]


def draw(format: str, rows: Any, *, title: str, url: str, feed_url: str) -> str:
    """The feed of these documents, under a title that says which ones; three queries."""
    language = "en" if active_language() == "en" else "fr-CA"
    feed = FORMATS[format](
        title=clean(title),
        link=url,
        description=_("What is new in the library of %(site)s.") % {"site": site().name},
        language=language,
        feed_url=feed_url,
    )
    for document in with_words(rows):
        _add(feed, record_of(document))
    return feed.writeString("utf-8")


def _add(feed: SyndicationFeed, record: Record) -> None:
    # Without words: a title that is corrected does not make another document.
    identity = absolute(reverse("library:document", args=(record.number,)))
    feed.add_item(
        title=record.title,
        link=record.url,
        description=record.abstract,
        author_name="; ".join(name.plain for name in record.authors) or record.publisher,
        unique_id=identity,
        unique_id_is_permalink=True,
        pubdate=record.created_at,
        updateddate=record.updated_at,
        categories=[record.type_label, *record.tags],
        enclosures=_enclosures(record),
    )


def _enclosures(record: Record) -> list[Enclosure]:
    if record.edition is None:
        return []
    address = absolute(reverse("library:download", args=(record.number,)))
    return [Enclosure(address, str(record.edition.size), record.edition.content_type)]
