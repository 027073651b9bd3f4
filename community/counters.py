"""The unread counters of the navigation, kept on memberships and recounted only when stale."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import User
from community.models import Membership
from core import content

STALE = -1


def refresh_unread(user: User, memberships: Sequence[Membership]) -> None:
    """Bring the counters of these memberships (with their `space`) up to date, in place.

    Two queries a kind at most when some space moved since they were counted, none otherwise:
    a membership remembers which `activity` of its space it was counted at.
    """
    stale = [one for one in memberships if one.counted_activity != one.space.activity]
    if not stale:
        return
    unread = content.unread_in(user, [one.space_id for one in stale])
    for one in stale:
        one.unread_threads = unread.get(one.space_id, 0)
        one.counted_activity = one.space.activity
    Membership.objects.bulk_update(stale, ["unread_threads", "counted_activity"])


def forget_unread(user: User, space_ids: Sequence[int] | None = None) -> None:
    """Say that this person's counters are stale, because she read something there."""
    stays = Membership.objects.current().filter(user=user)
    if space_ids is not None:
        stays = stays.filter(space_id__in=space_ids)
    stays.update(counted_activity=STALE)
