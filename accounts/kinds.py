"""People's profiles and organisations as kinds of content: reported, filed, linked like others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import indexed
from accounts.models import Organisation, Profile, User
from core import log
from core.audience import State
from core.content import Kind
from core.errors import NotAllowed

if TYPE_CHECKING:
    from core.audience import Viewer


def _set_aside(obj: Profile | Organisation, state: State, *, by: User, reason: str) -> None:
    if not obj.can_be_moderated_by(by):
        raise NotAllowed
    with transaction.atomic():
        obj.state = state
        obj.save(update_fields=["state"])
        name = obj._meta.model_name
        log.record(f"{name}.{state}", obj, by=by, reason=reason)
        if isinstance(obj, Profile):
            indexed.profile_changed(obj, narrowed=True)
        else:
            indexed.organisation_changed(obj, narrowed=True)


def hide(obj: Any, *, by: User, reason: str) -> None:
    """Set a profile or an organisation aside; its person keeps her account."""
    _set_aside(obj, State.HIDDEN, by=by, reason=reason)


def restore(obj: Any, *, by: User, reason: str) -> None:
    _set_aside(obj, State.PUBLISHED, by=by, reason=reason)


def _snapshot_of_profile(profile: Any) -> dict[str, Any]:
    return {"name": str(profile.owner), "bio": profile.bio}


def _snapshot_of_organisation(organisation: Any) -> dict[str, Any]:
    return {"name": organisation.name, "mission": organisation.mission}


def _title(obj: Any, viewer: Viewer) -> str:
    return str(obj)


MEMBER = Kind(
    name="member",
    model=Profile,
    label=_("Profile"),
    plural=_("Profiles"),
    icon="person",
    title=_title,
    author=lambda profile, viewer: profile.owner,
    snapshot=_snapshot_of_profile,
    row_template="accounts/people/row_member.html",
    indexed=indexed.MEMBERS,
    hide=hide,
    restore=restore,
)
ORGANISATION = Kind(
    name="organisation",
    model=Organisation,
    label=_("Organisation"),
    plural=_("Organisations"),
    icon="building",
    title=_title,
    author=lambda organisation, viewer: None,
    snapshot=_snapshot_of_organisation,
    row_template="accounts/people/row_organisation.html",
    indexed=indexed.ORGANISATIONS,
    hide=hide,
    restore=restore,
)
