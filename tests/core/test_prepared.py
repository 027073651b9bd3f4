"""The prepared conditions say what the rule says, to the letter and to the row."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.utils import timezone

from accounts.models import Organisation, Profile, User
from community import audience
from community.models import BreakGlassGrant, JoinRequest, Membership, SubCommunity
from core.audience import Level, State
from core.prepared import Prepared
from forums.models import Post, Thread
from tests.conftest import World, make_person

CASES: list[tuple[Prepared, type[Model]]] = [
    (audience.READABLE_SPACES, SubCommunity),
    (audience.LISTED_SPACES, SubCommunity),
    (audience.MODERATED_SPACES, SubCommunity),
    (audience.READABLE, Thread),
    (audience.READABLE, Profile),
    (audience.READABLE, Organisation),
    (audience.MODERATED, Thread),
    (audience.MODERATED, Profile),
]


def viewers(world: World) -> list[User]:
    """One of each role and of each way of losing it."""
    now = timezone.now()
    guest = make_person("Guest", role=User.Role.GUEST, access_until=now + timedelta(1))
    late = make_person("Late", role=User.Role.GUEST, access_until=now - timedelta(1))
    gone = make_person("Gone", is_active=False)
    led = make_person("Led")
    root = make_person("Root", is_superuser=True)
    for person in (guest, late, gone):
        Membership.objects.create(user=person, space=world.intervention)
    Membership.objects.create(user=led, space=world.intervention, role=Membership.Role.COANIMATION)
    Membership.objects.create(user=led, space=world.direction, ended_at=now)
    for person, hours in ((root, 1), (gone, 1), (led, -1)):
        BreakGlassGrant.objects.create(
            user=person,
            space=world.psychosocial,
            reason="Une plainte",
            expires_at=now + timedelta(hours=hours),
        )
    JoinRequest.objects.create(user=guest, space=world.direction, state=JoinRequest.State.INVITED)
    cast = [world.maude, world.real, world.naima, world.odile, world.eve]
    return [*cast, guest, late, gone, led, root]


def some_content(world: World) -> None:
    """Threads of every level and state, in every space."""
    organisation = world.maude.organisation
    for space in SubCommunity.objects.all():
        for level in Level.values:
            for state in State.values:
                thread = Thread.objects.create(
                    title=f"{level} {state}",
                    space=space,
                    owner=world.maude,
                    organisation=organisation,
                    level=level,
                    state=state,
                )
                Post.objects.create(thread=thread, position=1, author=world.maude, html="", text="")


def found(model: Any, condition: Any) -> set[int]:
    return set(model.objects.filter(condition).values_list("pk", flat=True))


@pytest.mark.parametrize("coanimation", [True, False])
def test_each_viewer_finds_the_rows_of_the_rule(
    world: World, settings: Any, coanimation: bool
) -> None:
    settings.COANIMATION = coanimation
    some_content(world)

    for viewer in viewers(world):
        for prepared, model in CASES:
            rule = prepared.rule(viewer.pk, timezone.now())
            assert found(model, prepared.q(viewer.pk)) == found(model, rule), (viewer, model)
        expected = found(Thread, audience.READABLE.rule(viewer.pk, timezone.now()))
        by_post = Post.objects.filter(audience.READABLE.q(viewer.pk, "thread__"))
        assert set(by_post.values_list("thread_id", flat=True)) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(("prepared", "model"), CASES)
def test_the_text_and_its_values_are_those_of_the_orm(
    prepared: Prepared, model: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    def written(condition: Any) -> tuple[str, list[Any]]:
        query = model.objects.filter(condition).query
        sql, params = query.get_compiler(connection=connection).as_sql()
        return sql.replace("(", "").replace(")", ""), list(params)

    assert written(prepared.q(42)) == written(prepared.rule(42, now))


def test_it_is_compiled_once_a_setting(world: World, settings: Any) -> None:
    asked = []

    def rule(me: int, now: Any) -> Any:
        asked.append(settings.COANIMATION)
        return audience.MODERATED_SPACES.rule(me, now)

    own = Prepared(SubCommunity, ("id", "confidentiality"), rule, lambda: settings.COANIMATION)
    for settings.COANIMATION in (True, True, False, False):
        for viewer in (world.odile, world.maude):
            list(SubCommunity.objects.filter(own.q(viewer.pk)))

    assert asked == [True, False]


def test_a_column_that_was_not_named_is_refused(world: World) -> None:
    careless = Prepared(SubCommunity, ("id",), audience.READABLE_SPACES.rule)

    with pytest.raises(AssertionError, match="did not name"):
        list(SubCommunity.objects.filter(careless.q(world.maude.pk)))


@pytest.mark.django_db
def test_it_stands_in_subqueries_flags_and_unions(world: World) -> None:
    thread = Thread.objects.create(
        title="Un fil", space=world.intervention, owner=world.maude, level=Level.SPACE
    )
    compare: list[tuple[User, Callable[[User], bool]]] = [
        (world.maude, lambda user: True),
        (world.eve, lambda user: False),
    ]
    for viewer, expected in compare:
        rows = Thread.objects.readable_by(viewer)
        both = rows.filter(pk=thread.pk) | Thread.objects.moderated_by(viewer).filter(pk=thread.pk)
        flagged: Any = Thread.objects.with_rights(viewer).get(pk=thread.pk)

        assert both.exists() is expected(viewer)
        assert bool(flagged.viewer_reads) is expected(viewer)
        assert SubCommunity.objects.filter(threads__in=rows).exists() is expected(viewer)
        assert rows.values("space").distinct().exists() is expected(viewer)
