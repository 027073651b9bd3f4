"""What bringing in the archive of a mailing list takes: ten thousand mails, twice.

    bin/bench-mbox                       10,000 mails, on SQLite and on a throw-away PostgreSQL
    bin/bench-mbox --mails 2000          fewer

Writes an archive as a list gives it (half of the mails answer another one and quote it, one in
twenty brings a file), brings it into a space, then brings it in again. Fails past 60 seconds, or
when the second time changes something.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from io import StringIO
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.db.models import Max

from accounts.models import User
from community.models import SubCommunity
from core.models import StoredFile
from forums.models import Post, Thread

SECONDS = 60
WORDS = (
    "jeune école rencontre parents mardi suivi équipe atelier lecture financement horaire élève "
    "retour milieu bilan partenaire projet local animation tableau ressource question réponse"
).split()
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def mails(number: int, draw: random.Random) -> Iterator[bytes]:
    """So many mails of sixty people over ten years, as an archive holds them."""
    moment = datetime(2014, 1, 6, 8, tzinfo=UTC)
    open_: list[tuple[str, str, str]] = []
    for index in range(number):
        moment += timedelta(minutes=draw.randrange(30, 900))
        who = draw.randrange(60)
        mail = EmailMessage()
        mail["From"] = f"Personne {who} <personne{who}@organisme{who % 20}.example>"
        mail["To"] = "liste@exemple.example"
        mail["Date"] = format_datetime(moment)
        mail["Message-ID"] = f"<{index}.{draw.getrandbits(32):x}@organisme{who % 20}.example>"
        for hop in range(6):
            mail["Received"] = f"from mx{hop}.example by mx{hop + 1}.example; {mail['Date']}"
        text = said(draw, 60 + draw.randrange(120))
        if open_ and draw.random() < 0.55:
            root, before, title = open_[-1 - draw.randrange(min(len(open_), 20))]
            mail["Subject"] = f"Re: [liste] {title}"
            mail["In-Reply-To"], mail["References"] = before, f"{root} {before}"
            quoted = "\n".join(f"> {line}" for line in said(draw, 80).splitlines())
            text += f"\n\nLe 3 mars 2015 à 10:12, Personne 3 a écrit :\n\n{quoted}\n"
        else:
            title = said(draw, 6).replace("\n", " ")
            mail["Subject"] = f"[liste] {title}"
            root = str(mail["Message-ID"])
        open_.append((root, str(mail["Message-ID"]), title))
        mail.set_content(f"{text}\n\n-- \nPersonne {who}\nOrganisme {who % 20}\n")
        if draw.random() < 0.3:
            mail.add_alternative(f"<p>{text}</p>", subtype="html")
        if draw.random() < 0.05:
            mail.add_attachment(PDF, maintype="application", subtype="pdf", filename="bilan.pdf")
        yield b"From liste@exemple.example " + moment.strftime("%a %b %d %H:%M:%S %Y").encode()
        yield b"\n" + mail.as_bytes() + b"\n\n"


def said(draw: random.Random, count: int) -> str:
    words = [draw.choice(WORDS) for _ in range(count)]
    return "\n".join(" ".join(words[at : at + 12]) for at in range(0, count, 12))


def state() -> tuple[object, ...]:
    posts = Post.objects.aggregate(Max("pk"), Max("edited_at"))
    threads = Thread.objects.aggregate(Max("pk"), Max("last_post_at"))
    counts = Post.objects.count(), Thread.objects.count(), StoredFile.objects.count()
    return posts, threads, counts


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mails", type=int, default=10_000)
    options = parser.parse_args()
    call_command("bootstrap", verbosity=0)
    space = SubCommunity.objects.get(is_common=True)
    User.objects.create_user("personne3@organisme3.example", first_name="Personne", last_name="3")
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "liste.mbox"
        archive.write_bytes(b"".join(mails(options.mails, random.Random(4))))
        size = archive.stat().st_size / 1e6
        print(f"{connection.vendor}: {options.mails} mails, {size:.0f} MB")
        took, seen = [], []
        for _twice in range(2):
            started = time.monotonic()
            report = Path(folder) / "report.csv"
            call_command(
                "import_mbox", archive, space=space.slug, report=report,
                stdout=StringIO(), stderr=StringIO(),
            )  # fmt: skip
            took.append(time.monotonic() - started)
            seen.append(state())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  first {took[0]:.1f} s, again {took[1]:.1f} s, {memory:.0f} MB at most")
    print(f"  {Post.objects.count()} messages in {Thread.objects.count()} threads")
    unchanged = seen[0] == seen[1] and Post.objects.count() >= options.mails
    return 0 if unchanged and max(took) <= SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
