"""The number of downloads of a document, by month."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.db import transaction
from django.db.models import F

from library.models import Document, Download


@transaction.atomic
def count_download(document: Document, *, month: date) -> None:
    """One more, in all and in that month. Whose it was is not known here."""
    Document.objects.filter(pk=document.pk).update(download_count=F("download_count") + 1)
    row, _made = Download.objects.get_or_create(document=document, month=month)
    Download.objects.filter(pk=row.pk).update(count=F("count") + 1)


@transaction.atomic
def count_downloads(documents: Collection[int], *, month: date) -> None:
    """One more for each of these documents, which left together; four queries."""
    Document.objects.filter(pk__in=documents).update(download_count=F("download_count") + 1)
    rows = [Download(document_id=pk, month=month) for pk in documents]
    Download.objects.bulk_create(rows, ignore_conflicts=True)
    Download.objects.filter(document_id__in=documents, month=month).update(count=F("count") + 1)
