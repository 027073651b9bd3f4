"""A plain copy of a text, in which every character knows the place it came from.

Compatibility forms (full-width digits, ligatures) become plain; soft hyphens, zero-width and
isolated combining marks disappear; every dash is "-", every apostrophe "'"; a run of blanks and
underscores is one space, an empty line stays as a wall that no pattern crosses.
"""

import re
import unicodedata
from dataclasses import dataclass

LINE_BREAKS = "\n\x0b\x0c\r\x85\u2028\u2029"
APOSTROPHES = "\u2018\u2019\u02bc\u2032\u00b4`"
INVISIBLE = {"Cf", "Cc", "Cn", "Co", "Cs", "Mn", "Me"}

MARKS = r"\u0300-\u036f\u20d0-\u20f0\ufe00-\ufe0f"
# Characters that are plain already, taken many at a time: most of any text.
PLAIN = r"!-^a-~À-ÖØ-öø-ÿ"
# Else a character with the combining marks that follow it; marks may also open a text.
CLUSTER = re.compile(rf"[{PLAIN}]+(?![{MARKS}])|[^{MARKS}][{MARKS}]*|[{MARKS}]+", re.DOTALL)
IS_PLAIN = re.compile(rf"[{PLAIN}]+")


@dataclass(slots=True)
class Folded:
    """The plain copy; its i-th character comes from `starts[i]:ends[i]` of the original."""

    text: str
    starts: list[int]
    ends: list[int]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original of `text[start:end]`, which is not empty."""
        return self.starts[start], self.ends[end - 1]


def fold(text: str, *, line_break: str) -> Folded:
    """The plain copy of a text, where a lone line break is written `line_break` (" " or "")."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    plains: dict[str, str] = {}
    blank: tuple[int, int] | None = None
    breaks = 0
    previous = ""
    for match in CLUSTER.finditer(text):
        cluster = match[0]
        run = IS_PLAIN.fullmatch(cluster) is not None
        plain = cluster if run else plains.get(cluster)
        if plain is None:
            plain = plains[cluster] = _plain(cluster)
        if not plain:
            continue
        if plain in {" ", "\n"}:
            blank = (blank[0] if blank else match.start(), match.end())
            # "\r\n" is one line break.
            breaks += plain == "\n" and not (cluster == "\n" and previous == "\r")
            previous = cluster
            continue
        previous = cluster
        if blank:
            space = "\n" if breaks > 1 else line_break if breaks else " "
            if space:
                chars.append(space)
                starts.append(blank[0])
                ends.append(blank[1])
            blank, breaks = None, 0
        chars.append(plain)
        if run:
            starts.extend(range(match.start(), match.end()))
            ends.extend(range(match.start() + 1, match.end() + 1))
        else:
            starts.extend([match.start()] * len(plain))
            ends.extend([match.end()] * len(plain))
    return Folded("".join(chars), starts, ends)


def has_line_break(text: str) -> bool:
    return any(char in text for char in LINE_BREAKS)


def _plain(cluster: str) -> str:
    """The plain form of a cluster: "" when nothing shows, " " for a blank, "\n" for a break."""
    char = cluster[0]
    if char in LINE_BREAKS:
        return "\n"
    if char in APOSTROPHES:
        return "'"
    if char in "\t_":
        return " "
    decimal = unicodedata.decimal(char, None)
    if decimal is not None:
        return str(decimal)
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category in INVISIBLE:
        return ""
    if category == "Pd" or char == "\u2212":
        return "-"
    # Marks that did not compose are decoration (keycaps, emoji selectors); a form that unfolds
    # with blanks of its own (the spacing accents) keeps none.
    shown = unicodedata.normalize("NFKC", cluster)
    return "".join(c for c in shown if not c.isspace() and unicodedata.category(c) not in INVISIBLE)
