"""Who follows what, how she is told, and who is to be told of it now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from community.audience import readers_of
from core import content
from core.errors import NotAllowed
from core.events import emit, run_hooks
from notifications.attention import AT_ONCE, wanted_q, with_attention
from notifications.models import (
    EVERYTHING,
    SPACE,
    Attention,
    Delivery,
    Digest,
    Mention,
    Subscription,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.db.models import Model, QuerySet

    from community.models import SubCommunity

# What she says of a place: what she follows there, how she is told. Empty: as above.
Word = tuple[str, str]
DIGESTS = (Delivery.DAILY, Delivery.WEEKLY)


@transaction.atomic
def follow(obj: Model, *, by: User, by_hand: bool = False) -> None:
    """`by` is told of what happens to `obj`.

    Automatic following (she wrote in it) never undoes what she said; following by hand does.
    Raises `NotAllowed` when she asks to follow what she may not read.
    """
    if by_hand:
        set_attention(obj, Attention.FOLLOW, by=by)
        return
    kind = content.kind_of(obj)
    row = Subscription(user=by, kind=kind.name, object_id=obj.pk)
    Subscription.objects.bulk_create([row], ignore_conflicts=True)


def unfollow(obj: Model, *, by: User) -> None:
    """No more word about `obj`, even after writing in it again. Always allowed."""
    stop(content.kind_of(obj).name, obj.pk, by=by)


@transaction.atomic
def set_attention(obj: Model, attention: str, *, by: User) -> None:
    """What `by` wants of `obj`: to follow it, only what mentions her, or silence.

    Raises `NotAllowed` for what she may not read, `ValueError` for a word that there is not.
    """
    if attention not in (Attention.FOLLOW, Attention.MENTIONS, Attention.SILENCE):
        raise ValueError(attention)
    kind = _readable_kind(obj, by)
    said = {"attention": attention, "by_hand": True}
    Subscription.objects.update_or_create(user=by, kind=kind, object_id=obj.pk, defaults=said)


@transaction.atomic
def set_mail(obj: Model, mail: str, *, by: User) -> None:
    """How `by` is told by mail of `obj`; empty: as of its space. Who had no word on `obj` follows
    it from then on. Raises `NotAllowed`, `ValueError`."""
    if mail and mail not in Delivery:
        raise ValueError(mail)
    kind = _readable_kind(obj, by)
    rows = Subscription.objects.to(kind, obj.pk).filter(user=by)
    if not rows.update(mail=mail) and mail:
        Subscription.objects.create(user=by, kind=kind, object_id=obj.pk, mail=mail, by_hand=True)
    plan_digest(by)


def _readable_kind(obj: Model, by: User) -> str:
    kind = content.kind_of(obj)
    if not kind.readable_by(by).filter(pk=obj.pk).exists():
        raise NotAllowed
    return kind.name


@transaction.atomic
def stop(kind: str, object_id: int, *, by: User) -> None:
    """`unfollow` for who only has the identifiers, such as a link in a mail: it says nothing of
    the object, nor whether it is still there. The hooks of `subscription.stopped` know what took
    its place."""
    Subscription.objects.update_or_create(
        user=by,
        kind=kind,
        object_id=object_id,
        defaults={"attention": Attention.SILENCE, "by_hand": True},
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
                attention=row.attention,
                mail=row.mail,
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
    mine.update(attention=Attention.SILENCE, by_hand=True)


@transaction.atomic
def stop_digests(*, by: User) -> None:
    """What came to `by` in a digest comes by no mail any more. Always allowed."""
    Subscription.objects.filter(user=by, mail__in=DIGESTS).update(mail=Delivery.NOTHING)
    plan_digest(by)


def is_following(obj: Model, user: User) -> bool:
    """Whether `user` follows this very object; her word on its space is not asked."""
    rows = Subscription.objects.to(content.kind_of(obj).name, obj.pk).following()
    return rows.filter(user_id=user.pk).exists()


@transaction.atomic
def set_preferences(
    *,
    by: User,
    everything: Word,
    spaces: Mapping[SubCommunity, Word],
    rhythm: Mapping[str, Any] | None = None,
) -> None:
    """What `by` follows and how she is told: everywhere, space by space, and when her digests
    leave (`weekday`, `hour`, `zone`, `minutes`)."""
    _say(by, EVERYTHING, 0, everything, keep=True)
    for space, word in spaces.items():
        _say(by, SPACE, space.pk, word)
    plan_digest(by, **(rhythm or {}))


def _say(by: User, kind: str, object_id: int, word: Word, *, keep: bool = False) -> None:
    attention, mail = word
    rows = Subscription.objects.to(kind, object_id).filter(user=by)
    if not (attention or mail or keep):
        rows.delete()
        return
    Subscription.objects.update_or_create(
        user=by,
        kind=kind,
        object_id=object_id,
        defaults={"attention": attention, "mail": mail, "by_hand": True},
    )


@transaction.atomic
def plan_digest(user: User, **rhythm: Any) -> None:
    """Set when the digest of `user` leaves next, from what she asked to have in it.

    The one that she begins to want tells of what comes from now on.
    """
    said = set(
        Subscription.objects.filter(user=user, mail__in=DIGESTS).values_list("mail", flat=True)
    )
    known = Digest.objects.select_for_update().filter(user=user).first()
    if known is None and not (said or rhythm):
        return
    digest = known or Digest(user=user)
    now = timezone.now()
    for name, value in rhythm.items():
        setattr(digest, name, value)
    wanted = {"daily": Delivery.DAILY in said, "weekly": Delivery.WEEKLY in said}
    for name, want in wanted.items():
        if want and not getattr(digest, name):
            setattr(digest, f"{name}_until", now)
        setattr(digest, name, want)
    digest.weekly_until = digest.weekly_until or now
    digest.stopped_at = None
    digest.next_at = digest.after(now)
    digest.save()


@transaction.atomic
def mention(obj: Model, people: Iterable[User | int], *, new: bool = False) -> None:
    """`people` are those whom `obj` names now: who was not named before is told, unless she asked
    for silence or may not read it; who is not any more is no longer told of it for that. Of a
    `new` object, its own event tells them."""
    kind = content.kind_of(obj).name
    ids = {one if isinstance(one, int) else one.pk for one in people}
    if new:
        made = [Mention(user_id=one, kind=kind, object_id=obj.pk) for one in sorted(ids)]
        Mention.objects.bulk_create(made, ignore_conflicts=True)
        return
    rows = Mention.objects.to(kind, obj.pk)
    known = set(rows.values_list("user_id", flat=True))
    if known - ids:
        rows.filter(user__in=known - ids).delete()
    added = sorted(User.objects.filter(pk__in=ids - known).values_list("pk", flat=True))
    if not added:
        return
    made = [Mention(user_id=one, kind=kind, object_id=obj.pk) for one in added]
    Mention.objects.bulk_create(made, ignore_conflicts=True)
    emit("people.mentioned", kind=kind, id=obj.pk, people=added)


def told_of(obj: Any, space: SubCommunity, *, part: Model | None = None) -> QuerySet[Any]:
    """Who is to be told of something in `obj` now, however it is: may read `space` now with a
    current account, and follows it or is named in `part` of it. Each has `told_by`."""
    kind = content.kind_of(obj).name
    people: Any = with_attention(
        readers_of(space), kind, user=OuterRef("pk"), object_id=obj.pk, space_id=space.pk
    )
    named = Mention.objects.filter(user_id=OuterRef("pk"))
    named = named.none() if part is None else named.to(content.kind_of(part).name, part.pk)
    people = people.annotate(named=Exists(named))
    return people.filter(wanted_q(Exists(named)))


def recipients_for(obj: Any, space: SubCommunity, *, part: Model | None = None) -> QuerySet[Any]:
    """Of those who are to be told, the ones who want a mail at once."""
    return told_of(obj, space, part=part).filter(told_by__in=AT_ONCE)
