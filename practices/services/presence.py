"""Who has a section open: said to those who open it too, forgotten after a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from core.schedule import daily
from practices.models import Presence, Sheet

if TYPE_CHECKING:
    from accounts.models import User

HERE = timedelta(minutes=1)


def be_present(sheet: Sheet, section: str, *, by: User) -> None:
    """Her page says that she has the section open. The caller has checked that she may."""
    Presence.objects.update_or_create(
        sheet=sheet, section=section, user=by, defaults={"seen_at": timezone.now()}
    )


def leave(sheet: Sheet, section: str, *, by: User) -> None:
    """She saved the section and went elsewhere."""
    Presence.objects.filter(sheet=sheet, section=section, user=by).delete()


def others_present(sheet: Sheet, section: str, *, but: User) -> list[User]:
    """The others who have it open now, who came last first. One query."""
    rows = Presence.objects.filter(
        sheet=sheet, section=section, seen_at__gt=timezone.now() - HERE
    ).exclude(user=but)
    return [row.user for row in rows.select_related("user").order_by("-seen_at")]


@daily(hour=3, name="practices.forget_presences")
def forget_presences() -> None:
    """Erase those that nobody counts any more."""
    Presence.objects.filter(seen_at__lte=timezone.now() - HERE).delete()
