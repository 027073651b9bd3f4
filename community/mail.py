"""The mails about entering a space, and about whoever was let into one exceptionally."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from community.models import BreakGlassGrant, JoinRequest, SubCommunity
from community.permissions import animators_of
from core.events import on
from core.mail import Message, message, queue, queue_many
from core.models import OutgoingMail
from core.site import absolute

State = JoinRequest.State


def _said(space: SubCommunity) -> str:
    """The space's name, which a confidential one keeps for its own pages."""
    if space.confidential:
        return _("a confidential space")
    return _("“%(name)s”") % {"name": space.name}


def _page(space: SubCommunity, name: str) -> str:
    """The address of a page of the space; for a confidential one, whose address names it too, the
    list where the person finds it."""
    if space.confidential:
        return absolute(reverse("community:index"))
    return absolute(reverse(f"community:{name}", args=(space.slug,)))


def _request_of(mail: OutgoingMail) -> JoinRequest | None:
    rows = JoinRequest.objects.select_related("space", "user")
    return rows.filter(pk=mail.object_id or 0).first()


@on("join.asked")
def tell_animators(payload: dict[str, Any]) -> None:
    request = JoinRequest.objects.select_related("space").filter(pk=payload["join_request"]).first()
    if request is not None and request.state == State.PENDING:
        key = f"join_asked:{request.pk}"
        queue_many("join_asked", to=animators_of(request.space), about=request, dedupe=key)


@message("join_asked")
def join_asked(mail: OutgoingMail) -> Message | None:
    """To each animator of the space, while the request waits."""
    request = _request_of(mail)
    if request is None or request.state != State.PENDING or mail.recipient is None:
        return None
    mine = JoinRequest.objects.moderated_by(mail.recipient)
    if not mine.filter(pk=request.pk).exists():
        return None
    return Message(
        context={
            "space": _said(request.space),
            "url": absolute(reverse("admin:community_joinrequest_change", args=(request.pk,))),
        },
        why=_("You animate this space."),
    )


@on("join.decided")
@on("join.invited")
def tell_person(payload: dict[str, Any]) -> None:
    request = JoinRequest.objects.select_related("user").filter(pk=payload["join_request"]).first()
    if request is None:
        return
    name = "join_invited" if request.state == State.INVITED else "join_decided"
    queue(name, to=request.user, about=request, dedupe=f"{name}:{request.pk}")


@message("join_decided")
def join_decided(mail: OutgoingMail) -> Message | None:
    """To whoever asked; the animators' answer is read on the page."""
    request = _request_of(mail)
    if request is None or request.state not in (State.ACCEPTED, State.REFUSED):
        return None
    name = "space" if request.state == State.ACCEPTED else "join"
    return Message(
        context={
            "accepted": request.state == State.ACCEPTED,
            "space": _said(request.space),
            "answered": bool(request.answer),
            "url": _page(request.space, name),
        },
        why=_("You asked to join a space."),
    )


@message("join_invited")
def join_invited(mail: OutgoingMail) -> Message | None:
    """To a person invited into a space, while the invitation stands."""
    request = _request_of(mail)
    if request is None or request.state != State.INVITED:
        return None
    return Message(
        context={
            "space": _said(request.space),
            "url": _page(request.space, "join"),
        },
        why=_("The animators of a space invite you."),
    )


@on("glass.broken")
def tell_of_grant(payload: dict[str, Any]) -> None:
    grant = BreakGlassGrant.objects.select_related("space").filter(pk=payload["grant"]).first()
    if grant is not None:
        animators = animators_of(grant.space).exclude(pk=grant.user_id)
        queue_many("glass_broken", to=animators, about=grant, dedupe=f"glass_broken:{grant.pk}")


@message("glass_broken")
def glass_broken(mail: OutgoingMail) -> Message | None:
    """To each animator of a space that an administrator was let into."""
    grants = BreakGlassGrant.objects.select_related("space", "user")
    grant = grants.filter(pk=mail.object_id or 0).first()
    if grant is None or mail.recipient is None:
        return None
    if not animators_of(grant.space).filter(pk=mail.recipient.pk).exists():
        return None
    return Message(
        context={
            "who": grant.user.full_name,
            "space": _said(grant.space),
            "until": grant.expires_at,
            "url": absolute(reverse("admin:community_breakglassgrant_change", args=(grant.pk,))),
        },
        why=_("You animate this space."),
    )
