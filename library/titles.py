"""Titles without what people write differently: the key under which near-titles meet."""

from __future__ import annotations

import re

from core.text import fold

SIGNS = re.compile(r"[^\w]+")


def title_key(title: str) -> str:
    """The title in lower case without accents nor punctuation, as `Document.title_key` keeps it."""
    return " ".join(SIGNS.sub(" ", fold(title)).split())[:250]
