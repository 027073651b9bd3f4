"""Fills a database with a community of any size, in bulk, the same for the same numbers.

python -m bench.generate --users 2000 --threads 5000 --posts 100000 --longest 2000
"""

from __future__ import annotations

import argparse
import os
import random
import time
from datetime import datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")

import django

django.setup()

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organisation, Profile, User
from community.models import Charter, CharterAcceptance, Membership, SubCommunity
from core.audience import Level, State
from core.text import fold
from forums.models import Post, ReadPosition, Thread
from notifications.models import Subscription

BATCH = 5000
WORDS = (
    "école jeune famille lien motivation suspension retour classe devoirs parents équipe mardi "
    "activité transition secondaire groupe accueil projet bénévole rencontre région transport "
    "réussite tuteur atelier lecture difficulté confiance horaire matin suivi école entente "
    "organisme partenaire local budget soirée appel visite absence bulletin enseignante"
).split()


def sentence(rng: random.Random, low: int, high: int) -> str:
    words = rng.choices(WORDS, k=rng.randint(low, high))
    return " ".join(words).capitalize() + "."


def timed(label: str, started: float) -> None:
    print(f"  {label}: {time.monotonic() - started:.1f} s", flush=True)


def generate(users: int, threads: int, posts: int, longest: int, seed: int = 22) -> dict[str, int]:
    """Makes the community and returns the identifiers that the measures use.

    Posts fall on threads unevenly (a few long, many short), as they do in life; one thread has
    `longest` posts. Half of the threads are of the last 60 days; the measured member has read
    two thirds of those of her spaces.
    """
    rng = random.Random(seed)
    started = time.monotonic()
    call_command("bootstrap", verbosity=0)
    spaces = list(SubCommunity.objects.order_by("position"))
    people = _people(rng, users, spaces)
    timed("people", started)
    now = timezone.now()
    sizes = _sizes(rng, threads, posts, longest)
    measured = people[0]
    made = _threads(rng, sizes, spaces, people, now)
    timed("threads", started)
    _posts(rng, made, sizes, people)
    timed("posts", started)
    long_thread = made[0]
    _reading(rng, made, measured, people)
    for space in spaces:
        SubCommunity.objects.filter(pk=space.pk).update(activity=1)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    timed("reading, analyse", started)
    return {
        "user": measured.pk,
        "long": long_thread.pk,
        "thread": next(t.pk for t, n in zip(made, sizes, strict=True) if 20 <= n <= 60),
    }


def _people(rng: random.Random, count: int, spaces: list[SubCommunity]) -> list[User]:
    organisations = Organisation.objects.bulk_create(
        Organisation(
            name=f"Organisme {n}",
            slug=f"organisme-{n}",
            folded=fold(f"Organisme {n}"),
            level=Level.COMMUNITY,
            region=f"{n % 17 + 1:02d}",
        )
        for n in range(max(2, count // 8))
    )
    people = User.objects.bulk_create(
        (
            User(
                email=f"personne{n}@bench.example",
                first_name=f"Prénom{n}",
                last_name=f"Nom{n}",
                job_title="Intervenante",
                password="!",
                organisation=rng.choice(organisations),
            )
            for n in range(count)
        ),
        batch_size=BATCH,
    )
    Profile.objects.bulk_create(
        (
            Profile(
                owner=person,
                organisation=person.organisation,
                level=Level.MEMBERS,
                state=State.PUBLISHED,
                folded_name=fold(person.full_name),
            )
            for person in people
        ),
        batch_size=BATCH,
    )
    joined = timezone.now() - timedelta(days=400)
    Membership.objects.bulk_create(
        (
            Membership(user=person, space=space, joined_at=joined, read_floor=joined)
            for n, person in enumerate(people)
            for position, space in enumerate(spaces)
            if position == 0 or n == 0 or rng.random() < 0.4
        ),
        batch_size=BATCH,
    )
    CharterAcceptance.objects.bulk_create(
        CharterAcceptance(user=people[0], charter=charter) for charter in Charter.objects.all()
    )
    return people


def _sizes(rng: random.Random, threads: int, posts: int, longest: int) -> list[int]:
    """How many posts each thread has: the first `longest`, the others by a Pareto law."""
    weights = [rng.paretovariate(1.2) for _ in range(threads - 1)]
    scale = (posts - longest - (threads - 1)) / sum(weights)
    sizes = [longest, *(1 + int(weight * scale) for weight in weights)]
    sizes[1] += posts - sum(sizes)
    return sizes


def _threads(
    rng: random.Random,
    sizes: list[int],
    spaces: list[SubCommunity],
    people: list[User],
    now: datetime,
) -> list[Thread]:
    made = []
    for n, size in enumerate(sizes):
        author = rng.choice(people)
        age = rng.random() * 60 if n % 2 else 60 + rng.random() * 340
        begun = now - timedelta(days=age, minutes=1)
        made.append(
            Thread(
                title=sentence(rng, 5, 10),
                slug="fil",
                space=spaces[0] if n == 0 else rng.choice(spaces),
                level=Level.SPACE,
                owner=author,
                organisation_id=author.organisation_id,
                created_at=begun,
                last_post_at=begun + timedelta(days=age) * (size / (size + 5)),
                last_author=rng.choice(people),
                last_position=size,
                reply_count=size - 1,
            )
        )
    return Thread.objects.bulk_create(made, batch_size=BATCH)


def _posts(rng: random.Random, threads: list[Thread], sizes: list[int], people: list[User]) -> None:
    def rows() -> Any:
        for thread, size in zip(threads, sizes, strict=True):
            span = thread.last_post_at - thread.created_at
            for position in range(1, size + 1):
                text = "\n\n".join(sentence(rng, 8, 30) for _ in range(rng.randint(1, 3)))
                yield Post(
                    thread=thread,
                    position=position,
                    author_id=thread.owner_id if position == 1 else rng.choice(people).pk,
                    html="".join(f"<p>{part}</p>" for part in text.split("\n\n")),
                    text=text,
                    created_at=thread.created_at + span * ((position - 1) / size),
                    useful_count=rng.randint(0, 9),
                )

    batch: list[Post] = []
    with transaction.atomic():
        for post in rows():
            batch.append(post)
            if len(batch) == BATCH:
                Post.objects.bulk_create(batch)
                batch = []
        Post.objects.bulk_create(batch)


def _reading(rng: random.Random, threads: list[Thread], measured: User, people: list[User]) -> None:
    ReadPosition.objects.bulk_create(
        (
            ReadPosition(user=measured, thread=thread, position=thread.last_position)
            for thread in threads
            if rng.random() < 2 / 3
        ),
        batch_size=BATCH,
    )
    ReadPosition.objects.bulk_create(
        (
            ReadPosition(user=person, thread=thread, position=thread.last_position)
            for person in people[1:200]
            for thread in rng.sample(threads, min(40, len(threads)))
        ),
        batch_size=BATCH,
    )
    Subscription.objects.bulk_create(
        (
            Subscription(user=person, kind="thread", object_id=threads[0].pk)
            for person in people[: min(len(people), 1000)]
        ),
        batch_size=BATCH,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=2000)
    parser.add_argument("--threads", type=int, default=5000)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--longest", type=int, default=2000)
    options = parser.parse_args()
    print(generate(**vars(options)))


if __name__ == "__main__":
    main()
