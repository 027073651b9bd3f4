"""The spaces themselves, and the exceptional access of an administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from community.errors import CommonSpace, LastAnimator, ReasonRequired
from community.models import BreakGlassGrant, Membership, SubCommunity
from community.permissions import animators_of, can_break_glass, can_configure, can_create_space
from community.services.members import lock, start
from core import log
from core.errors import Invalid, NotAllowed
from core.events import emit

# What a form may set. `is_common` and `activity` are nobody's to choose.
FIELDS = frozenset(
    {
        "name", "slug", "purpose", "hue", "icon", "position", "listed", "join_policy",
        "functions", "confidentiality", "content_in_mail", "in_global_search",
        "unnamed_posts", "danger_notice",
    }
)  # fmt: skip
# Addresses below /communautes/ that are not a space's.
RESERVED_SLUGS = frozenset({"reagir"})
GRANT = timedelta(hours=24)


def _apply(space: SubCommunity, fields: dict[str, Any]) -> None:
    unknown = fields.keys() - FIELDS
    if unknown:
        raise TypeError(f"A space has no such field to set: {', '.join(sorted(unknown))}.")
    for name, value in fields.items():
        setattr(space, name, value)
    space.slug = space.slug or slugify(space.name)[:60]
    if not space.slug or space.slug in RESERVED_SLUGS:
        raise Invalid
    if space.confidential:
        space.content_in_mail = space.in_global_search = False


@transaction.atomic
def create_space(*, by: User | None, **fields: Any) -> SubCommunity:
    """A new sub-community. Whoever creates a confidential one is its first member and animator.

    Raises `NotAllowed`, `Invalid`, and `LastAnimator` when a confidential space would begin
    without an animator.
    """
    if not can_create_space(by):
        raise NotAllowed
    space = SubCommunity()
    _apply(space, fields)
    space.save()
    if space.confidential:
        if by is None:
            raise LastAnimator
        start(by, space, by=by, role=Membership.Role.ANIMATION)
    log.record("space.created", space, by=by)
    emit("space.created", space=space.pk)
    return space


@transaction.atomic
def update_space(space: SubCommunity, *, by: User | None, **fields: Any) -> SubCommunity:
    """Change the settings of a space. A space that becomes confidential needs an animator who is
    its member. Raises `NotAllowed`, `Invalid`, `LastAnimator`."""
    space = lock(space)
    if not can_configure(by, space):
        raise NotAllowed
    before = {name: getattr(space, name) for name in FIELDS}
    was_confidential = space.confidential
    _apply(space, fields)
    changed = sorted(name for name in FIELDS if getattr(space, name) != before[name])
    if not changed:
        return space
    if space.confidential and not was_confidential and not animators_of(space).exists():
        raise LastAnimator
    if space.is_common and space.confidential:
        raise CommonSpace
    space.save()
    log.record("space.changed", space, by=by, fields=changed)
    emit("space.changed", space=space.pk, fields=changed)
    return space


@transaction.atomic
def archive(space: SubCommunity, *, by: User | None) -> None:
    """Close a space to newcomers and take it out of the lists; its members still read it.

    Raises `NotAllowed`, `CommonSpace`.
    """
    space = lock(space)
    if not can_configure(by, space):
        raise NotAllowed
    if space.is_common:
        raise CommonSpace
    if space.archived_at is None:
        space.archived_at = timezone.now()
        space.save(update_fields=["archived_at"])
        log.record("space.archived", space, by=by)
        emit("space.archived", space=space.pk)


@transaction.atomic
def reopen(space: SubCommunity, *, by: User | None) -> None:
    """Open an archived space again. Raises `NotAllowed`."""
    space = lock(space)
    if not can_configure(by, space):
        raise NotAllowed
    if space.archived_at is not None:
        space.archived_at = None
        space.save(update_fields=["archived_at"])
        log.record("space.reopened", space, by=by)
        emit("space.reopened", space=space.pk)


def touch(space_id: int) -> None:
    """Say that what is unread in the space may have changed: members' counters are stale."""
    SubCommunity.objects.filter(pk=space_id).update(activity=F("activity") + 1)


@transaction.atomic
def break_glass(space: SubCommunity, *, by: User, reason: str) -> BreakGlassGrant:
    """Let an administrator read a space for 24 hours; its animators are told at once.

    A grant that runs is answered again. Raises `NotAllowed`, `ReasonRequired`.
    """
    if not can_break_glass(by):
        raise NotAllowed
    if not reason.strip():
        raise ReasonRequired
    space = lock(space)
    running = BreakGlassGrant.objects.current().filter(user=by, space=space).first()
    if running is not None:
        return running
    grant = BreakGlassGrant.objects.create(
        user=by, space=space, reason=reason.strip(), expires_at=timezone.now() + GRANT
    )
    log.record("glass.broken", grant, by=by, reason=reason.strip())
    emit("glass.broken", grant=grant.pk)
    return grant
