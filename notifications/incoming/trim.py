"""What a person wrote in a mail, apart from what her mail program put around it.

A pure function on plain text, line by line. When in doubt a line is hers: a signature that shows
is a small thing, a lost paragraph is not. What is taken away is answered too, so that its author
can see it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby, islice

from notifications.incoming import marks

MAX_LINES = 20_000
SIGNATURE_LINES = 10
SIGNATURE_WIDTH = 90
NOTICE_LINES = 20
QUOTED_LINES_KEPT = 8


class Mark(Enum):
    OWN = auto()
    QUOTE = auto()
    ATTRIBUTION = auto()
    SIGNATURE = auto()
    REST = auto()  # below a mark after which everything is quoted


@dataclass(frozen=True)
class Trimmed:
    """`kept` is what she wrote, with the quoted lines that she answered one by one; `elided` what
    was taken away, in the order of the mail. `forwarded`: what is kept was written by others."""

    kept: str
    elided: str
    forwarded: bool = False


def trim(text: str, *, sender_name: str = "", keep_forwarded: bool = False) -> Trimmed:
    """Cut a mail's text in what its author wrote and the rest.

    `sender_name` helps to know a signature. With `keep_forwarded`, a forwarded mail is what its
    author has to say, whatever she wrote above it.
    """
    cut = _trimmed(text, sender_name, keep_forwarded=keep_forwarded)
    if not marks.KEYS.search(cut.kept):
        return cut
    # Whoever forwards a mail of ours does not publish what lets others act in her name.
    lines = cut.kept.split("\n")
    kept = [line for line in lines if not marks.KEYS.search(line)]
    held = [line for line in lines if marks.KEYS.search(line)]
    return replace(cut, kept=_tidy(kept), elided=_joined([cut.elided, *held]))


def _trimmed(text: str, sender_name: str, *, keep_forwarded: bool) -> Trimmed:
    lines = [line.rstrip("\r") for line in text.split("\n")]
    if len(lines) > MAX_LINES:
        # Nobody's message: it is refused as too long rather than cut at random.
        return Trimmed(text, "")
    forward = _first(lines, marks.FORWARDED)
    if forward is not None and _is_forward(lines, forward):
        above = _cut(lines[:forward], sender_name)
        if keep_forwarded or not above.kept:
            below = _tidy([_plain(line) for line in lines[forward:]])
            return Trimmed(_joined([above.kept, below]), above.elided, forwarded=True)
    return _cut(lines, sender_name)


def _is_forward(lines: list[str], at: int) -> bool:
    """A forward has its header block below, or is what remains of the mail."""
    return any(marks.FROM.match(_bare(line)) for line in lines[at + 1 : at + 6])


def _cut(lines: list[str], sender_name: str) -> Trimmed:
    found = _marked(lines)
    _mark_signatures(lines, found, sender_name)
    kept, elided = _shared_out(lines, found)
    return Trimmed(_tidy(kept), _tidy(elided))


# ------------------------------------------------------------------------------------ marking


def _marked(lines: list[str]) -> list[Mark]:
    """What each line is, as the quotations around it say."""
    found = [Mark.OWN] * len(lines)
    at = 0
    while at < len(lines):
        line = lines[at]
        span = _attribution(lines, at)
        if span:
            below = _next_said(lines, at + span)
            if below is None or not _is_quoted(lines[below]):
                return _rest(found, at)
            found[at : at + span] = [Mark.ATTRIBUTION] * span
            at += span
        elif _is_quoted(line):
            found[at] = Mark.QUOTE
            at += 1
        elif _begins_rest(lines, at):
            return _rest(found, at)
        else:
            at += 1
    return found


def _rest(found: list[Mark], at: int) -> list[Mark]:
    found[at:] = [Mark.REST] * (len(found) - at)
    return found


def _attribution(lines: list[str], at: int) -> int:
    """How many lines, from `at` on, say who wrote what follows: 0 for none."""
    if not lines[at].strip():
        return 0
    said = ""
    for span in range(1, marks.ATTRIBUTION_LINES + 1):
        if at + span > len(lines):
            return 0
        line = lines[at + span - 1]
        if span > 1 and (not line.strip() or _is_quoted(line) != _is_quoted(lines[at])):
            return 0
        said = f"{said} {_bare(line)}".strip()
        if marks.is_attribution(said):
            if _begins_later(lines, at, span):
                return 0
            return 0 if _is_quoted(lines[at]) and not _group_wise(lines[at]) else span
    return 0


def _begins_later(lines: list[str], at: int, span: int) -> bool:
    """Whether the first of these lines is the end of what she wrote, and the attribution begins
    below it."""
    for start in range(at + 1, at + span):
        said = " ".join(_bare(line) for line in lines[start : at + span])
        if marks.is_attribution(said):
            dated = marks.BEGINS.match(_bare(lines[at])) and marks.EVIDENCE.search(lines[at])
            return bool(marks.BEGINS.match(said)) or not dated
    return False


def _group_wise(line: str) -> bool:
    return bool(marks.ATTRIBUTIONS[-1].match(line.strip()))


def _begins_rest(lines: list[str], at: int) -> bool:
    """Whether everything from this line on is an earlier mail: no program marks its lines then."""
    line = lines[at].strip()
    if marks.ABOVE.search(line) or marks.ORIGINAL.match(line):
        return True
    if marks.FORWARDED.match(line) and _is_forward(lines, at):
        return True
    if marks.RULE.match(line):
        if _is_ruled(lines, at):
            # The first rule of the row was looked at.
            return False
        below = _next_said(lines, at + 1)
        while below is not None and marks.RULE.match(lines[below].strip()):
            below = _next_said(lines, below + 1)
        return (
            below is None
            or _is_header_block(lines, below)
            or bool(marks.ABOVE.search(lines[below]))
        )
    return _is_header_block(lines, at)


def _is_ruled(lines: list[str], at: int) -> bool:
    """Whether a rule stands just above."""
    above = next((one for one in range(at - 1, -1, -1) if lines[one].strip()), None)
    return above is not None and bool(marks.RULE.match(lines[above].strip()))


def _is_header_block(lines: list[str], at: int) -> bool:
    """“De : / Envoyé : / À : / Objet :”, one below the other."""
    if not marks.FROM.match(lines[at].strip()):
        return False
    below = [line.strip() for line in lines[at + 1 : at + 1 + marks.FIELDS_WITHIN]]
    return sum(bool(marks.FIELD.match(line)) for line in below) >= marks.FIELDS_NEEDED


def _mark_signatures(lines: list[str], found: list[Mark], sender_name: str) -> None:
    """In each stretch of her own lines: the signature, the device's boast, the lawyer's notice."""
    for start, end in _stretches(found):
        last = end
        for at in range(start, end):
            line = lines[at].strip()
            if not line:
                continue
            if (
                (marks.SIGNATURE.match(line) and _may_sign(lines, start, at, end))
                or marks.DEVICES.match(line)
                or (marks.DISCLAIMERS.match(line) and _is_notice(lines, start, at, end))
                or _is_signed(lines, start, at, end, sender_name)
            ):
                last = at
                break
        found[last:end] = [Mark.SIGNATURE] * (end - last)


def _stretches(found: list[Mark]) -> Iterator[tuple[int, int]]:
    at = 0
    for own, marked in groupby(list(found), key=lambda mark: mark is Mark.OWN):
        end = at + len(list(marked))
        if own:
            yield at, end
        at = end


def _may_sign(lines: list[str], start: int, at: int, end: int) -> bool:
    """“-- ” alone is the standard; dashes otherwise need a short block below them."""
    if lines[at] == "-- ":
        return True
    below = _said_below(lines, at, end)
    return len(below) <= SIGNATURE_LINES and all(len(line) <= SIGNATURE_WIDTH for line in below)


def _said_below(lines: list[str], at: int, end: int) -> list[str]:
    """The lines below that say something: enough of them to know a signature."""
    said = (lines[below].strip() for below in range(at + 1, end))
    return list(islice((line for line in said if line), SIGNATURE_LINES + 10))


def _is_notice(lines: list[str], start: int, at: int, end: int) -> bool:
    """Below something that she wrote, and with the words of such notices."""
    above = any(lines[one].strip() for one in range(start, at))
    return above and bool(
        marks.NOTICE_WORDS.search(" ".join(lines[at : min(end, at + NOTICE_LINES)]))
    )


def _is_signed(lines: list[str], start: int, at: int, end: int, sender_name: str) -> bool:
    """Her name alone on a line, then a few short lines, one of which says how to reach her."""
    if not sender_name or at == start or _folded(lines[at]) != _folded(sender_name):
        return False
    below = _said_below(lines, at, end)
    for count, line in enumerate(below):
        if marks.DISCLAIMERS.match(line) or marks.DEVICES.match(line):
            below = below[:count]
            break
    short = len(below) <= SIGNATURE_LINES and all(
        len(line) <= SIGNATURE_WIDTH and not line.endswith(("?", "!", ".")) for line in below
    )
    return short and any(marks.CONTACT.search(line) for line in below)


# ------------------------------------------------------------------------------- sharing out


def _shared_out(lines: list[str], found: list[Mark]) -> tuple[list[str], list[str]]:
    """Which lines are kept, and which are not.

    Several answers between quoted lines are kept with the lines that each answers; an answer
    above the quotation, or below all of it, stands alone.
    """
    answers = [
        (start, end)
        for start, end in _stretches(found)
        if any(line.strip() for line in lines[start:end])
    ]
    keep = {at for start, end in answers for at in range(start, end)}
    quoted = [
        (start, end) for start, end in answers if any(mark is Mark.QUOTE for mark in found[:start])
    ]
    if len(quoted) > 1 or (quoted and _goes_on(lines, found, quoted[-1][1])):
        for start, _end in quoted:
            keep |= _answered(lines, found, start)
    kept = [
        _plain(line) if found[at] is Mark.QUOTE else line
        for at, line in enumerate(lines)
        if at in keep
    ]
    return kept, [line for at, line in enumerate(lines) if at not in keep]


def _goes_on(lines: list[str], found: list[Mark], end: int) -> bool:
    """Whether something of the quotation stands below the answer."""
    return any(
        mark is Mark.QUOTE and _bare(line)
        for mark, line in zip(found[end:], lines[end:], strict=True)
    )


def _answered(lines: list[str], found: list[Mark], start: int) -> set[int]:
    """The quoted paragraph just above an answer, without the lines that hold a key."""
    kept: set[int] = set()
    at = start - 1
    while at >= 0 and not lines[at].strip():
        at -= 1
    while at >= 0 and found[at] is Mark.QUOTE and not _bare(lines[at]):
        at -= 1
    while at >= 0 and found[at] is Mark.QUOTE and len(kept) < QUOTED_LINES_KEPT:
        if not _bare(lines[at]):
            break
        if not marks.KEYS.search(lines[at]) and not marks.ABOVE.search(lines[at]):
            kept.add(at)
        at -= 1
    return kept


# -------------------------------------------------------------------------------------- lines


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \u00a0").startswith((">", "|>"))


def _bare(line: str) -> str:
    """A line without its marks of quotation and its edges."""
    return re.sub(r"^[>|\s]+", "", line).strip()


def _plain(line: str) -> str:
    """A quoted line with one mark, whatever the depth: what it answers is one level up."""
    return f"> {_bare(line)}".rstrip() if _is_quoted(line) else line


def _first(lines: list[str], pattern: re.Pattern[str]) -> int | None:
    return next((at for at, line in enumerate(lines) if pattern.match(_bare(line))), None)


def _next_said(lines: list[str], at: int) -> int | None:
    return next((one for one in range(at, len(lines)) if lines[one].strip()), None)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return " ".join("".join(char for char in plain if char.isalnum() or char == " ").split())


def _tidy(lines: list[str]) -> str:
    """Without the empty lines at the edges, nor more than one in a row; blanks alone are empty."""
    text = "\n".join(line.rstrip() if line.strip() else "" for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _joined(parts: list[str]) -> str:
    return "\n\n".join(part for part in parts if part)
