"""Threads, messages, thanks, and how far everybody has read."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from community.models import Membership, Reaction, SubCommunity
from core import terms
from core.audience import Level
from core.richtext import from_plain
from forums.models import Post, ReadPosition, Thread
from home.demo import clock
from home.founding import source
from notifications.models import Subscription

ANSWERABLE = {"question", "demande", "problematique"}
# A regular keeps up; others let some go by.
NEWS = 2
LETS_GO_BY = {"noyau": 0.15, "actif": 0.25, "peripherie": 0.5, "nouveau": 0.4}


@dataclass
class Loaded:
    """One thread of the file with what was made of it."""

    entry: dict[str, Any]
    thread: Thread
    posts: list[Post] = field(default_factory=list)


def add_threads(people: dict[str, User], spaces: dict[str, SubCommunity]) -> dict[str, Loaded]:
    """The 24 threads with their replies, keywords and counters, by the file's id."""
    loaded = {
        entry["id"]: Loaded(entry, _thread(entry, people, spaces)) for entry in source()["fils"]
    }
    Thread.objects.bulk_create([one.thread for one in loaded.values()])
    for one in loaded.values():
        one.posts = _posts(one, people)
    Post.objects.bulk_create([post for one in loaded.values() for post in one.posts])
    for one in loaded.values():
        _retain_answer(one)
        words = [_label(theme) for theme in one.entry["themes"]]
        if words:
            one.thread.tags.add(*words)
    SubCommunity.objects.update(activity=F("activity") + 1)
    return loaded


def _thread(
    entry: dict[str, Any], people: dict[str, User], spaces: dict[str, SubCommunity]
) -> Thread:
    replies = entry["reponses"]
    last = replies[-1] if replies else entry
    return Thread(
        title=entry["titre"][:160],
        slug=slugify(entry["titre"])[:80].strip("-"),
        kind=entry["type"],
        level=Level.SPACE,
        space=spaces[entry["sous_communaute_id"]],
        owner=people[entry["auteur_id"]],
        organisation=people[entry["auteur_id"]].organisation,
        unnamed=entry["anonyme"],
        pinned=entry["epingle"],
        resolved_at=clock.moment(last["cree_le"]) if entry["statut"] == "repondu" else None,
        created_at=clock.moment(entry["cree_le"]),
        last_post_at=clock.moment(last["cree_le"]),
        # Whoever asked without her name is not the last name of the thread either.
        last_author=None if last is entry and entry["anonyme"] else people[last["auteur_id"]],
        last_position=1 + len(replies),
        newest_position=1 + len(replies),
        reply_count=len(replies),
        view_count=entry["vues"],
    )


def _posts(one: Loaded, people: dict[str, User]) -> list[Post]:
    opening = _post(one, 1, one.entry, people)
    opening.unnamed = one.entry["anonyme"]
    return [
        opening,
        *(
            _post(one, position, reply, people)
            for position, reply in enumerate(one.entry["reponses"], start=2)
        ),
    ]


def _post(one: Loaded, position: int, entry: dict[str, Any], people: dict[str, User]) -> Post:
    text = from_plain(entry["message"])
    return Post(
        thread=one.thread,
        position=position,
        author=people[entry["auteur_id"]],
        as_animation=entry.get("moderation", False),
        html=text.html,
        text=text.text,
        created_at=clock.moment(entry["cree_le"]),
    )


def _retain_answer(one: Loaded) -> None:
    """Of an answered question, the answer that helped most people."""
    if one.entry["statut"] != "repondu" or one.entry["type"] not in ANSWERABLE:
        return
    replies = list(zip(one.entry["reponses"], one.posts[1:], strict=True))
    asker = one.entry["auteur_id"]
    answers = [(reply["mercis"], post) for reply, post in replies if reply["auteur_id"] != asker]
    one.thread.answer = max(answers, key=lambda pair: pair[0])[1]
    Thread.objects.filter(pk=one.thread.pk).update(answer=one.thread.answer)


def _label(theme: str) -> str:
    for scheme in ("types_intervention", "themes_gestion"):
        label = terms.label(scheme, theme)
        if label != theme:
            return label[:100]
    return theme


def add_thanks(loaded: dict[str, Loaded], draw: random.Random) -> None:
    """Each thank-you of the file becomes the gesture of one distinct reader of the space."""
    readers = _readers()
    now = timezone.now()
    rows = []
    for one in loaded.values():
        for reply, post in zip(one.entry["reponses"], one.posts[1:], strict=True):
            others = [user for user in readers[one.thread.space_id or 0] if user != post.author_id]
            thanking = draw.sample(others, min(reply["mercis"], len(others)))
            post.thanks_count = len(thanking)
            rows += [_thanks(post, user, min(now, _soon_after(post, draw))) for user in thanking]
    Reaction.objects.bulk_create(rows)
    # The column fills itself at creation: the file's dates come after.
    Reaction.objects.bulk_update(rows, ["created_at"], batch_size=200)
    posts = [post for one in loaded.values() for post in one.posts if post.thanks_count]
    Post.objects.bulk_update(posts, ["thanks_count"])


def _thanks(post: Post, user_id: int, at: datetime) -> Reaction:
    row = Reaction(user_id=user_id, kind="post", object_id=post.pk, type=Reaction.Type.THANKS)
    row.created_at = at
    return row


def _soon_after(post: Post, draw: random.Random) -> datetime:
    return post.created_at + timedelta(minutes=draw.randint(5, 3 * 24 * 60))


def _readers() -> dict[int, list[int]]:
    readers = defaultdict(list)
    stays = Membership.objects.current().exclude(user__is_superuser=True).order_by("user_id")
    for space_id, user_id in stays.values_list("space_id", "user_id"):
        readers[space_id].append(user_id)
    return readers


def add_readings(loaded: dict[str, Loaded], people: dict[str, User], draw: random.Random) -> None:
    """How far each member has read: up to her last visit, less what she let go by, and at least
    as far as her own last message. Whoever wrote in a thread follows it."""
    spaces = defaultdict(set)
    for space_id, user_id in Membership.objects.current().values_list("space_id", "user_id"):
        spaces[user_id].add(space_id)
    loaded_by = {one.thread.pk: one for one in loaded.values()}
    positions, follows = [], []
    for entry in source()["membres"]:
        user = people[entry["id"]]
        mine = [one for one in loaded.values() if one.thread.space_id in spaces[user.pk]]
        wrote = {
            one.thread.pk: max((p.position for p in one.posts if p.author_id == user.pk), default=0)
            for one in mine
        }
        read = {one.thread.pk: _read_by(user, one, entry, draw) for one in mine}
        for one in _newest_unwritten(mine, wrote)[:NEWS]:
            read[one.thread.pk] = 0
        for one in mine:
            position = max(read[one.thread.pk], wrote[one.thread.pk])
            if position:
                positions.append(ReadPosition(user=user, thread=one.thread, position=position))
            if wrote[one.thread.pk]:
                follows.append(Subscription(user=user, kind="thread", object_id=one.thread.pk))
    ReadPosition.objects.bulk_create(positions)
    # The column fills itself at creation: she came some hours after the last message she read.
    now = timezone.now()
    for row in positions:
        last = loaded_by[row.thread_id].posts[row.position - 1]
        row.updated_at = min(now, last.created_at + timedelta(hours=7))
    ReadPosition.objects.bulk_update(positions, ["updated_at"], batch_size=200)
    Subscription.objects.bulk_create(follows)


def _newest_unwritten(mine: list[Loaded], wrote: dict[int, int]) -> list[Loaded]:
    """The newest threads in which she did not write: always something new on her home."""
    silent = [one for one in mine if not wrote[one.thread.pk]]
    return sorted(silent, key=lambda one: one.thread.last_post_at, reverse=True)


def _read_by(user: User, one: Loaded, entry: dict[str, Any], draw: random.Random) -> int:
    """The position up to which she read when she last came."""
    if draw.random() < LETS_GO_BY[entry["niveau_participation"]]:
        return 0
    visit = user.last_seen_at
    return sum(1 for post in one.posts if visit is not None and post.created_at <= visit)
