"""How long a search takes when there is a lot: p50 and p95, on this database.

    bin/bench-search-speed                       1,000,000 messages and 50,000 documents, PostgreSQL
    bin/bench-search-speed --sqlite              100,000 messages and 5,000 documents, SQLite
    python -m bench.search_speed --fill          the database of the environment
    python -m bench.search_speed --measure       the same, filled before

Searches are asked of `search.finding`, in this process: what is measured is everything but the
page's own drawing, for a member of some of the spaces and for an animator, who reads them all.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from statistics import median, quantiles
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bench.generate import generate
from bench.speed.filling import Filling
from community.models import Membership, SubCommunity
from search.finding import Filters, find, suggest
from search.models import Cell, SearchDocument, Word

MEMBER, ANIMATOR = "membre@bench.example", "animation@bench.example"
SPACES = 12
HERS = 5
# To reach, in milliseconds at the 95th percentile: of a search, of a suggestion.
REACH = {"postgresql": (150, 40), "sqlite": (200, 40)}
SAMPLES = 40


def fill(posts: int, documents: int) -> None:
    """A community of 2,000 people in twelve spaces, then the entries."""
    started = time.monotonic()

    def step(label: str) -> None:
        print(f"  {label}: {time.monotonic() - started:.0f} s", flush=True)

    generate(users=2000, threads=200, posts=2000, longest=100)
    for n in range(SubCommunity.objects.count(), SPACES):
        SubCommunity.objects.create(name=f"Communauté {n}", slug=f"communaute-{n}", position=n)
    readers(timezone.now() - timedelta(days=900))
    call_command("rebuild_index", kind=["member", "organisation"], verbosity=0)
    step("people and spaces")
    named = User.objects.order_by("pk").values_list("pk", "first_name", "last_name")[:2000]
    spaces = SubCommunity.objects.filter(in_global_search=True).order_by("position")
    filling = Filling(
        list(spaces.values_list("pk", flat=True)), [(pk, f"{a} {b}") for pk, a, b in named]
    )
    without_index(lambda: filling.save(filling.posts(posts)))
    step(f"{posts} messages")
    filling.save(filling.documents(documents))
    step(f"{documents} documents")
    filling.save_vocabulary()
    step("vocabulary")
    if connection.vendor == "postgresql":
        connection.cursor().execute("VACUUM ANALYZE")
    else:
        connection.cursor().execute("INSERT INTO search_fts(search_fts) VALUES ('optimize')")
        connection.cursor().execute("ANALYZE")
    step("analyse")


def without_index(work: Callable[[], None]) -> None:
    """PostgreSQL builds an index of a million rows faster at once than row by row."""
    if connection.vendor != "postgresql":
        work()
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX search_vector")
        work()
        cursor.execute("SET maintenance_work_mem = '1GB'")
        cursor.execute(
            "CREATE INDEX search_vector ON search_searchdocument "
            "USING gin (vector) WITH (fastupdate = off)"
        )


def readers(joined: Any) -> None:
    """A member of five spaces, neither the busiest nor the calmest, and an animator."""
    member = User.objects.create_user(MEMBER, first_name="Maude", last_name="Bench")
    User.objects.create_user(
        ANIMATOR, first_name="Odile", last_name="Bench", role=User.Role.ANIMATION
    )
    for space in SubCommunity.objects.order_by("position")[1 : 1 + HERS]:
        Membership.objects.create(user=member, space=space, joined_at=joined, read_floor=joined)


@dataclass(frozen=True)
class Line:
    """One measure: `samples` searches of a sort, each asked once warm."""

    name: str
    ask: Callable[[str], Any]
    samples: list[str]
    limit: float


class Words:
    """Words of the corpus by how frequent they are among what a person reads."""

    def __init__(self, user: User) -> None:
        cells = Cell.objects.findable_by(user)
        self.documents = cells.aggregate(n=Sum("documents"))["n"]
        rows = Word.objects.filter(cell__in=cells, key__regex="^[a-z]{4,}$")
        totals = rows.values_list("stem").annotate(total=Sum("count"))
        self.totals = sorted(totals, key=lambda row: -row[1])
        self.written = dict(rows.values_list("stem", "word").order_by("count"))
        self.rng = random.Random(22)

    def between(self, low: float, high: float, count: int = SAMPLES) -> list[str]:
        """Words that stand in that share of the entries."""
        found = [s for s, n in self.totals if low <= n / self.documents <= high]
        return [self.written[s] for s in self._some(found, count)]

    def standing_in(self, low: int, high: int, count: int = SAMPLES) -> list[str]:
        """Words that stand in so many entries."""
        found = [stem for stem, total in self.totals if low <= total <= high]
        return [self.written[stem] for stem in self._some(found, count)]

    def _some(self, found: list[str], count: int) -> list[str]:
        if not found:
            raise SystemExit("The corpus has no such words: fill a larger one.")
        return [self.rng.choice(found) for _ in range(count)]


def lines(user: User) -> Iterator[Line]:
    words = Words(user)
    search_limit, suggest_limit = REACH[connection.vendor]
    common, middle = words.between(0.12, 0.6), words.between(0.01, 0.05)
    rare = words.standing_in(2, 40)
    some = words.between(0.002, 0.02)
    space = Cell.objects.findable_by(user).filter(kind="thread").order_by("-documents")[0].space_id

    def finding(**also: Any) -> Callable[[str], Any]:
        return lambda text: find(text, user=user, **also)

    def pairs(one: list[str], other: list[str]) -> list[str]:
        return [f"{a} {b}" for a, b in zip(one, other, strict=True)]

    documents = Filters(kinds=("document",))
    for name, ask, samples in (
        ("a common word", finding(), common),
        ("a word in 1 to 5 % of texts", finding(), middle),
        ("a rare word", finding(), rare),
        ("a word and its documents", finding(filters=documents), common),
        ("a word in one space", finding(filters=Filters(space=space)), common),
        ("a word in one year", finding(filters=Filters(year=timezone.now().year - 2)), common),
        ("a word of one type", finding(filters=Filters(type="guide")), common),
        ("two words", finding(), pairs(common, middle)),
        ("two words and their documents", finding(filters=documents), pairs(common, middle)),
        ("two common words", finding(), pairs(common, common[1:] + common[:1])),
        ("a phrase", finding(), [f'"{two}"' for two in pairs(common, common[1:] + common[:1])]),
        ("four words", finding(), pairs(pairs(common, middle), pairs(some, rare))),
        ("a word without another", finding(), pairs(middle, [f"-{one}" for one in common])),
        ("a mistyped word", finding(), [word[:2] + word[3:] for word in common]),
        ("an author", finding(), [f"auteur:Nom{n}" for n in range(1, SAMPLES + 1)]),
        ("a date alone", finding(), ["apres:2020-01"] * 5),
        ("by date", finding(order="date"), common),
    ):  # fmt: skip
        yield Line(name, ask, samples, search_limit)
    for length in (2, 3, 5):
        yield Line(
            f"a suggestion of {length} letters",
            lambda text: suggest(text, user=user),
            [word[:length] for word in common + middle[:10] + rare[:10] if len(word) >= length],
            suggest_limit,
        )


def measure(runs: int) -> list[dict[str, Any]]:
    # As deploy/gunicorn.conf.py does.
    gc.collect()
    gc.freeze()
    rows = []
    for email in (MEMBER, ANIMATOR):
        user = User.objects.get(email=email)
        for line in lines(user):
            times: list[float] = []
            statements = 0
            for _ in range(runs):
                for sample in line.samples:
                    started = time.perf_counter()
                    line.ask(sample)
                    times.append((time.perf_counter() - started) * 1000)
            with CaptureQueriesContext(connection) as asked:
                found = line.ask(line.samples[0])
            statements = len(asked)
            row = {
                "who": email.partition("@")[0],
                "what": line.name,
                "found": len(found) if isinstance(found, list) else found.count,
                "sql": statements,
                "p50": round(median(times), 1),
                "p95": round(quantiles(times, n=20)[-1], 1),
                "to reach": line.limit,
            }
            print(said(row), flush=True)
            rows.append(row)
    return rows


def said(row: dict[str, Any]) -> str:
    mark = "" if row["p95"] <= row["to reach"] else "  **"
    return (
        f"{row['who']:<10} {row['what']:<32} {row['found']:>6} {row['sql']:>4} "
        f"{row['p50']:>8.1f} {row['p95']:>8.1f} {row['to reach']:>6}{mark}"
    )


def facts() -> dict[str, Any]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 'SQLite ' || sqlite_version()")
        else:
            cursor.execute("SELECT 'PostgreSQL ' || current_setting('server_version')")
        database = cursor.fetchone()[0]
    return {
        "database": database,
        "python": platform.python_version(),
        "django": django.get_version(),
        "machine": f"{os.cpu_count()} cores {platform.machine()}",
        "load": round(os.getloadavg()[0], 1),
        "entries": SearchDocument.objects.count(),
        "words": Word.objects.count(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--documents", type=int, default=50_000)
    todo = parser.add_mutually_exclusive_group(required=True)
    todo.add_argument("--fill", action="store_true")
    todo.add_argument("--measure", action="store_true")
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--json", help="where the figures go too")
    options = parser.parse_args()
    if options.fill:
        fill(options.posts, options.documents)
        return
    about = facts()
    print(", ".join(f"{name} {value}" for name, value in about.items()))
    print(f"{'':<43} {'found':>6} {'SQL':>4} {'p50 ms':>8} {'p95 ms':>8} {'≤':>6}")
    measures = measure(options.runs)
    if options.json:
        with open(options.json, "w") as target:
            json.dump(about | {"measures": measures}, target, ensure_ascii=False, indent=1)


if __name__ == "__main__":
    main()
