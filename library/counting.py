"""Counting downloads without watching anybody.

A download is a number of a month, and never whose. So that a reload counts once, the cache holds
for a day a digest that leads back to nobody: of the session, the document and the day, under the
site's key. A visitor has no session: hers are not counted, rather than marking her browser.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from library.services.downloads import count_download, count_downloads

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.http import HttpRequest

    from library.models import Document

DAY = 24 * 3600


def note_download(request: HttpRequest, document: Document) -> None:
    """Count this download by a signed-in person, once a session, a document and a day."""
    if _is_new(request, f"{document.pk}"):
        count_download(document, month=timezone.localdate().replace(day=1))


def note_archive(request: HttpRequest, collection: int, documents: Collection[int]) -> None:
    """Count the documents of a collection that leave together, once a session, a collection and a
    day."""
    if _is_new(request, f"collection {collection}"):
        count_downloads(documents, month=timezone.localdate().replace(day=1))


def _is_new(request: HttpRequest, what: str) -> bool:
    """Whether this session takes this for the first time today; a visitor never does."""
    if request.method != "GET" or not request.user.is_authenticated:
        return False
    said = f"{request.session.session_key}:{what}:{timezone.localdate()}"
    return cache.add(f"download:{salted_hmac('library.download', said).hexdigest()}", 1, DAY)
