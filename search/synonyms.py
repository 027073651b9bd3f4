"""Words that mean the same: how an animator's line is read."""

from __future__ import annotations

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.text import fold

LONGEST = 60


def split(line: str) -> list[str]:
    """The words and groups of words of a line, each once however it is written.

    Whoever writes « PEI, plan d’intervention » means two; « TDAH, tdah » is one.
    """
    found: dict[str, str] = {}
    for part in unicodedata.normalize("NFC", line).replace(";", ",").split(","):
        word = " ".join(part.split())
        if word:
            found.setdefault(fold(word), word)
    return list(found.values())


def tidy(line: str) -> str:
    """The line as it is kept. Raises `ValidationError` when it says nothing."""
    words = split(line)
    if len(words) < 2:
        raise ValidationError(_("Write at least two words, separated by commas."))
    long = [word for word in words if len(word) > LONGEST]
    if long:
        raise ValidationError(
            _("“%(word)s…” is too long: %(limit)s characters at most.")
            % {"word": long[0][:20], "limit": LONGEST}
        )
    return ", ".join(words)
