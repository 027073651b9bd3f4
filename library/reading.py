"""Reads the files of the library: their text for the search, a picture of their first page.

What waits is in the rows of the versions, leased one at a time (`core.leases`): a reading that is
killed is begun again, and a file that kills its readers is given up. The child that opens the file
works outside of any transaction; what it found is stored in one.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from core import files, leases
from core.events import emit, on, wake
from library.extraction import ocr
from library.extraction.extract import Extracted, Thumbnail, extract
from library.extraction.language import language_of, sample
from library.extraction.limits import MAX_PAGES, PROPOSE, THUMBNAILS
from library.extraction.proposals import Proposals, proposals
from library.extraction.slots import slot
from library.models import Page, Version

if TYPE_CHECKING:
    from core.models import StoredFile

logger = logging.getLogger(__name__)
Reading = Version.Reading
WITHHELD_PAUSE = timedelta(minutes=5)
# Tesseract takes seconds a page: so many, then others have their turn.
PAGES_A_TURN = 4
MOST_RECOGNISED = 150
# What the deposit form looks at: enough to propose, and to see what should not be there.
FIRST_PAGES = 60
# What may be a text without letters.
RECOGNISABLE = ("application/pdf", "image/")
# What stops in the middle of a file leaves what was read of it.
STOPPED = {"TooLong": "Partial", "TooBig": "Partial", "Broken": "SomePages"}


@on("version.created")
def start(payload: dict[str, int]) -> None:
    wake("library.tasks.read_versions")


@on("document.changed")
def leave_no_copy(payload: dict[str, int]) -> None:
    """A document that entered a confidential space leaves no drawn page behind."""
    rows = Version.objects.filter(document=payload["document"])
    for version in rows.select_related("file", "document__space"):
        if version.space is not None and version.space.confidential:
            files.forget_kept(version.file)


def propose(stored: StoredFile) -> Proposals:
    """What to fill the deposit form with, within a few seconds; at least the name of the file.

    Never raises: somebody waits to deposit, and may write all of it herself.
    """
    found = Extracted()
    try:
        with slot(wait=2):
            found = extract(stored, limits=PROPOSE, pages=FIRST_PAGES)
    except Exception as error:
        logger.info("nothing to propose: %s", leases.error_name(error))
    return proposals(stored.name, found.facts, found.pages, found.page_count)


# ---------------------------------------------------------------------------------- reading


def waiting(reading: str) -> bool:
    return Version.objects.filter(reading=reading).exists()


def read_next() -> bool:
    """Read the version that has waited longest; False when none is due."""
    version = leases.take_one(Version.objects.filter(reading=Reading.WAITING))
    if version is None:
        return False
    if leases.worn_out(version.attempts):
        _store(version, Extracted(failure="GivenUp"))
        return True
    try:
        found = extract(version.file)
    except files.Withheld:
        later = timezone.now() + WITHHELD_PAUSE
        _release(version, not_before=later, attempts=version.attempts - 1)
    except files.Infected:
        _store(version, Extracted(failure="Infected"))
    except FileNotFoundError:
        _store(version, Extracted(failure="Lost"))
    except Exception as error:
        logger.warning("version %s was not read: %s", version.pk, leases.error_name(error))
        later = leases.next_try(version.attempts) or timezone.now()
        _release(version, not_before=later, attempts=version.attempts)
    else:
        _store(version, found)
    return True


def _release(version: Version, **changes: object) -> None:
    Version.objects.filter(pk=version.pk).update(leased_until=None, **changes)


@transaction.atomic
def _store(version: Version, found: Extracted) -> None:
    """Write what was found, all or nothing; a second reading replaces the first."""
    fresh = Version.objects.select_for_update().filter(pk=version.pk).first()
    if fresh is None:
        return
    texts = {number: text for number, text in found.pages.items() if text}
    fresh.pages.all().delete()
    Page.objects.bulk_create(
        [Page(version=fresh, number=number, text=text) for number, text in texts.items()],
        batch_size=200,
    )
    fresh.page_count = max([found.page_count or 0, *texts]) or found.page_count
    fresh.language = language_of(sample(texts))
    fresh.ocr = False
    _set_outcome(fresh, found, has_text=bool(texts))
    _set_thumbnails(fresh, found)
    _settle(fresh)


def _set_outcome(version: Version, found: Extracted, *, has_text: bool) -> None:
    version.failure = found.failure
    if has_text:
        version.reading = Reading.DONE
        version.failure = STOPPED.get(found.failure, found.failure)
    elif found.failure:
        version.reading = Reading.FAILED
        # All of its pages are damaged.
        version.failure = "Broken" if found.failure == "SomePages" else found.failure
    else:
        version.reading = Reading.EMPTY
        version.failure = "NoText" if version.page_count else ""
    if not found.failure and _can_be_recognised(version):
        version.reading = Reading.RECOGNISING
        version.failure = ""


def _set_thumbnails(version: Version, found: Extracted) -> None:
    old = [one for one in (version.thumb_small, version.thumb_large) if one is not None]
    kept = [_thumbnail(version, found.thumbnails.get(width)) for width in THUMBNAILS]
    version.thumb_small, version.thumb_large = kept
    version.save(update_fields=("thumb_small", "thumb_large"))
    files.remove(old)


def _thumbnail(version: Version, drawn: Thumbnail | None) -> StoredFile | None:
    if drawn is None:
        return None
    return files.keep_derived(
        drawn.webp,
        f"apercu-{drawn.width}.webp",
        to_kind="version",
        object_id=version.pk,
        width=drawn.width,
        height=drawn.height,
    )


def _settle(version: Version) -> None:
    """Save how it ended, free the lease, and say so."""
    version.leased_until = None
    version.attempts = 0
    version.not_before = timezone.now()
    version.save()
    emit("version.read", version=version.pk, document=version.document_id)


# ------------------------------------------------------------------ pages that are pictures


def _can_be_recognised(version: Version) -> bool:
    content_type = version.file.content_type
    return content_type.startswith(RECOGNISABLE) and ocr.is_available() and bool(_blank(version))


def _blank(version: Version) -> list[int]:
    """The numbers of the pages of which nothing is known yet; an image is a page 1."""
    known = set(version.pages.values_list("number", flat=True))
    last = min(version.page_count or 1, MOST_RECOGNISED, MAX_PAGES)
    return [number for number in range(1, last + 1) if number not in known]


def recognise_next() -> bool:
    """Recognise the text of a few pages of one version; False when none is due.

    A page that holds nothing is noted as such, so that a killed turn is not begun again.
    """
    version = leases.take_one(Version.objects.filter(reading=Reading.RECOGNISING))
    if version is None:
        return False
    blank = _blank(version)
    texts: dict[int, str] = {}
    if ocr.is_available() and not leases.worn_out(version.attempts):
        try:
            for number in blank[:PAGES_A_TURN]:
                texts[number] = ocr.recognise(version.file, number)
        except (files.Withheld, files.Infected, FileNotFoundError):
            texts = {}
    _store_recognised(version, texts, over=not texts or len(texts) == len(blank))
    return True


@transaction.atomic
def _store_recognised(version: Version, texts: dict[int, str], *, over: bool) -> None:
    fresh = Version.objects.select_for_update().filter(pk=version.pk).first()
    if fresh is None:
        return
    rows = [Page(version=fresh, number=number, text=text) for number, text in texts.items()]
    Page.objects.bulk_create(rows, ignore_conflicts=True)
    fresh.ocr = fresh.ocr or any(texts.values())
    if not over:
        fresh.leased_until, fresh.attempts = None, 0
        fresh.save(update_fields=("ocr", "leased_until", "attempts"))
        return
    fresh.pages.filter(text="").delete()
    found = dict(fresh.pages.values_list("number", "text"))
    fresh.reading = Reading.DONE if found else Reading.EMPTY
    fresh.failure = "" if found or not fresh.page_count else "NoText"
    fresh.language = fresh.language or language_of(sample(found))
    _settle(fresh)
