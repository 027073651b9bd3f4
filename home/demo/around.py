"""What stands around the threads of the demonstration: polls, a synthesis,
kept messages, a message to come, somebody who is named."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from community.models import Membership
from forums import mentions, services
from forums.models import Poll, Thread
from forums.services.common import plain
from home.demo.threads import Loaded
from notifications.services import mention


def add_around(people: dict[str, User], loaded: dict[str, Loaded], draw: random.Random) -> None:
    _poll(
        loaded["fil-20"],
        draw,
        question="Quel jour vous convient le mieux pour le prochain midi-échange?",
        labels=("Le mardi", "Le mercredi", "Le jeudi"),
        answers=9,
    )
    ended = _poll(
        loaded["fil-17"],
        draw,
        question="Avez-vous accès à une supervision clinique, à l’interne ou à l’externe?",
        labels=("Oui, régulièrement", "Oui, au besoin", "Non, et cela me manque"),
        answers=7,
        unnamed=True,
    )
    Poll.objects.filter(pk=ended.pk).update(closes_at=timezone.now() - timedelta(hours=20))
    services.write_synthesis(
        loaded["fil-08"].thread,
        by=people["mem-05"],
        text=(
            "Ce qui revient : trois jours, un horaire écrit avec l’école, une rencontre avec la "
            "famille au début et à la fin, et un devoir fait sur place. Le plus difficile reste "
            "le retour en classe : prévoir une personne qui attend le jeune à la porte."
        ).replace(" :", "\N{NO-BREAK SPACE}:"),
    )
    # Tristan, whom the visitor of the demonstration borrows.
    tomorrow = timezone.localdate() + timedelta(days=1)
    services.bookmark(loaded["fil-08"].posts[0], by=people["mem-05"])
    services.bookmark(loaded["fil-12"].posts[1], by=people["mem-05"], remind_on=tomorrow)
    services.schedule_post(
        by=people["mem-05"],
        space=loaded["fil-08"].thread.space,
        thread=loaded["fil-08"].thread,
        publish_at=timezone.now() + timedelta(days=6),
        submission=uuid.uuid4(),
        text=("Trois semaines plus tard, qui d’entre vous l’a essayé, et qu’est-ce qui a coincé?"),
    )
    _name(people["mem-05"])


def _name(person: User) -> None:
    """The last message that waits for her is said to her by name."""
    waiting = Thread.objects.readable_by(person).unread_by(person).filter(reply_count__gt=0)
    thread = waiting.select_related("space").recent_first()[0]
    post = thread.posts.get(position=thread.newest_position)
    said = plain(f"@{person.full_name}, {post.text}")
    written = mentions.checked(said, thread.space)
    post.html, post.text = written.html, written.text
    post.save(update_fields=("html", "text"))
    mention(post, mentions.named_in(post))


def _poll(
    one: Loaded,
    draw: random.Random,
    *,
    question: str,
    labels: tuple[str, ...],
    answers: int,
    unnamed: bool = False,
) -> Poll:
    """A poll opened by the thread's author, to which a few members of the space answered."""
    author = one.thread.owner
    assert author is not None  # noqa: S101 (a thread of the file always has one)
    poll = services.open_poll(
        one.thread,
        by=author,
        question=question,
        labels=labels,
        closes_at=timezone.now() + timedelta(days=5),
        unnamed=unnamed,
    )
    options = list(poll.options.values_list("pk", flat=True))
    stays = Membership.objects.current().filter(space=one.thread.space, user__is_active=True)
    people = [stay.user for stay in stays.select_related("user").order_by("user_id")]
    for person in draw.sample(people, min(answers, len(people))):
        services.vote(poll, [draw.choice(options)], by=person)
    return poll
