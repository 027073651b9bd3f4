"""The frame around a member's page: where she may go, her spaces, what the house asks of her."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.adapter import needs_second_factor
from accounts.models import User
from community.counters import refresh_unread
from community.models import Membership, SubCommunity
from core.content import UNREAD_CEILING
from home import conduct

TABS = 5


@dataclass(frozen=True)
class NavItem:
    label: str
    url: str
    icon: str
    count: int | str = 0
    current: bool = False


@dataclass(frozen=True)
class SpaceLink:
    name: str
    url: str
    hue: str
    icon: str
    confidential: bool
    unread: int | str
    current: bool


@dataclass(frozen=True)
class Notice:
    text: str
    url: str = ""
    level: str = "info"


def capped(count: int) -> int | str:
    """A kept count as it is shown: the exact number, or that there are more."""
    return f"{UNREAD_CEILING}+" if count >= UNREAD_CEILING else count


class Shell:
    """Computed as the templates ask, so that a page without the frame costs nothing.

    The frame of a member's page costs one query (her memberships and their spaces), and two more
    when something happened in one of them since her counters were kept.
    """

    # How many notices wait for her, on a page that counted them: it would cost a query.
    noticed = 0

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def user(self) -> User | None:
        user = self.request.user
        return user if user.is_authenticated else None

    @cached_property
    def memberships(self) -> list[Membership]:
        """Her current stays in spaces that are not archived, with the spaces, counters fresh."""
        if self.user is None:
            return []
        stays = (
            Membership.objects.current()
            .filter(user=self.user, space__archived_at=None)
            .select_related("space")
            .order_by("space__position", "space__name")
        )
        found = list(stays)
        refresh_unread(self.user, found)
        return found

    @property
    def my_spaces(self) -> list[SubCommunity]:
        return [stay.space for stay in self.memberships]

    @cached_property
    def unread(self) -> int | str:
        return capped(sum(stay.unread_threads for stay in self.memberships))

    @cached_property
    def nav(self) -> list[NavItem]:
        if self.user is None:
            return []
        items: list[tuple[str, str, str, Callable[[], int | str]]] = [
            (_("Home"), "home:landing", "home", lambda: 0),
            (_("Discussions"), "forums:threads", "chat", lambda: self.unread),
            (_("Library"), "library:index", "book", lambda: 0),
            (_("Practices"), "practices:index", "practice", lambda: 0),
            (_("Communities"), "community:index", "spaces", lambda: 0),
        ]
        if not self.user.is_guest:
            items.append((_("Members"), "accounts:members", "people", lambda: 0))
        items.append((_("Organisations"), "accounts:organisations", "building", lambda: 0))
        return [
            NavItem(label, url := reverse(name), icon, count(), self._is_current(url))
            for label, name, icon, count in items
        ]

    def _is_current(self, url: str) -> bool:
        here = self.request.path
        return here == url if url == reverse("home:landing") else here.startswith(url)

    @property
    def tabs(self) -> list[NavItem]:
        """What stands at the foot of a phone, in short words; more would be too narrow for a
        finger."""
        short = {reverse("community:index"): pgettext("tab", "Spaces")}
        return [replace(one, label=short.get(one.url, one.label)) for one in self.nav[:TABS]]

    @property
    def beyond_tabs(self) -> list[NavItem]:
        """What a phone has in the member's menu instead."""
        return self.nav[TABS:]

    @cached_property
    def spaces(self) -> list[SpaceLink]:
        return [
            SpaceLink(
                name=stay.space.name,
                url=(url := reverse("community:space", args=(stay.space.slug,))),
                hue=stay.space.hue,
                icon=stay.space.icon,
                confidential=stay.space.confidential,
                unread=capped(stay.unread_threads),
                current=self.request.path.startswith(url),
            )
            for stay in self.memberships
        ]

    @cached_property
    def animator(self) -> bool:
        """Whether the admin has something for her."""
        if self.user is None:
            return False
        if self.user.is_animator or self.user.is_superuser:
            return True
        Role = Membership.Role
        return settings.COANIMATION and any(
            stay.role == Role.COANIMATION for stay in self.memberships
        )

    @cached_property
    def notices(self) -> list[Notice]:
        if self.user is None or self.request.path == reverse("home:conduct"):
            return []
        if self._secures_first():
            return []
        if not conduct.has_accepted(self.request):
            text = _("Before you go further, read the code of conduct and accept it.")
            return [Notice(text, reverse("home:conduct"), "warning")]
        here = reverse("notifications:preferences")
        if self.user.mail_stopped_at is None or self.request.path == here:
            return []
        text = _("Our e-mails to you come back: we stopped writing. See what you can do.")
        return [Notice(text, here, "warning")]

    def _secures_first(self) -> bool:
        """Whether a second factor is asked of her before anything else: one thing at a time."""
        user = self.user
        return (
            user is not None
            and needs_second_factor(user)
            and not getattr(user, "has_second_factor", False)
        )


def shell_of(request: HttpRequest) -> Shell:
    """The one shell of this request, for its view and its templates."""
    found = getattr(request, "_shell", None)
    if found is None:
        found = request._shell = Shell(request)  # type: ignore[attr-defined]
    return cast(Shell, found)
