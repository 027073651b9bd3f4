"""Documents that may be the one being deposited: the same content, or nearly the same title.

Only those that the depositor may read: what she may not see is not even hinted at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from library.models import Document, Version
from library.permissions import rights_of
from library.titles import title_key

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 3
# Titles compared, whatever the size of the library: the newest that share a long word.
CANDIDATES = 300
WORDS = 3
SHORTEST = 4
NEAR = 0.72


@dataclass(frozen=True)
class Twin:
    """A document that may be the same. `same` says that its content is; `editable`, that the
    depositor may give it a new version."""

    document: Document
    same: bool
    editable: bool


def twins(
    *, by: User, title: str = "", sha256: str = "", link: str = "", but: int | None = None
) -> list[Twin]:
    """The few documents most like this one that `by` may read, those of the same content first.

    `but` is a document that is not its own twin. Two queries at most.
    """
    rows: Any = Document.objects.readable_by(by).with_rights(by, readable=True)
    rows = rows.filter(replaced_by=None).exclude(pk=but or 0)
    rows = rows.select_related("space", "publisher", "organisation")
    found = {document.pk: (document, True) for document in _same(rows, sha256, link)}
    for document in _near(rows, title):
        found.setdefault(document.pk, (document, False))
    return [
        Twin(document, same, rights_of(by, document).edit)
        for document, same in list(found.values())[:SHOWN]
    ]


def _same(rows: Any, sha256: str, link: str) -> list[Document]:
    if not sha256 and not link:
        return []
    condition = Q(link=link) if link else Q()
    if sha256:
        held = Version.objects.filter(document=OuterRef("pk"), sha256=sha256)
        condition |= Q(Exists(held))
    return list(rows.filter(condition).recent_first()[:SHOWN])


def _near(rows: Any, title: str) -> Iterator[Document]:
    """Those of nearly this title, the nearest first."""
    key = title_key(title)
    if not key:
        return
    shared = Q(title_key=key)
    long_words = sorted({word for word in key.split() if len(word) >= SHORTEST}, key=len)
    for word in long_words[-WORDS:]:
        shared |= Q(title_key__contains=word)
    candidates = list(rows.filter(shared).recent_first()[:CANDIDATES])
    marks = [(likeness(key, one.title_key), one) for one in candidates]
    for mark, document in sorted(marks, key=lambda pair: (-pair[0], -pair[1].pk)):
        if mark >= NEAR:
            yield document


def likeness(one: str, other: str) -> float:
    """How alike two keys of titles are, from 0 to 1: by their letters three by three, or by their
    words, which may come in another order."""
    if one == other:
        return 1.0
    return max(_shared(_trigrams(one), _trigrams(other)), _shared(_words(one), _words(other)))


def _shared(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0


def _trigrams(key: str) -> set[str]:
    padded = f"  {key} "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def _words(key: str) -> set[str]:
    """Its words, when there are enough of them to mean something."""
    found = {word for word in key.split() if len(word) >= SHORTEST}
    return found if len(found) >= 3 else set()
