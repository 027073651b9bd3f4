"""The text of pages that are pictures, by tesseract, where it is installed.

`apt-get install tesseract-ocr tesseract-ocr-fra` is all that it asks; without it such pages are
found by what is said of the document.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

from core import files
from library.extraction import runner
from library.extraction.child.text import clean
from library.extraction.limits import RECOGNISE, Limits

if TYPE_CHECKING:
    from core.models import StoredFile

WANTED = ("fra", "eng")
MAX_PAGE = 50_000
# A photo without a text gives a few letters here and there.
FEWEST_LETTERS = 12


@cache
def program() -> str:
    """Where tesseract is, or nothing. Asked once a process."""
    return shutil.which("tesseract") or ""


@cache
def languages() -> str:
    """Of the languages that we want, those it knows: `fra+eng`."""
    if not program():
        return ""
    try:
        listed = subprocess.run(  # noqa: S603 (the program that the system installed)
            [program(), "--list-langs"], capture_output=True, text=True, timeout=10, check=True
        ).stdout.split()
    except (OSError, subprocess.SubprocessError):
        return ""
    return "+".join(language for language in WANTED if language in listed)


def is_available() -> bool:
    return bool(languages())


def recognise(stored: StoredFile, number: int, limits: Limits = RECOGNISE) -> str:
    """The text of one page (an image is a page 1), empty when there is none, or none that can be
    made out within the limits. Raises what `core.files.opened` raises."""
    job = {
        "do": "recognise",
        "type": stored.content_type,
        "page": number,
        "program": program(),
        "languages": languages(),
    }
    with files.opened(stored) as content:
        outcome = runner.run(content, job, limits)
    if outcome.trouble:
        return ""
    text = clean(outcome.output.decode("utf-8", "replace")[:MAX_PAGE])
    return text if sum(char.isalpha() for char in text) >= FEWEST_LETTERS else ""
