"""What the directory of practices costs with ten thousand sheets in it.

    bin/bench-practices                  1,000 sheets, then 10,000, on a throw-away PostgreSQL
    bin/bench-practices --sheets 2000    a tenth of that, then that

Fills the database of the environment, which must be empty. Asks for each page at both sizes. Fails
when a page takes more queries at the second size than at the first.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import setup_test_environment
from django.utils import timezone

from accounts.models import Organisation, User
from bench.told import Counter
from community.models import Charter, CharterAcceptance
from core.audience import Level, State
from core.models import Term
from practices.models import Sheet, SheetTerm, Trial, Version
from practices.sections import COSTS

BATCH = 2000
TIMES = 7
SCHEMES = (
    "regions", "publics", "facteurs_risque", "ordres_enseignement", "types_intervention", "milieux",
)  # fmt: skip
CONTENT = {"besoin": {"context": "Ce qui se passait avant."}, "lecons": {"mistakes": ["Tarder"]}}


def found() -> tuple[User, Organisation]:
    """The house as it begins, one organisation and the person who looks."""
    call_command("bootstrap", verbosity=0)
    bearer = Organisation.objects.create(name="Racines et Relais", level=Level.COMMUNITY)
    reader = User.objects.create_user("lectrice@exemple.test", first_name="Lectrice")
    reader.organisation = bearer
    reader.save()
    for charter in Charter.objects.filter(space=None):
        CharterAcceptance.objects.create(user=reader, charter=charter)
    return reader, bearer


def fill(first: int, last: int, reader: User, bearer: Organisation, draw: random.Random) -> None:
    """The sheets from `first` to `last`: two words of each taxonomy, a trial for one in three."""
    words: dict[str, list[Term]] = {}
    for term in Term.objects.filter(scheme__in=SCHEMES):
        words.setdefault(term.scheme, []).append(term)
    now = timezone.now()
    sheets = Sheet.objects.bulk_create(
        (
            Sheet(
                bearer=bearer,
                owner=reader,
                title=f"Pratique {n}",
                title_key=f"pratique {n}",
                summary="Une même personne passe chaque semaine.",
                level=Level.PUBLIC if n % 2 else Level.COMMUNITY,
                consented_at=now,
                state=State.PUBLISHED,
                progress="",
                cost_band=draw.choice(COSTS)[0],
                evidence=str(n % 6),
                improved_at=now - timedelta(minutes=n),
            )
            for n in range(first, last)
        ),
        batch_size=BATCH,
    )
    versions = Version.objects.bulk_create(
        (Version(sheet=one, number=1, content=CONTENT, cause="publication") for one in sheets),
        batch_size=BATCH,
    )
    for sheet, version in zip(sheets, versions, strict=True):
        sheet.current = version
    Sheet.objects.bulk_update(sheets, ["current"], batch_size=BATCH)
    SheetTerm.objects.bulk_create(
        (
            SheetTerm(sheet=sheet, term=term)
            for sheet in sheets
            for terms in words.values()
            for term in draw.sample(terms, 2)
        ),
        batch_size=BATCH,
    )
    Trial.objects.bulk_create(
        (
            Trial(
                sheet=sheet,
                version=sheet.current,
                owner=reader,
                organisation=bearer,
                period="2026",
                outcome=draw.choice(Trial.Outcome.values),
                lesson="Commencer plus tôt.",
            )
            for sheet in sheets[::3]
        ),
        batch_size=BATCH,
    )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def pages() -> dict[str, str]:
    three = Sheet.objects.order_by("pk").values_list("pk", flat=True)[:3]
    compared = "&".join(f"fiche={pk}" for pk in three)
    return {
        "list": "/pratiques/",
        "list, three facets": "/pratiques/?region=01&ordre=secondaire-c1&essai=abandonnee",
        "list, by title": "/pratiques/?tri=titre",
        "map": "/pratiques/carte/",
        "comparison": f"/pratiques/comparer/?{compared}",
        "match": f"/pratiques/{three[0]}/chez-nous/",
        "gaps": "/pratiques/manques/",
    }


def measure(browser: Client) -> dict[str, dict[str, Any]]:
    """For each page, its queries and the median of its milliseconds."""
    figures = {}
    for name, url in pages().items():
        browser.get(url)
        spent = []
        for _ in range(TIMES):
            counter, started = Counter(), time.perf_counter()
            with connection.execute_wrapper(counter):
                answer = browser.get(url)
            spent.append(1000 * (time.perf_counter() - started))
            assert answer.status_code == 200, url
        figures[name] = {"queries": counter.queries, "ms": round(statistics.median(spent), 1)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sheets", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    setup_test_environment()
    settings.ALLOWED_HOSTS = ["testserver"]
    reader, bearer = found()
    browser, draw = Client(), random.Random(5)
    browser.force_login(reader, backend="accounts.backends.AccountBackend")
    few, many = options.sheets // 10, options.sheets
    fill(0, few, reader, bearer, draw)
    before = measure(browser)
    fill(few, many, reader, bearer, draw)
    after = measure(browser)
    print(f"| page | queries | ms at {few} | ms at {many} | growth |\n|---|---|---|---|---|")
    for name, one in after.items():
        growth = round(one["ms"] / before[name]["ms"], 1)
        print(f"| {name} | {one['queries']} | {before[name]['ms']} | {one['ms']} | {growth} |")
    if options.json:
        versions = {"python": platform.python_version(), "django": django.get_version()}
        versions["database"] = connection.vendor
        figures = {str(few): before, str(many): after}
        options.json.write_text(json.dumps({"versions": versions, "figures": figures}, indent=1))
    flat = all(after[name]["queries"] <= before[name]["queries"] for name in after)
    sys.exit(0 if flat else 1)


if __name__ == "__main__":
    main()
