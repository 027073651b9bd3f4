"""The one door for text: whatever writes a text (editor, plain box, mail, import) passes here.

HTML in, HTML and plain text out. The HTML is safe to show as it is: an allow-list of tags and
attributes (nh3), links to http, https and mailto only, images from our own door for files only.
The plain text keeps the paragraphs and serves mails, search and excerpts. Both are stored;
rendering never sanitises again. French typography (no-break spaces, curly apostrophes) is left
as it was typed.
"""

import html as entities
import re
import unicodedata
from dataclasses import dataclass
from uuid import UUID

import nh3
from django.utils.translation import gettext_lazy as _

from core.errors import Invalid

MAX_BYTES = 60_000
MAX_DEPTH = 200
# Before the sanitiser: an office suite's paste is mostly markup that goes away.
MAX_RAW_BYTES = 5 * MAX_BYTES


class TooLong(Invalid):
    message = _("This text is too long: shorten it, or attach it as a file.")
    status = 413


class TooNested(TooLong):
    """Markup deeper than any editor writes; caught wherever `TooLong` is."""

    message = _("The layout of this text is too intricate: paste it as plain text.")


@dataclass(frozen=True, slots=True)
class RichText:
    """A text as it is stored: `html` to show, `text` to mail, search and cut."""

    html: str
    text: str

    @property
    def is_empty(self) -> bool:
        return not self.text.strip(BLANKS) and "<img " not in self.html


def from_html(html: str) -> RichText:
    """The safe form of HTML from the editor, a mail or an import. Idempotent.

    Raises `TooLong` beyond 60 kB once sanitised, `TooNested` for markup that no editor writes.
    """
    if len(html.encode("utf-8", "surrogatepass")) > MAX_RAW_BYTES:
        raise TooLong
    if _is_too_nested(html):
        raise TooNested
    clean = _sanitised(_without_controls(html))
    if len(clean.encode()) > MAX_BYTES:
        raise TooLong
    return RichText(clean, _text_of(clean))


def from_plain(text: str) -> RichText:
    """The safe form of plain text: empty lines make paragraphs, addresses become links.

    Raises `TooLong` beyond 60 kB.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TooLong
    plain = unicodedata.normalize("NFC", _without_controls(text))
    paragraphs = [part.strip(" \t\n") for part in re.split(r"\n[ \t]*\n", plain)]
    return from_html(
        "".join(
            f"<p>{'<br>'.join(_linked(line) for line in part.split(chr(10)))}</p>"
            for part in paragraphs
            if part
        )
    )


def is_empty(html: str) -> bool:
    """Does this HTML say nothing? The `<p>&nbsp;</p>` of an untouched editor does not."""
    return from_html(html).is_empty


def excerpt(text: str, length: int) -> str:
    """The beginning of a plain text on one line, cut at a blank, at most `length` characters.

    Quoted lines are passed over, unless there is nothing else.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    own = [line for line in lines if not line.startswith(">")] or lines
    flat = " ".join(re.split(r"[ \t\n]+", " ".join(own).strip(" \t\n")))
    if len(flat) <= length:
        return flat
    kept = flat[: max(0, length - 1)]
    if flat[len(kept)] != " " and " " in kept:
        kept = kept.rpartition(" ")[0]
    return kept.rstrip(f" ,;:.({BLANKS}") + "…"


def image_ids(html: str) -> list[UUID]:
    """The stored files that a sanitised text shows, in order, once each."""
    return list(dict.fromkeys(UUID(found) for found in _OUR_IMAGES.findall(html)))


# --------------------------------------------------------------------------------- sanitising

# What the result may hold: name → attributes.
ALLOWED: dict[str, set[str]] = {
    **{
        name: set()
        for name in (
            "p", "br", "strong", "em", "u", "s", "ul", "li", "blockquote", "h3", "h4", "code",
            "pre", "figure", "figcaption", "table", "thead", "tbody", "tr",
        )
    },
    "a": {"href"},
    "ol": {"start"},
    "img": {"src", "alt", "width", "height"},
    "span": {"data-mention"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}  # fmt: skip
# What means the same under another name (editors, mails and office suites vary).
SYNONYMS = {
    "b": "strong",
    "i": "em",
    "ins": "u",
    "del": "s",
    "strike": "s",
    "h1": "h3",
    "h2": "h3",
    "h5": "h4",
    "h6": "h4",
    "div": "p",
    "section": "p",
    "article": "p",
    "center": "p",
}
# What leaves with all that it holds; any other tag leaves its text.
DROPPED = {
    "script", "style", "title", "template", "noscript", "iframe", "object", "embed", "svg", "math",
    "xmp", "noembed", "noframes", "audio", "video", "select", "head",
}  # fmt: skip
CLASSES = {"figure": {"image", "table"}, "span": {"mention"}}
# Dropped when they lost the attribute that gives them a meaning.
MEANINGLESS_WITHOUT = {"a": ' href="', "img": ' src="', "span": ' data-mention="'}
REL = "noopener noreferrer nofollow ugc"

BLANKS = "\u00a0\u202f\u200b\u200c\u200d\u2060\ufeff\u00ad \t\n"
_CONTROLS = re.compile(
    # Controls but tab and line feed, direction overrides, non-characters, lone surrogates.
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ufdd0-\ufdef"
    r"\ud800-\udfff]"
)
_MARKS_FIRST = re.compile(r"^[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
_TAG = re.compile(r"(<[^>]*>)")
# Not the elements that need no end: they do not nest by being repeated.
_NESTING_TAG = re.compile(
    r"<(?P<close>/?)(?!(?:p|li|br|img|hr|td|th|tr|dt|dd|input|meta|link|col|wbr|option|source|o:p)"
    r"(?![\w-]))[a-z]",
    re.I,
)
_TAG_NAME = re.compile(r"</?([a-z0-9]+)")
_LINK = re.compile(r"(?:https?://|mailto:)[^\s]{1,2000}", re.I)
_OUR_IMAGE = re.compile(
    r"/fichiers/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/"
)
_OUR_IMAGES = re.compile(rf'<img [^>]*src="{_OUR_IMAGE.pattern}"')
_MAX_PASSES = 5


def _is_too_nested(html: str) -> bool:
    """A parser's time grows with the depth: refuse, before it, what is absurdly deep."""
    depth = 0
    for match in _NESTING_TAG.finditer(html):
        depth = max(0, depth - 1) if match["close"] else depth + 1
        if depth > MAX_DEPTH:
            return True
    return False


def _without_controls(text: str) -> str:
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _sanitised(html: str) -> str:
    """The fixed point of sanitising: nothing that a second parse would read otherwise."""
    for _pass in range(_MAX_PASSES):
        clean = _tidied(
            nh3.clean(
                html,
                tags={*ALLOWED, *SYNONYMS},
                clean_content_tags=DROPPED,
                attributes=ALLOWED,
                attribute_filter=_attribute,
                allowed_classes=CLASSES,
                url_schemes={"http", "https", "mailto"},
                link_rel=REL,
            )
        )
        if clean == html:
            return clean
        html = clean
    # Markup that never settles is not a text that somebody typed: keep its words.
    return "".join(f"<p>{entities.escape(line)}</p>" for line in _text_of(html).split("\n\n"))


def _attribute(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, or None to drop it. No value keeps `<`, `>` or a control."""
    value = _without_controls(value).strip()
    if (tag, name) == ("a", "href"):
        link = re.sub(r"[<>\"`\\^{|}\s]", _percent, value)
        return link if _LINK.fullmatch(link) else None
    if (tag, name) == ("img", "src"):
        return value if _OUR_IMAGE.fullmatch(value) else None
    if name in {"alt", "data-mention"}:
        return unicodedata.normalize("NFC", re.sub(r"[<>\s]+", " ", value).strip())[:300] or None
    if name == "class":
        return value
    if name in {"colspan", "rowspan", "start", "width", "height"}:
        return value if re.fullmatch(r"[0-9]{1,4}", value) else None
    return value if name == "rel" else None


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())


def _tidied(html: str) -> str:
    """Serialised HTML with our names for tags, without what has no meaning, in NFC.

    In it `<` and `>` only ever delimit tags: the serialiser escapes them in texts, and
    `_attribute` leaves none in values.
    """
    pieces: list[str] = []
    closing: dict[str, list[bool]] = {name: [] for name in MEANINGLESS_WITHOUT}
    opening_pre = False
    for piece in _TAG.split(html):
        if not piece.startswith("<"):
            # A combining mark first in a text would join the `>` of the tag before it.
            text = _MARKS_FIRST.sub("", _without_controls(piece))
            text = unicodedata.normalize("NFC", text)
            # A parser eats the first line break of <pre>.
            text = text.lstrip("\n") if opening_pre else text
            if text:
                pieces.append(text)
                opening_pre = False
            continue
        name = _name_of(piece)
        opening_pre = piece == "<pre>"
        if name in MEANINGLESS_WITHOUT:
            if piece.startswith("</"):
                kept = closing[name].pop() if closing[name] else False
            else:
                kept = MEANINGLESS_WITHOUT[name] in piece
                if name != "img":
                    closing[name].append(kept)
            if not kept:
                continue
        if name in SYNONYMS:
            piece = f"</{SYNONYMS[name]}>" if piece.startswith("</") else f"<{SYNONYMS[name]}>"
        if piece == "</p>" and pieces and pieces[-1] == "<p>":
            pieces.pop()
            continue
        pieces.append(piece)
    return "".join(pieces).strip(" \t\n")


def _name_of(tag: str) -> str:
    match = _TAG_NAME.match(tag)
    return match[1] if match else ""


# ------------------------------------------------------------------------------------- links

_ADDRESS = re.compile(
    r"(?P<web>https?://[^\s<>\"«»“”]{1,2000}|(?<![\w@./-])www\.[\w-]{1,63}\.[^\s<>\"«»“”]{2,2000})"
    r"|(?P<mail>(?<![\w.+@-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b)",
    re.I,
)


def _linked(line: str) -> str:
    """One line of plain text, escaped, its addresses turned into links."""
    pieces: list[str] = []
    at = 0
    for match in _ADDRESS.finditer(line):
        shown = _trimmed(match[0]) if match["web"] else match[0]
        if match["mail"]:
            target = f"mailto:{shown}"
        else:
            target = shown if "://" in shown[:8] else f"https://{shown}"
        pieces.append(entities.escape(line[at : match.start()]))
        pieces.append(f'<a href="{entities.escape(target)}">{entities.escape(shown)}</a>')
        at = match.start() + len(shown)
    return "".join([*pieces, entities.escape(line[at:])])


def _trimmed(address: str) -> str:
    """The address without the punctuation of the sentence around it."""
    opened, closed = address.count("("), address.count(")")
    end = len(address)
    while end and (
        address[end - 1] in ".,;:!?…'’*_~]}" or (address[end - 1] == ")" and closed > opened)
    ):
        closed -= address[end - 1] == ")"
        end -= 1
    return address[:end]


# -------------------------------------------------------------------------------- plain text

_PARAGRAPHS = {"p", "blockquote", "h3", "h4", "pre", "figure", "table", "ul", "ol"}
_LINES = {"li", "tr", "figcaption", "br", "thead", "tbody"}
_CELLS = {"td", "th"}


class _Writer:
    """Writes the plain text of a sanitised HTML, piece after piece."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.breaks = 0  # line breaks due before the next word
        self.space = False  # a blank due before the next word
        self.quotes = 0
        self.quotes_said = 0  # depth of the last word
        self.lists: list[int | None] = []  # None for bullets, else the number of the next item
        self.pre = 0
        self.cells = 0
        self.after_mark = False  # the last word is the mark of a list item

    def break_by(self, breaks: int) -> None:
        self.breaks = max(self.breaks, breaks)
        self.space = False

    def line(self) -> None:
        """A `<br>`: each one counts, up to an empty line."""
        self.breaks = min(self.breaks + 1, 2)
        self.space = False

    def word(self, text: str) -> None:
        if self.breaks and self.pieces:
            # In a quotation the empty line between two paragraphs is quoted too.
            between = "> " * min(self.quotes, self.quotes_said)
            blank = f"\n{between.rstrip()}" if self.breaks > 1 else ""
            self.pieces.append(f"{blank}\n{'> ' * self.quotes}")
        elif not self.pieces:
            self.pieces.append("> " * self.quotes)
        elif self.space:
            self.pieces.append(" ")
        self.breaks, self.space, self.quotes_said = 0, False, self.quotes
        self.after_mark = False
        self.pieces.append(text)

    def text(self, text: str) -> None:
        if self.pre:
            for index, line in enumerate(text.split("\n")):
                if index:
                    self.line()
                if line:
                    self.word(line)
            return
        words = [word for word in re.split(r"[ \t\n]+", text) if word]
        if not words:
            self.space = self.space or bool(text)
            return
        self.space = self.space or text[0] in " \t\n"
        self.word(" ".join(words))
        self.space = text[-1] in " \t\n"

    def item(self) -> None:
        self.break_by(1)
        number = self.lists[-1] if self.lists else None
        if number is not None:
            self.lists[-1] = number + 1
        mark = "-" if number is None else f"{number}."
        indent = "  " * max(0, min(len(self.lists), 5) - 1)
        self.word(f"{indent}{mark}")
        self.space = self.after_mark = True


def _text_of(html: str) -> str:
    """The plain text of a sanitised HTML: paragraphs apart, lists and quotes marked."""
    writer = _Writer()
    links: list[tuple[str, int]] = []
    for piece in _TAG.split(html):
        if not piece.startswith("<"):
            writer.text(entities.unescape(piece))
            continue
        name, closing = _name_of(piece), piece.startswith("</")
        if name == "a":
            if not closing:
                links.append((_value(piece, "href"), len(writer.pieces)))
            elif links:
                _say_target(writer, *links.pop())
        elif name == "img":
            if alt := _value(piece, "alt"):
                writer.word(f"[{alt}]")
        elif name == "br":
            writer.line()
        elif name == "li" and not closing:
            writer.item()
        elif name in _CELLS and not closing:
            if writer.cells:
                writer.word(" | ")
            writer.cells += 1
        elif name in _LINES:
            writer.break_by(1)
        elif name in _PARAGRAPHS:
            _enter_or_leave(writer, name, piece, closing=closing)
        if name == "tr":
            writer.cells = 0
    # A paragraph that holds a no-break space, as editors write empty ones, is an empty line.
    text = re.sub(r"(?m)^[ \t\u00a0\u202f\u200b\ufeff]+$", "", "".join(writer.pieces))
    return re.sub(r"\n{3,}", "\n\n", text).strip(" \t\n")


def _enter_or_leave(writer: _Writer, name: str, piece: str, *, closing: bool) -> None:
    nested = name in {"ul", "ol"} and len(writer.lists) > (1 if closing else 0)
    in_item = name == "p" and bool(writer.lists)
    # The first paragraph of an item stays on the line of its mark.
    if not (in_item and writer.after_mark):
        writer.break_by(1 if nested or in_item else 2)
    step = -1 if closing else 1
    if name == "blockquote":
        writer.quotes = min(max(0, writer.quotes + step), 5)
    elif name == "pre":
        writer.pre = max(0, writer.pre + step)
    elif name in {"ul", "ol"} and not closing:
        start = _value(piece, "start")
        writer.lists.append(None if name == "ul" else int(start or 1))
    elif name in {"ul", "ol"} and writer.lists:
        writer.lists.pop()


def _say_target(writer: _Writer, target: str, begun: int) -> None:
    """After the words of a link, its target, unless the words are the target."""
    said = "".join(writer.pieces[begun:]).strip()
    bare = re.sub(r"^(?:https?://|mailto:)", "", target, flags=re.I).rstrip("/")
    if bare and bare not in said and entities.unescape(bare) not in said:
        writer.space = True
        writer.word(f"({target.removeprefix('mailto:')})")


def _value(tag: str, name: str) -> str:
    match = re.search(rf' {name}="([^"]*)"', tag)
    return entities.unescape(match[1]) if match else ""
