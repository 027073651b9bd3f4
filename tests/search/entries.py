"""Entries of the index, drawn as any other, without the rooms that they would come from."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from core import content
from core.audience import Level, State
from core.content import Entry, Indexed
from search import indexing
from search.models import SearchDocument

_numbers = itertools.count(1_000_000)


def entry(title: str, body: str = "", *, kind: str = "thread", **fields: Any) -> SearchDocument:
    """One thing of the index, as readable as its `space` is; of the whole community without.

    `pages` instead of a `body`; `since`, when it was there to be found; else as `Entry`.
    """
    space, since = fields.pop("space", None), fields.pop("since", None)
    organisation, owner = fields.pop("organisation", None), fields.pop("owner", None)
    drawn = Entry(
        object_id=next(_numbers),
        level=fields.pop("level", Level.SPACE if space else Level.COMMUNITY),
        space_id=space.pk if space else None,
        organisation_id=organisation.pk if organisation else None,
        owner_id=owner.pk if owner else None,
        state=fields.pop("state", State.PUBLISHED),
        title=title,
        url=fields.pop("url", "/discussions/1/"),
        dated_at=fields.pop("dated_at", timezone.now()),
        pages=fields.pop("pages", (body,)),
    )
    drawn = replace(drawn, **fields)
    contract = Indexed(entries=lambda ids: [drawn], ids=lambda after, limit: [], events={})
    with patch.object(indexing, "contract", lambda kind: contract):
        indexing.index(content.get(kind), [drawn.object_id])
    row = SearchDocument.objects.get(kind=kind, object_id=drawn.object_id)
    if since is not None:
        SearchDocument.objects.filter(pk=row.pk).update(since=since)
    return row
