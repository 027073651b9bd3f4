"""Whoever asks and whatever there is: what is found is what is listed, and what opens.

Drawn at random: documents and threads with any audience and state, people of any role, with any
memberships. The three doors (search, list, page) must then say the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from community.models import Membership
from core.audience import Level, State
from forums.models import Thread
from forums.services import create_thread
from library.models import Document, Licence
from search.finding import find
from tests.conftest import World
from tests.search.rooms import exact, index_all

pytestmark = pytest.mark.django_db

SPACES = ("common", "intervention", "direction", "psychosocial")
PEOPLE = ("maude", "real", "naima", "odile", "eve")
# A document is no draft: what is being filled in is not one yet.
STATES = [State.PUBLISHED, State.PUBLISHED, State.PENDING, State.HIDDEN, State.REMOVED]
DOCUMENTS = st.lists(
    st.fixed_dictionaries(
        {
            "level": st.sampled_from(Level.values),
            "state": st.sampled_from(STATES),
            "space": st.sampled_from(SPACES),
            "organisation": st.sampled_from(["relais", "phare"]),
            "owner": st.sampled_from(PEOPLE),
        }
    ),
    min_size=2,
    max_size=6,
)
THREADS = st.lists(
    st.tuples(st.sampled_from(SPACES), st.sampled_from([State.PUBLISHED, State.HIDDEN])), max_size=3
)
READER = st.fixed_dictionaries(
    {
        "who": st.sampled_from([*PEOPLE, "visitor"]),
        "guest": st.booleans(),
        "spaces": st.sets(st.sampled_from(SPACES)),
        "days_left": st.sampled_from([-1, 5]),
        "active": st.sampled_from([True, True, True, False]),
    }
)


@given(documents=DOCUMENTS, threads=THREADS, readers=st.lists(READER, min_size=2, max_size=4))
@settings(
    max_examples=12,
    # The same draws each time: others are tried by raising their number.
    derandomize=True,
    # To make a failing draw smaller takes minutes here, and says little more.
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_search_list_and_page_agree(
    world: World,
    documents: list[dict[str, Any]],
    threads: list[tuple[str, str]],
    readers: list[dict[str, Any]],
) -> None:
    with transaction.atomic():
        for number, words in enumerate(documents):
            _document(world, number, **words)
        for place, state in threads:
            made = create_thread(by=world.odile, space=getattr(world, place), text="Zqmot encore")
            Thread.objects.filter(pk=made.pk).update(state=state)
        index_all()
        assert exact()
        for reader in readers:
            user = _reader(world, **reader)
            _agree(world, user)
        transaction.set_rollback(True)


def _document(world: World, number: int, *, owner: str, organisation: str, **words: Any) -> None:
    # Only what is of a space names one: the rule looks at nothing else.
    space = getattr(world, words.pop("space"))
    Document.objects.create(
        title=f"Zqmot {number}",
        publisher_name="Racines et Relais",
        abstract="Un résumé.",
        issued="2025",
        type="guide",
        licence=Licence.CC_BY,
        link=f"https://exemple.test/{number}",
        space=space if words["level"] == Level.SPACE else None,
        owner=getattr(world, owner),
        organisation=getattr(world, organisation),
        **words,
    )


def _reader(
    world: World, *, who: str, guest: bool, spaces: set[str], days_left: int, active: bool
) -> User | None:
    """One of the cast, made what the draw says; None for a visitor."""
    if who == "visitor":
        return None
    user: User = getattr(world, who)
    until = timezone.now() + timedelta(days=days_left) if guest else None
    # Odile animates, whatever is drawn: she is asked for the second factor that she has.
    role = User.Role.GUEST if guest else User.Role.MEMBER
    role = User.Role.ANIMATION if who == "odile" else role
    User.objects.filter(pk=user.pk).update(role=role, access_until=until, is_active=active)
    Membership.objects.filter(user=user).delete()
    for place in sorted(spaces):
        Membership.objects.create(user=user, space=getattr(world, place))
    return User.objects.get(pk=user.pk)


def _agree(world: World, user: User | None) -> None:
    viewer = user or AnonymousUser()
    apart = [world.psychosocial] if not world.psychosocial.in_global_search else []
    rows: Any
    for kind, rows in (("document", Document.objects), ("thread", Thread.objects)):
        readable = rows.readable_by(viewer)
        everywhere = readable.exclude(space__in=apart)
        assert _found(kind, viewer) == set(everywhere.values_list("pk", flat=True))
        for space in (world.common, world.psychosocial):
            there = readable.filter(space=space)
            assert _found(kind, viewer, inside=space) == set(there.values_list("pk", flat=True))
    client = Client()
    if user is not None:
        client.force_login(user, backend="accounts.backends.AccountBackend")
    # What awaits an animator, or was set aside, opens to her and is not found.
    may = Document.objects.readable_by(viewer) | Document.objects.moderated_by(viewer)
    opens = set(may.values_list("pk", flat=True))
    for document in Document.objects.exclude(state=State.REMOVED):
        answer = client.get(document.get_absolute_url())
        assert (answer.status_code == 200) == (document.pk in opens), document


def _found(kind: str, viewer: Any, **also: Any) -> set[int]:
    hits = find("zqmot", user=viewer, size=100, **also).hits
    return {hit.row.object_id for hit in hits if hit.kind.name == kind}
