"""The frame of the admin: where an animator may go, and how much awaits her there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import MembershipRequest
from community.models import JoinRequest
from core.audience import State
from core.web import person
from library.models import Document
from moderation.models import Report
from practices.desk import awaiting


@dataclass(frozen=True)
class Place:
    """A list of the admin, in the side navigation: the name of its model, and what awaits."""

    model: str
    label: str | Promise
    icon: str
    waiting: Callable[[Any], int] | None = None


@dataclass(frozen=True)
class Link:
    """A place as it is drawn for one person."""

    label: str | Promise
    url: str
    icon: str
    count: int = 0
    current: bool = False


def _open_reports(user: Any) -> int:
    return Report.objects.open().moderated_by(user).count()


def _requests(user: Any) -> int:
    submitted = MembershipRequest.State.SUBMITTED
    return MembershipRequest.objects.moderated_by(user).filter(state=submitted).count()


def _join_requests(user: Any) -> int:
    return JoinRequest.objects.pending().moderated_by(user).count()


def _documents(user: Any) -> int:
    waiting = {"state": State.PENDING, "approval": Document.Approval.WAITING}
    return Document.objects.moderated_by(user).filter(**waiting).count()


PLACES = (
    Place("moderation.report", _("To look at"), "warning", _open_reports),
    Place("accounts.membershiprequest", _("Requests to join"), "building", _requests),
    Place("community.joinrequest", _("Entries into spaces"), "key", _join_requests),
    Place("forums.thread", _("Discussions"), "chat"),
    Place("library.document", _("Library"), "book", _documents),
    Place("practices.sheet", _("Practices"), "practice", awaiting),
    Place("accounts.user", _("Accounts"), "people"),
    Place("accounts.organisation", _("Organisations"), "place"),
    Place("accounts.invitation", _("Invitations"), "mail"),
    Place("community.subcommunity", _("Spaces"), "spaces"),
    Place("core.actionlog", _("Journal"), "clock"),
)


class Desk:
    """Computed as the template asks: a page without the frame (a popup, an answer to a script)
    costs nothing, one with it a query for each count."""

    def __init__(self, request: HttpRequest, site: AdminSite) -> None:
        self.request = request
        self.site = site

    @cached_property
    def links(self) -> list[Link]:
        """The console, then the lists that she may open."""
        return [self._console(), *self._lists()]

    def _console(self) -> Link:
        home = reverse("admin:index")
        path = self.request.path
        return Link(_("Console"), home, "home", current=path == home or "/console/" in path)

    def _lists(self) -> Iterator[Link]:
        by_name = {model._meta.label_lower: held for model, held in self.site._registry.items()}
        for place in PLACES:
            held = by_name.get(place.model)
            if held is None or not held.has_module_permission(self.request):
                continue
            url = list_of(held)
            count = place.waiting(person(self.request)) if place.waiting else 0
            here = self.request.path.startswith(url)
            yield Link(place.label, url, place.icon, count, here)


def list_of(held: ModelAdmin[Any]) -> str:
    """The address of the list of one kind of rows."""
    meta = held.model._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
