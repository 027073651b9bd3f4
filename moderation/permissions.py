from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from community.models import SubCommunity
    from core.audience import Viewer
    from core.content import Kind


def can_report(obj: Any, viewer: Viewer) -> bool:
    """Whoever is signed in may ask that what she reads be looked at, her own text too (she may
    have said too much and be unable to edit it any more)."""
    return viewer.is_authenticated


def can_moderate_anything(user: Viewer) -> bool:
    """Whether the admin opens at all: animators, administrators, co-animators if so set."""
    from community.models import SubCommunity

    if not user.is_authenticated or not user.is_current:
        return False
    if user.is_animator or user.is_superuser:
        return True
    return SubCommunity.objects.moderated_by(user).exists()


def has_the_factor(user: Viewer) -> bool:
    """Whoever moderates, co-animators too, needs a second factor to open the admin, wherever the
    rule is not waived (demonstration)."""
    return not settings.SECOND_FACTOR_REQUIRED or getattr(user, "has_second_factor", False)


def possible(kind: Kind, target: Any, *, by: User) -> dict[str, Any]:
    """What `by` may decide of a reported object, and where she may move it, as `DecisionForm` takes
    them. What is there no more (`target` is None) can only be left as it is."""
    from community.models import SubCommunity
    from moderation.models import Report

    Outcome = Report.Outcome
    acts: list[str] = [Outcome.KEPT]
    spaces: QuerySet[SubCommunity] = SubCommunity.objects.none()
    if target is not None:
        if kind.destinations is not None:
            spaces = kind.destinations(target, by=by)
        can = {Outcome.HIDDEN: kind.hide, Outcome.LOCKED: kind.lock, Outcome.MOVED: spaces.exists()}
        acts += [outcome for outcome, able in can.items() if able]
    return {"acts": acts, "spaces": spaces}
