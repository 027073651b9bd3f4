"""How documents and collections are found by the search (`core.content.Indexed`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from core.audience import State
from core.content import Entry, Indexed
from library import vocabularies
from library.formats import format_of
from library.models import Collection, Document, Page

# What the services of this room emit, each with `document=…` (and `into=…` for a merge).
DOCUMENT_EVENTS = (
    "document.created",
    "document.changed",  # anything said of it, its audience, its state
    "document.approved",
    "document.refused",
    "document.published",  # its embargo is over
    "document.hidden",
    "document.restored",
    "document.withdrawn",
    "document.merged",
    "version.created",
    "version.read",  # the extraction is done
)
COLLECTION_EVENTS = ("collection.created", "collection.changed", "collection.removed")


def documents(ids: Sequence[int]) -> Iterator[Entry]:
    """Documents as they are found: by their title and words, by the text of each page of the
    current version. What was withdrawn or merged leaves the index. Five queries."""
    rows: QuerySet[Document] = (
        Document.objects.filter(pk__in=list(ids), withdrawn_at=None, replaced_by=None)
        .exclude(state__in=(State.REMOVED, State.DRAFT))
        .select_related("space", "owner", "current__file")
        .prefetch_related(
            "terms",
            Prefetch("current__pages", Page.objects.order_by("number"), to_attr="read_pages"),
        )
    )
    for document in rows.prefetch_related("tags"):  # type: ignore[misc]  # of taggit
        yield _document(document)


def _document(document: Document) -> Entry:
    version: Any = document.current
    texts = [page.text for page in version.read_pages] if version is not None else []
    return Entry(
        object_id=document.pk,
        level=document.level,
        space_id=document.space_id,
        organisation_id=document.organisation_id,
        owner_id=document.owner_id,
        state=document.state,
        title=document.title,
        url=document.get_absolute_url(),
        dated_at=document.created_at,
        pages=texts or [document.abstract],
        keywords=_keywords(document, with_abstract=bool(texts)),
        author_id=document.owner_id,
        author_name=document.authors or document.publisher_name,
        type=document.type,
        meta={
            "format": format_of(document),
            "page_count": version.page_count if version is not None else None,
            "year": document.year,
            "publisher": document.publisher_name,
            "thumb": str(version.thumb_small_id or "") if version is not None else "",
            # The address of a page of it, before the page's number.
            "page_url": f"{reverse('library:read', args=(document.pk,))}?page=" if texts else "",
        },
    )


def _keywords(document: Document, *, with_abstract: bool) -> str:
    """What is said of it by those who know it: as good as its title."""
    words = [
        document.alternative,
        document.authors,
        document.publisher_name,
        *(str(one.get("name", "")) for one in document.contributors if isinstance(one, dict)),
        *(term.label for term in document.terms.all()),
        *(tag.name for tag in document.tags.all()),
        document.isbn,
        document.doi,
    ]
    if with_abstract:
        words.append(document.abstract)
    return "\n".join(word for word in words if word)


def document_ids(after: int, limit: int) -> list[int]:
    rows = Document.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def touched_documents(payload: dict[str, Any]) -> list[int]:
    return [payload[name] for name in ("document", "into") if payload.get(name)]


def collections(ids: Sequence[int]) -> Iterator[Entry]:
    rows = Collection.objects.filter(pk__in=list(ids)).select_related("space", "owner")
    for collection in rows.exclude(state__in=(State.REMOVED, State.DRAFT)):
        owner = collection.owner
        yield Entry(
            object_id=collection.pk,
            level=collection.level,
            space_id=collection.space_id,
            organisation_id=collection.organisation_id,
            owner_id=collection.owner_id,
            state=collection.state,
            title=collection.title,
            url=collection.get_absolute_url(),
            dated_at=collection.updated_at,
            pages=[collection.purpose],
            author_id=collection.owner_id,
            author_name=owner.full_name if owner is not None else "",
        )


def collection_ids(after: int, limit: int) -> list[int]:
    rows = Collection.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def touched_collections(payload: dict[str, Any]) -> list[int]:
    return [payload["collection"]]


DOCUMENTS = Indexed(
    entries=documents,
    ids=document_ids,
    events=dict.fromkeys(DOCUMENT_EVENTS, touched_documents),
    scheme=vocabularies.TYPES,
)
COLLECTIONS = Indexed(
    entries=collections,
    ids=collection_ids,
    events=dict.fromkeys(COLLECTION_EVENTS, touched_collections),
)
