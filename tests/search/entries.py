"""Entries of the index, made without the rooms that they would come from."""

from __future__ import annotations

import itertools
from typing import Any

from django.utils import timezone

from core.audience import Level, State
from core.text import fold
from search import analysis
from search.models import Cell, SearchDocument, SearchPage
from search.vocabulary import Changes

_numbers = itertools.count(1_000_000)


def entry(title: str, body: str = "", *, pages: tuple[str, ...] = (), **fields: Any) -> Any:
    """One thread of the index, as readable as its `space` is; of the whole community without."""
    space = fields.pop("space", None)
    text = " ".join((body, *pages))
    given: dict[str, Any] = {
        "kind": "thread",
        "object_id": next(_numbers),
        "level": Level.SPACE if space else Level.COMMUNITY,
        "state": State.PUBLISHED,
        "space": space,
        "title": title,
        "title_key": fold(title),
        "title_stems": " ".join(analysis.stems(title)),
        "body": body,
        "body_stems": " ".join(analysis.stems(text)),
        "url": "/discussions/1/",
        "dated_at": timezone.now(),
        "fingerprint": "essai",
    }
    given |= fields
    audience = {name: given.get(name) for name in ("kind", "level", "space", "organisation")}
    code = "-".join(str(value) for value in audience.values())
    given["cell"], _new = Cell.objects.get_or_create(code=code, defaults=audience)
    row = SearchDocument.objects.create(**given, counted=given["state"] == State.PUBLISHED)
    made = []
    for number, page in enumerate(pages, start=1):
        stems = f" {' '.join(analysis.stems(page))} "
        made.append(SearchPage.objects.create(document=row, number=number, text=page, stems=stems))
    if row.counted:
        changes = Changes()
        changes.add(row, made)
        changes.save()
    return row
