"""2,000 documents in French, made of real sentences; the same ones each time.

Each has one subject (a topic of topics/*.toml) and one angle on it (an aspect), a form, a region.
A third gives a page to a second subject, a third names another in passing. Strays (strays.toml)
share words with the subjects, and not their meaning. Needles (needles.toml) are sentences that
stand in one document alone, and keywords that no text says.

Texts are as various as those of real files: half have typewriter's apostrophes, some titles are in
capitals without accents. Nothing here knows of the search.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from core.text import fold

HERE = Path(__file__).parent
COUNT = 2000
SEED = 1789
COPIES_OF_A_STRAY = 6
#: Older than anything in the demonstration community, so that `apres:` can tell them apart.
FIRST_DAY, DAYS = datetime(2019, 1, 7, 15, tzinfo=UTC), 2500
REGIONS = {
    "01": "Bas-Saint-Laurent",
    "02": "Saguenay–Lac-Saint-Jean",
    "03": "Capitale-Nationale",
    "04": "Mauricie",
    "05": "Estrie",
    "06": "Montréal",
    "07": "Outaouais",
    "08": "Abitibi-Témiscamingue",
    "09": "Côte-Nord",
    "10": "Nord-du-Québec",
    "11": "Gaspésie–Îles-de-la-Madeleine",
    "12": "Chaudière-Appalaches",
    "13": "Laval",
    "14": "Lanaudière",
    "15": "Laurentides",
    "16": "Montérégie",
    "17": "Centre-du-Québec",
}
PUBLISHERS = (
    "Le Relais des Quatre-Vents",
    "La Boîte à lunch",
    "Carrefour Mille-Pas",
    "L’Escale jeunesse",
    "Maison des Cèdres",
    "Le Trait d’union",
)


@dataclass(frozen=True)
class Made:
    """One generated document, and what the judgements know of it.

    needle   the sentence it alone holds, or the keyword given to it (a name of needles.toml)
    on_page  where that sentence is
    """

    number: int
    topic: str
    aspect: str
    form: str
    region: str
    title: str
    abstract: str
    publisher: str
    tags: tuple[str, ...]
    pages: tuple[str, ...]
    created_at: datetime
    second: str = ""
    needle: str = ""
    on_page: int | None = None
    text: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        words = " ".join((self.title, self.abstract, *self.tags, *self.pages))
        object.__setattr__(self, "text", fold(words))


@cache
def read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def topics() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((HERE / "topics").glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def corpus() -> tuple[Made, ...]:
    """The documents, in an order that tells nothing."""
    draw = random.Random(SEED)
    made = [*_strays(draw), *_needles(draw)]
    cells = [(topic, aspect) for topic in topics() for aspect in topics()[topic]["aspects"]]
    while len(made) < COUNT:
        topic, aspect = cells[len(made) % len(cells)]
        made.append(_document(draw, topic, aspect))
    draw.shuffle(made)
    return tuple(Made(number=number, **parts) for number, parts in enumerate(made, 1))


def _strays(draw: random.Random) -> Iterator[dict[str, Any]]:
    for name, stray in read("strays").items():
        for _ in range(COPIES_OF_A_STRAY):
            pages = [
                _page(stray["title"] + ".", _opening(draw)),
                _page(*stray["says"], *_fillers(draw, 2)),
                _page(*_fillers(draw, 3)),
            ]
            yield _typed(
                draw,
                topic=name,
                aspect="",
                title=stray["title"],
                abstract=draw.choice(stray["says"]),
                tags=tuple(stray["tags"]),
                pages=pages,
            )


def _needles(draw: random.Random) -> Iterator[dict[str, Any]]:
    for name, needle in read("needles").items():
        topic, _, aspect = needle["topic"].partition("/")
        for _ in range(needle.get("count", 1)):
            angle = aspect or draw.choice(list(topics()[topic]["aspects"]))
            yield _document(draw, topic, angle, needle=name)


def _document(draw: random.Random, topic: str, aspect: str, needle: str = "") -> dict[str, Any]:
    about = topics()[topic]
    angle = about["aspects"][aspect]
    second = draw.choice(_others(topic)) if draw.random() < 1 / 3 else ""
    form = draw.choice(list(forms()))
    name = draw.choice(about["names"])
    sentence = draw.choice(_common("subjects")).format(name=name)
    pages = [
        _page(angle["title"] + ".", _opening(draw), sentence, *_fillers(draw, 1)),
        _page(*draw.sample(about["general"], 2), *_fillers(draw, 1)),
        _page(*angle["says"]),
        _page(*forms()[form]["page"], *_fillers(draw, 1)),
    ]
    if second:
        other = topics()[second]
        intro = f"Un mot aussi sur {draw.choice(other['names'])}."
        pages.append(_page(intro, *draw.sample(other["general"], 2)))
    passing = topics()[draw.choice(_others(topic))]["mention"] if draw.random() < 1 / 3 else ""
    pages.append(_page(*_fillers(draw, 2), passing))
    parts: dict[str, Any] = {"needle": needle, "second": second}
    tags = list(about["tags"][:2])
    if needle:
        found = read("needles")[needle]
        if "keyword" in found:
            tags.append(found["keyword"])
        else:
            while len(pages) < found["page"]:
                pages.append(_page(*_fillers(draw, 3)))
            pages[found["page"] - 1] += " " + found["says"]
            parts["on_page"] = found["page"]
    return _typed(
        draw,
        topic=topic,
        aspect=aspect,
        form=form,
        title=draw.choice(forms()[form]["titles"]).format(title=angle["title"]),
        abstract=f"{sentence} {draw.choice(angle['says'])}",
        tags=tuple(tags),
        pages=pages,
        **parts,
    )


def _typed(
    draw: random.Random, *, pages: list[str], title: str, form: str = "", **parts: Any
) -> dict[str, Any]:
    """The document as somebody typed it: her apostrophes, her capitals, her region, her day."""
    region = draw.choice(list(REGIONS))
    written = [page.replace("{region}", REGIONS[region]) for page in pages]
    if draw.random() < 1 / 2:
        written = [page.replace("’", "'").replace("œ", "oe") for page in written]
    if draw.random() < 1 / 25:
        title = fold(title).upper()
    return {
        "title": title,
        "form": form or draw.choice(list(forms())),
        "region": region,
        "publisher": draw.choice(PUBLISHERS),
        "pages": tuple(written),
        "created_at": FIRST_DAY + timedelta(days=draw.randrange(DAYS)),
        **parts,
    }


def _others(topic: str) -> list[str]:
    return [name for name in topics() if name != topic]


def forms() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = read("frames")["forms"]
    return found


def _common(name: str) -> list[str]:
    sentences: list[str] = read("frames")["common"][name]
    return sentences


def _opening(draw: random.Random) -> str:
    return draw.choice(_common("openings"))


def _fillers(draw: random.Random, count: int) -> list[str]:
    return draw.sample(_common("fillers"), count)


def _page(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
