"""Is what one looks for among the first ten? nDCG@10 of the judged set, on this database.

    bin/bench-search              on SQLite, then on a throw-away PostgreSQL
    bin/bench-search --verbose    with a line for each query

Fills the database of the environment (ANCRAGE_HOME, DATABASE_URL), which must be empty, with the
demonstration community and the 2,000 documents of bench/relevance, asks the judged queries as a
member of every space, and compares the orders with the judgements. Fails under 0.85.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from bench.relevance import judgements
from bench.relevance.corpus import Made, corpus
from bench.relevance.gain import DEPTH, ndcg
from bench.relevance.judgements import Judged
from bench.relevance.loading import Names, load
from community.models import SubCommunity
from core.text import fold
from search.finding import find

REQUIRED = 0.85
WORST = 10


@dataclass(frozen=True)
class Answer:
    """How well one query was answered.

    found   the grade of each of the first ten, 0 for what comes a second time
    page    whether the sentence looked for is on the page shown; None when there is none
    """

    query: Judged
    score: float
    found: list[int]
    first: list[str]
    milliseconds: float
    page: bool | None = None


def ask(query: Judged, user: User, names: Names, spaces: dict[str, SubCommunity]) -> Answer:
    started = time.perf_counter()
    inside = spaces[query.inside] if query.inside else None
    results = find(query.text, user=user, inside=inside, size=DEPTH)
    took = (time.perf_counter() - started) * 1000
    found, first, seen, page = [], [], set(), None
    for hit in results.hits:
        thing = names.get((hit.row.kind, hit.row.object_id), "?")
        called = f"#{thing.number}" if isinstance(thing, Made) else thing
        found.append(0 if called in seen else query.grade(thing))
        seen.add(called)
        first.append(called)
        if isinstance(thing, Made) and thing.on_page and f"!{thing.needle}" in query.made:
            page = hit.page == thing.on_page
    return Answer(query, ndcg(found, query.judged(corpus())), found, first, took, page)


def corrected(user: User) -> list[tuple[str, str, bool]]:
    """What is proposed for each typing error, and whether it is right."""
    rows = []
    for text, right in judgements.typos():
        proposed = find(text, user=user, size=1).correction
        rows.append((text, proposed, fold(proposed) == fold(right)))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--verbose", action="store_true", help="a line for each query")
    parser.add_argument("--json", type=Path, help="where the figures go")
    options = parser.parse_args()
    user, names = load()
    wrong = judgements.mistakes({name for name in names.values() if isinstance(name, str)})
    if wrong:
        raise SystemExit("Judgements about nothing:\n" + "\n".join(wrong))
    started = time.monotonic()
    call_command("rebuild_index", verbosity=0)
    indexed = time.monotonic() - started
    spaces = {space.slug: space for space in SubCommunity.objects.all()}
    answers = [ask(query, user, names, spaces) for query in judgements.queries()]
    typos = corrected(user)
    figures = summary(answers, typos, indexed)
    if options.verbose:
        show(answers, typos)
    print(sentence(figures))
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=2))
    sys.exit(0 if figures["ndcg"] >= REQUIRED else 1)


def summary(
    answers: list[Answer], typos: list[tuple[str, str, bool]], indexed: float
) -> dict[str, Any]:
    sorts: dict[str, list[float]] = {}
    for answer in answers:
        sorts.setdefault(answer.query.sort, []).append(answer.score)
    pages = [answer.page for answer in answers if answer.page is not None]
    worst = sorted(answers, key=lambda answer: answer.score)[:WORST]
    return {
        "database": connection.vendor,
        "queries": len(answers),
        "ndcg": round(mean(answer.score for answer in answers), 4),
        "halves": {
            half: round(mean(a.score for a in answers if a.query.half == half), 4) for half in "AB"
        },
        "sorts": {sort: round(mean(scores), 4) for sort, scores in sorts.items()},
        "worst": [[answer.query.text, round(answer.score, 3)] for answer in worst],
        "right_pages": [sum(pages), len(pages)],
        "right_corrections": [sum(right for *_, right in typos), len(typos)],
        "median_ms": round(sorted(a.milliseconds for a in answers)[len(answers) // 2], 1),
        "indexed_in_s": round(indexed, 1),
    }


def show(answers: list[Answer], typos: list[tuple[str, str, bool]]) -> None:
    for answer in answers:
        query = answer.query
        grades = "".join(map(str, answer.found)) or "–"
        print(
            f"{answer.score:.2f}  {query.half}  {query.sort:<9} {grades:<10}  {query.text}"
            f"   → {' '.join(answer.first[:5])}"
        )
    for text, proposed, right in typos:
        print(f"{'   ✓' if right else '   ✗'}  {text} → {proposed or '–'}")


def sentence(figures: dict[str, Any]) -> str:
    halves = ", ".join(f"half {half} {score:.3f}" for half, score in figures["halves"].items())
    lines = [
        f"{figures['database']}: nDCG@{DEPTH} {figures['ndcg']:.3f} over {figures['queries']} "
        f"queries ({halves}; required {REQUIRED})",
        "  " + ", ".join(f"{sort} {score:.2f}" for sort, score in figures["sorts"].items()),
        "  worst: " + ", ".join(f"{text} {score:.2f}" for text, score in figures["worst"]),
        "  right page {} of {}, right correction {} of {}".format(
            *figures["right_pages"], *figures["right_corrections"]
        ),
        f"  {figures['median_ms']} ms a query, indexed in {figures['indexed_in_s']} s",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
