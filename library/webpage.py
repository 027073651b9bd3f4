"""What a page of the web says of itself: title, description, duration.

Written by strangers, so read by plain searches whose time is linear: neither a parser of documents
nor a pattern that could be made to run for minutes.
"""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_TAGS = 300
LONGEST_TAG = 4_000
MOST_SCRIPTS = 20
DEEPEST = 8

TAG = re.compile(r"""<meta\b((?:[^>"']|"[^"]*"|'[^']*')*)>""", re.I)
ATTRIBUTE = re.compile(
    r"""([\w:.-]{1,40})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)'|([^\s"'>]{1,400}))"""
)
DURATION = re.compile(
    r"P(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,7})(?:\.\d{1,9})?S)?)?"
)
CHARSET = re.compile(rb"""charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""", re.I)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings of pages; the others that Python knows are not for strangers to choose.
ENCODINGS = re.compile(
    r"utf-8|utf-16(?:-[lb]e)?|iso8859-\d{1,2}|cp125\d|ascii|mac-roman|koi8-[ru]|gb\w{1,6}|big5|"
    r"shift_jis|euc_\w{2}"
)
# What pages call Latin-1 is Windows-1252, as browsers know.
CALLED_LATIN = {"iso8859-1", "ascii"}


@dataclass(frozen=True)
class WebPage:
    """What a page says of itself; each may be empty. `minutes` is how long it lasts."""

    title: str = ""
    description: str = ""
    minutes: int = 0


def read(body: bytes, content_type: str = "") -> WebPage:
    """What the first bytes of a page of HTML say."""
    text = decoded(body, content_type)
    said = _metas(text)
    objects = list(_objects(text))
    title = said.get("og:title") or _first(objects, "name", "headline") or _title(text)
    description = (
        said.get("og:description") or said.get("description") or _first(objects, "description")
    )
    return WebPage(
        title=_line(title)[:250],
        description=_line(description or said.get("twitter:description", ""))[:3000],
        minutes=_minutes(said, objects),
    )


def decoded(body: bytes, content_type: str) -> str:
    """The text of a page, by its mark, its header, its own words, else by what it looks like."""
    for mark, encoding in MARKS:
        if body.startswith(mark):
            return body.decode(encoding, "replace").removeprefix("\ufeff")
    for place in (content_type.encode(errors="ignore"), body[:4096]):
        found = CHARSET.search(place)
        encoding = _encoding(found[1].decode("ascii", "ignore")) if found else ""
        if encoding:
            return body.decode(encoding, "replace")
    try:
        # A page cut in the middle of a letter is still in UTF-8.
        return codecs.getincrementaldecoder("utf-8")().decode(body)
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")


def _encoding(name: str) -> str:
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return ""
    if not ENCODINGS.fullmatch(found):
        return ""
    return "cp1252" if found in CALLED_LATIN else found


def _metas(text: str) -> dict[str, str]:
    """The first content of each name or property."""
    found: dict[str, str] = {}
    at = 0
    for _tag in range(MOST_TAGS):
        at = _find(text, "<meta", at)
        if at < 0:
            break
        match = TAG.match(text[at : at + LONGEST_TAG])
        at += match.end() if match else len("<meta")
        if match is None:
            continue
        said = {
            one[1].lower(): one[2] or one[3] or one[4] or "" for one in ATTRIBUTE.finditer(match[1])
        }
        name = said.get("property") or said.get("name") or said.get("itemprop") or ""
        found.setdefault(name.lower(), said.get("content", ""))
    return found


def _find(text: str, words: str, at: int) -> int:
    """Where `words`, in lower case, stand next in a text of any case."""
    pattern = re.compile(re.escape(words), re.I)
    found = pattern.search(text, at)
    return found.start() if found else -1


def _title(text: str) -> str:
    return _between(text, "<title", "</title", 0)[0]


def _between(text: str, opening: str, closing: str, at: int) -> tuple[str, int]:
    """What stands in the next element, and where to go on (-1: there is none)."""
    start = _find(text, opening, at)
    inner = text.find(">", start) if start >= 0 else -1
    end = _find(text, closing, inner) if inner >= 0 else -1
    return (text[inner + 1 : end], end) if end >= 0 else ("", -1)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, those inside others too."""
    at = 0
    for _script in range(MOST_SCRIPTS):
        start = _find(text, "application/ld+json", at)
        inner = text.find(">", start) if start >= 0 else -1
        end = _find(text, "</script", inner) if inner >= 0 else -1
        if end < 0:
            return
        at = end
        try:
            yield from _inside(json.loads(text[inner + 1 : end]), DEEPEST)
        except (ValueError, RecursionError):
            continue


def _inside(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth == 0:
        return
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from _inside(one, depth - 1)


def _first(objects: list[dict[str, Any]], *names: str) -> str:
    for one in objects:
        for name in names:
            if isinstance(one.get(name), str) and one[name].strip():
                return str(one[name])
    return ""


def _minutes(said: dict[str, str], objects: list[dict[str, Any]]) -> int:
    for value in (said.get("duration", ""), _first(objects, "duration")):
        match = DURATION.fullmatch(value.strip())
        if match and any(match.groups()):
            days, hours, minutes, seconds = (int(one or 0) for one in match.groups())
            return _rounded(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    for name in ("video:duration", "og:video:duration", "music:duration"):
        value = said.get(name, "")
        if value.isascii() and value.isdecimal() and len(value) < 8:
            return _rounded(int(value))
    return 0


def _rounded(seconds: int) -> int:
    return max(1, round(seconds / 60)) if seconds else 0


def _line(value: str) -> str:
    return " ".join(html.unescape(value).replace("\0", "").split())
