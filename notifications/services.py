"""Who follows what, and who is to be told of it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from community.audience import readers_of
from core import content
from core.errors import NotAllowed
from core.events import run_hooks
from notifications.models import MailPreference, Subscription

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import Model, QuerySet

    from community.models import SubCommunity


@transaction.atomic
def follow(obj: Model, *, by: User, by_hand: bool = False) -> None:
    """`by` is told by mail of what happens to `obj`.

    Automatic following (she wrote in it) never undoes an earlier "stop"; following by hand does.
    Raises `NotAllowed` when she asks to follow what she may not read.
    """
    kind = content.kind_of(obj)
    if by_hand and not kind.readable_by(by).filter(pk=obj.pk).exists():
        raise NotAllowed
    row = Subscription(user=by, kind=kind.name, object_id=obj.pk, by_hand=by_hand)
    if not by_hand:
        Subscription.objects.bulk_create([row], ignore_conflicts=True)
        return
    Subscription.objects.update_or_create(
        user=by,
        kind=kind.name,
        object_id=obj.pk,
        defaults={"following": True, "by_hand": True},
    )


def unfollow(obj: Model, *, by: User) -> None:
    """No more mail about `obj`, even after writing in it again. Always allowed."""
    stop(content.kind_of(obj).name, obj.pk, by=by)


@transaction.atomic
def stop(kind: str, object_id: int, *, by: User) -> None:
    """`unfollow` for who only has the identifiers, such as a link in a mail: it says nothing of
    the object, nor whether it is still there. The hooks of `subscription.stopped` know what took
    its place."""
    Subscription.objects.update_or_create(
        user=by,
        kind=kind,
        object_id=object_id,
        defaults={"following": False, "by_hand": True},
    )
    run_hooks("subscription.stopped", kind=kind, object_id=object_id, by=by)


@transaction.atomic
def follow_along(
    kind: str, old_id: int, new_id: int, *, people: Collection[int] | None = None
) -> None:
    """What was said of one object, followed or stopped, holds for the one that took its texts:
    for these people, or for all. Who already had a word on that one keeps it."""
    rows = Subscription.objects.to(kind, old_id)
    if people is not None:
        rows = rows.filter(user__in=people)
    Subscription.objects.bulk_create(
        (
            Subscription(
                user_id=row.user_id,
                kind=kind,
                object_id=new_id,
                following=row.following,
                by_hand=row.by_hand,
            )
            for row in rows
        ),
        batch_size=500,
        ignore_conflicts=True,
    )


@transaction.atomic
def stop_if_followed(kind: str, object_id: int, *, by: User) -> None:
    """`stop`, only for what `by` follows: identifiers that came from a page are not believed."""
    mine = Subscription.objects.to(kind, object_id).following().filter(user=by)
    mine.update(following=False, by_hand=True)


def is_following(obj: Model, user: User) -> bool:
    rows = Subscription.objects.to(content.kind_of(obj).name, obj.pk).following()
    return rows.filter(user_id=user.pk).exists()


@transaction.atomic
def set_preferences(*, by: User, default: str, spaces: dict[SubCommunity, str | None]) -> None:
    """What `by` wants by mail: everywhere, and space by space (None: as everywhere)."""
    MailPreference.objects.update_or_create(user=by, space=None, defaults={"mode": default})
    for space, mode in spaces.items():
        if mode is None:
            MailPreference.objects.filter(user=by, space=space).delete()
        else:
            MailPreference.objects.update_or_create(user=by, space=space, defaults={"mode": mode})


def wants_mail_q(space: SubCommunity, prefix: str = "") -> Q:
    """The SQL condition under which a person takes mail from `space`: her word on that space,
    else her word on all of them, else yes."""
    hers = MailPreference.objects.filter(user_id=OuterRef(f"{prefix}pk"))
    refused = hers.filter(mode=MailPreference.Mode.NOTHING)
    here = Q(space_id=space.pk)
    everywhere = Q(space_id=None)
    return ~Exists(refused.filter(here)) & (
        Exists(hers.filter(here)) | ~Exists(refused.filter(everywhere))
    )


def recipients_for(obj: Any, space: SubCommunity) -> QuerySet[User]:
    """Who is to be told of something in `obj` now: follows it, may read `space` now with a
    current account, and did not refuse that space's mail."""
    kind = content.kind_of(obj).name
    followers = Subscription.objects.to(kind, obj.pk).following().values("user_id")
    return readers_of(space).filter(wants_mail_q(space), pk__in=followers)
