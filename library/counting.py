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

from library.services.downloads import count_download

if TYPE_CHECKING:
    from django.http import HttpRequest

    from library.models import Document

DAY = 24 * 3600


def note_download(request: HttpRequest, document: Document) -> None:
    """Count this download by a signed-in person, once a session, a document and a day."""
    if request.method != "GET" or not request.user.is_authenticated:
        return
    today = timezone.localdate()
    what = f"{request.session.session_key}:{document.pk}:{today}"
    if cache.add(f"download:{salted_hmac('library.download', what).hexdigest()}", 1, DAY):
        count_download(document, month=today.replace(day=1))
