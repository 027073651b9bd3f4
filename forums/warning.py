"""What in a message could identify a young person, and how to mend it, marks of the editor kept
(`core.warning`)."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from core import identifiers, richtext
from core.identifiers import Finding
from core.warning import Part, chosen, found_in, part
from forums.services.common import MAX_TEXT, plain

__all__ = ["Part", "found_in", "look", "mended"]

TAG = re.compile(r"(<[^>]*>)")
# Longer than this cannot be published: it is not worth the time of a long look.
MOST = 2 * MAX_TEXT


def look(text: str, *, is_html: bool, title: str = "", names: Iterable[str] = ()) -> list[Part]:
    """The parts of what is to be published that could identify a young person; none is best."""
    said = shown(text, is_html=is_html)
    parts = [
        part(_("In the title"), "title", title),
        part(_("In the text"), "text", said[:MOST]),
        *(part(_("In the name of a file"), "", name) for name in names),
    ]
    return [found for found in parts if found is not None]


def shown(text: str, *, is_html: bool) -> str:
    """What readers would read."""
    try:
        return richtext.from_html(text).text if is_html else text
    except richtext.TooLong:
        return ""


def mended(text: str, which: str, *, is_html: bool = False) -> tuple[str, bool]:
    """The text with one finding replaced (`which` is its rank), or all of them ("all"), and
    whether it is still HTML."""
    said = shown(text, is_html=is_html)
    findings = chosen(said[:MOST], which)
    if not findings:
        return text, is_html
    corrected = identifiers.replaced(said, findings)
    if not is_html:
        return corrected, False
    mended_html = _in_html(richtext.from_html(text).html, said, findings)
    if richtext.from_html(mended_html).text == corrected:
        return mended_html, True
    # What was found runs over marks of the editor: the words matter more than the bold.
    return plain(corrected).html, True


def _in_html(html: str, said: str, findings: list[Finding]) -> str:
    """The same replacements in the words between the tags, each once."""
    pieces = TAG.split(html)
    for one in findings:
        words = said[one.start : one.end]
        for index, piece in enumerate(pieces):
            if piece.startswith("<"):
                continue
            plain_piece = entities.unescape(piece)
            if words in plain_piece:
                changed = plain_piece.replace(words, one.replacement, 1)
                pieces[index] = entities.escape(changed, quote=False)
                break
    return "".join(pieces)
