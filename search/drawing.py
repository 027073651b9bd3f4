"""An entry as the index keeps it: the row, its pages, its fingerprint, its words."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from core.audience import Level
from core.content import Entry
from core.text import fold
from search import analysis
from search.models import SearchDocument, SearchPage

# Grows when a row is drawn otherwise from the same entry.
VERSION = 2
TITLE = 300
# What is read of a text to rank it, in letters of its stems: some two pages. Twice as many rank no
# better (bench/search.py), and are twice as much to read of each of 2,000 candidates.
HEAD = 2000
# A text's stems are kept in order up to here, then only those that were not met yet: PostgreSQL
# takes a megabyte of words in one row at most.
IN_ORDER = 120_000
IN_ALL = 300_000


def cell_code(kind: str, entry: Entry) -> str:
    """The name of the cell: entries that the same people read, of one kind."""
    organisation = entry.organisation_id if entry.level == Level.ORGANISATION else None
    return f"{kind}:{entry.level}:{entry.space_id or 0}:{organisation or 0}"


def fingerprint(kind: str, entry: Entry) -> str:
    """What an entry says, in 64 letters: two that differ in anything have two fingerprints."""
    said = [VERSION, analysis.VERSION, kind, asdict(entry)]
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


def row_of(kind: str, entry: Entry) -> SearchDocument:
    """The row of an entry, but for its cell, its `since` and whether it is counted."""
    title = _clean(entry.title)[:TITLE]
    keywords = _clean(entry.keywords)
    pages = [_clean(page) for page in entry.pages]
    author = _clean(entry.author_name)[:TITLE]
    own = title if entry.titled else ""
    container_kind, container_id = entry.container or ("", None)
    head, more = halves(_in_order(pages))
    return SearchDocument(
        kind=kind,
        object_id=entry.object_id,
        level=entry.level,
        space_id=entry.space_id,
        organisation_id=entry.organisation_id,
        owner_id=entry.owner_id,
        state=entry.state,
        container_kind=container_kind,
        container_id=container_id,
        type=entry.type,
        title=title,
        title_key=fold(own)[:TITLE],
        title_stems=_in_order([own, keywords]),
        keywords=keywords,
        body=pages[0] if len(pages) == 1 else "",
        body_stems=head,
        more_stems=more,
        author_id=entry.author_id,
        author_name=author,
        author_key=" ".join(word.key for word in analysis.words(author))[:TITLE].strip(),
        url=entry.url,
        dated_at=entry.dated_at,
        meta=dict(entry.meta),
        fingerprint=fingerprint(kind, entry),
    )


def pages_of(entry: Entry) -> Iterator[SearchPage]:
    """Its pages that say something, when it has pages; they still lack their document."""
    if len(entry.pages) < 2:
        return
    for number, text in enumerate(map(_clean, entry.pages), start=1):
        found = [*analysis.stems(text), *analysis.compounds(text)]
        if found:
            yield SearchPage(number=number, text=text, stems=f" {' '.join(found)} ")


def words_of(row: SearchDocument, pages: Iterable[SearchPage]) -> dict[str, analysis.Word]:
    """The words of a row, each once, by how they are written: what the vocabulary counts.

    Told from the row alone, so that what was added when it came is taken away when it goes.
    """
    own = row.title if row.title_key else ""
    texts = [own, row.keywords, row.body, *(page.text for page in pages)]
    return {word.plain: word for text in texts for word in analysis.words(text)}


def halves(stems: str, length: int = HEAD) -> tuple[str, str]:
    """The stems that rank a text, in so many letters, and the rest of them."""
    if len(stems) <= length:
        return stems, ""
    cut = stems.rindex(" ", 0, length + 1)
    return stems[:cut], stems[cut + 1 :]


def _clean(text: str) -> str:
    # PostgreSQL keeps no NUL, and lone halves of a surrogate pair are no text.
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _in_order(texts: Iterable[str]) -> str:
    texts = list(texts)
    found = [stem for text in texts for stem in analysis.stems(text)]
    found += [stem for text in texts for stem in analysis.compounds(text)]
    kept = halves(" ".join(found), IN_ORDER)[0].split(" ")
    known = set(kept)
    rest = dict.fromkeys(stem for stem in found[len(kept) :] if stem not in known)
    return halves(" ".join([*kept, *rest]), IN_ALL)[0]
