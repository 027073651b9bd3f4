"""What the deposit form may be filled with, guessed from what a file says and shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from core.text import fold, one_line
from library.extraction.language import language_of

TITLE, AUTHORS, ABSTRACT = 250, 400, 600
# What programs write where a title or a name should be.
NO_TITLE = re.compile(
    r"^(?:untitled|sans titre|sans nom|document\s*\d*|présentation\s*\d*|presentation\s*\d*"
    r"|classeur\s*\d*|powerpoint presentation|présentation powerpoint|microsoft \w+ - .*"
    r"|(?:.*[\\/])?\S+\.(?:docx?|pptx?|xlsx?|pdf|odt|indd|qxd|pub|rtf|tmp)|[\W\d_]*)$",
    re.I,
)
NO_AUTHOR = re.compile(
    r"^(?:utilisateur|user|admin|administrateur|administrator|owner|propriétaire|microsoft.*"
    r"|office.*|auteur|author|inconnu|unknown|default|pc|\w+[\\/]\w+|[\W\d_]*|\w*\d{2,}\w*)$",
    re.I,
)
SIGNED = re.compile(
    r"^(?:(?:aut(?:eur|eure|eurs|eures|rice|rices)|rédaction|recherche et rédaction|authors?)"
    r"[ \u00a0]*:|(?:rédigé |préparé )?par |(?:written )?by )[ \u00a0]*([^\n]{3,200})$",
    re.I | re.M,
)
SUMMARY = re.compile(
    r"^(?:résumé|sommaire exécutif|sommaire|en bref|abstract|summary)[ \u00a0]*:?[ ]*\n+"
    r"([^\n]+(?:\n[^\n]+)*)",
    re.I | re.M,
)


@dataclass(frozen=True)
class Proposals:
    """Each is empty, or None, when nothing good enough was found.

    `language` is `fr` or `en`; `year` four digits; `seconds` how long a recording lasts. `text` is
    what was read of it, which the deposit form looks into before others can (`core.warning`).
    """

    title: str = ""
    authors: str = ""
    language: str = ""
    page_count: int | None = None
    abstract_hint: str = ""
    year: str = ""
    seconds: int | None = None
    text: str = ""


def proposals(
    name: str, facts: dict[str, Any], pages: dict[int, str], page_count: int | None
) -> Proposals:
    """What to propose for a file of that name, from its facts and its first pages."""
    first = pages.get(1, "")
    beginning = "\n".join(pages[number] for number in sorted(pages)[:3])
    return Proposals(
        title=_title(name, facts),
        authors=_authors(facts, first),
        language=language_of(beginning),
        page_count=page_count,
        abstract_hint=_abstract(beginning),
        year=_year(facts),
        seconds=facts.get("seconds"),
        text="\n\n".join(pages[number] for number in sorted(pages)),
    )


def _title(name: str, facts: dict[str, Any]) -> str:
    """The title that the first page shows; else the one it was given; else the file's name.

    A file made from another often kept the title of that one: what is seen comes first. Where
    both say the same, the given one has its no-break spaces, and was not cut in lines.
    """
    shown, given = (one_line(facts.get(fact, "")) for fact in ("heading", "title"))
    found = [given, shown] if fold(shown) == fold(given) else [shown, given]
    good = (line for line in found if line and not NO_TITLE.match(line))
    return next(good, title_of_name(name))[:TITLE]


def title_of_name(name: str) -> str:
    """« guide_accueil-v2.pdf » as words: « guide accueil-v2 »."""
    stem = name.rpartition(".")[0] or name
    words = one_line(re.sub(r"_+|\+", " ", stem))
    return words[:1].upper() + words[1:]


def _authors(facts: dict[str, Any], first: str) -> str:
    """Those who sign on the first page, else those that the file names."""
    signed = SIGNED.search(first[:3_000])
    if signed:
        return one_line(signed.group(1))[:AUTHORS]
    named = [one.strip() for one in re.split(r"[;\n]", facts.get("authors", ""))]
    return ", ".join(one for one in named if one and not NO_AUTHOR.match(one))[:AUTHORS]


def _abstract(beginning: str) -> str:
    """The paragraph under a heading that announces it, else the first that is one."""
    announced = SUMMARY.search(beginning[:20_000])
    if announced:
        return _cut(one_line(announced.group(1)))
    for block in re.split(r"\n\s*\n", beginning[:20_000]):
        text = " ".join(_without_headings(block.split("\n")))
        if len(text) >= 120 and text.count(".") >= 2:
            return _cut(text)
    return ""


def _without_headings(lines: list[str]) -> list[str]:
    """The lines of a block from the first one that is long enough to belong to a paragraph."""
    enough = 0.6 * max(map(len, lines))
    first = next(place for place, line in enumerate(lines) if len(line) >= enough)
    return lines[first:]


def _cut(text: str) -> str:
    """At most `ABSTRACT` signs, ending with a sentence where one ends."""
    if len(text) <= ABSTRACT:
        return text
    short = text[:ABSTRACT]
    end = max(short.rfind(sign) for sign in (". ", "! ", "? ", "… "))
    return short[: end + 1] if end > ABSTRACT // 3 else short.rsplit(" ", 1)[0] + "…"


def _year(facts: dict[str, Any]) -> str:
    year = facts.get("year", "")
    return year if re.fullmatch(r"(?:19[5-9]|20\d)\d", year) else ""
