"""The HTML of a mail as plain text, its quotations marked as mail programs mark them: by ">"."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

BLANKS = "\u00a0\u202f\u200b\u200c\u200d\u2060\ufeff\u00ad \t\n"

DROPPED = {"script", "style", "head", "title", "template", "noscript", "svg", "object", "select"}
LINES = {"div", "tr", "ul", "ol", "table", "section", "article", "center", "dl", "dt", "dd"}
PARAGRAPHS = {"p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr"}
VOID = {"br", "hr", "img", "meta", "link", "input", "col", "wbr", "area", "base"}
# The signature, as the programs that mark it do.
SIGNATURES = re.compile(
    r"\b(?:gmail_signature|moz-signature|ms-outlook-mobile-signature|Signature|ymail_signature"
    r"|AppleMailSignature|lineBreakAtBeginningOfSignature)\b"
)
# A quotation that the program draws with a rule instead of a blockquote.
QUOTED = re.compile(r"\b(?:divRplyFwdMsg|appendonsend|OLK_SRC_BODY_SECTION|zmail_extra)\b")
MAX_QUOTES = 12
# A "<" that ends in no ">" before the next one: the library reads the rest of the text for each.
STRAY = re.compile(r"<(?![^<>]*>)")
TAG = re.compile(r"<[^<>]*>")
RULE = "________________________________"


def to_text(html: str) -> str:
    """What a person reads of `html`, line by line. Never raises, in a time that grows with it."""
    html = STRAY.sub("&lt;", _without_comments(html))
    writer = _Writer()
    try:
        writer.feed(html)
        writer.close()
    except AssertionError:
        # What the library says of a marked section that it does not know.
        return unescape(TAG.sub(" ", html)).strip()
    return writer.result()


def _without_comments(html: str) -> str:
    """Comments begin and end anywhere: one that does not end takes the rest with it."""
    kept, at = [], 0
    while (start := html.find("<!--", at)) >= 0:
        kept.append(html[at:start])
        end = html.find("-->", start + 4)
        if end < 0:
            return "".join(kept)
        at = end + 3
    return "".join([*kept, html[at:]])


class _Writer(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.line = ""
        self.quotes = 0
        self.dropped = 0
        self.pre = 0
        self.breaks = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in DROPPED:
            self.dropped += 1
        if self.dropped:
            return
        named = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        if tag == "br":
            self._end_line(force=True)
        elif tag in PARAGRAPHS:
            self._paragraph()
        elif tag in LINES:
            self._end_line()
        elif tag == "li":
            self._end_line()
            self.line = "- "
        elif tag in ("td", "th") and self.line:
            self.line += " "
        elif tag == "pre":
            self.pre += 1
        if tag == "blockquote":
            self.quotes = min(self.quotes + 1, MAX_QUOTES)
        if named and SIGNATURES.search(named):
            self._end_line()
            self._write_line("-- ")
        elif named and QUOTED.search(named):
            self._end_line()
            self._write_line(RULE)

    def handle_endtag(self, tag: str) -> None:
        if tag in DROPPED:
            self.dropped = max(0, self.dropped - 1)
        if self.dropped or tag in VOID:
            return
        if tag == "blockquote":
            self._end_line()
            self.quotes = max(0, self.quotes - 1)
            self._paragraph()
        elif tag in PARAGRAPHS:
            self._paragraph()
        elif tag in LINES or tag == "li":
            self._end_line()
        elif tag == "pre":
            self.pre = max(0, self.pre - 1)

    def handle_data(self, data: str) -> None:
        if self.dropped:
            return
        if self.pre:
            *whole, rest = data.split("\n")
            for line in whole:
                self.line += line
                self._end_line(force=True)
            self.line += rest
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        self.line += words.lstrip(" ") if not self.line or self.line.endswith(" ") else words

    def result(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self.lines)).strip("\n")

    def _end_line(self, *, force: bool = False) -> None:
        if self.line.strip(" ") or force:
            self._write_line(self.line.strip(" "))
        self.line = ""

    def _paragraph(self) -> None:
        self._end_line()
        if self.lines and self.lines[-1].strip("> "):
            self._write_line("")

    def _write_line(self, line: str) -> None:
        self.lines.append(f"{'>' * self.quotes} {line}".rstrip() if self.quotes else line)
