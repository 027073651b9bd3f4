"""Counting downloads without watching anybody.

A download is a number of a month, and never whose: once a session, a document and a day
(`core.counting`). Those of visitors are not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from core.counting import first_today
from library.services.downloads import count_download, count_downloads

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest

    from library.models import Document


def note_download(request: HttpRequest, document: Document) -> None:
    """Count this download by a signed-in person, once a session, a document and a day."""
    if first_today(request, "library.download", f"{document.pk}"):
        count_download(document, month=timezone.localdate().replace(day=1))


def note_archive(request: HttpRequest, collection: int, documents: Collection[int]) -> None:
    """Count the documents of a collection that leave together, once a session, a collection and a
    day."""
    if first_today(request, "library.download", f"collection {collection}"):
        count_downloads(documents, month=timezone.localdate().replace(day=1))
