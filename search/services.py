"""Saved searches: kept, named, followed by mail or by feed, forgotten; each its person's alone."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from search.errors import NothingToKeep, StaysInside, TooManySaved
from search.forms import NAME_LENGTH
from search.models import SavedSearch

if TYPE_CHECKING:
    from accounts.models import User
    from search.wanted import Wanted

MOST = 50
LONGEST = 1500  # of `SavedSearch.query`
KEY_BYTES = 32  # 43 letters in an address


@transaction.atomic
def save_search(wanted: Wanted, *, by: User, name: str, by_mail: bool = False) -> SavedSearch:
    """Keep a search; one that is already kept takes the new name.

    Raises `NothingToKeep`, `TooManySaved`, and `StaysInside` for a mail about a space whose
    content leaves the site by none.
    """
    query = wanted.address()
    if not wanted.query or len(query) > LONGEST:
        raise NothingToKeep
    others = SavedSearch.objects.filter(user=by).exclude(query=query)
    if others.count() >= MOST:
        raise TooManySaved
    saved, _new = SavedSearch.objects.update_or_create(
        user=by, query=query, defaults={"name": name[:NAME_LENGTH]}
    )
    if by_mail:
        follow_by_mail(saved, wanted, by=by)
    return saved


@transaction.atomic
def rename_search(saved: SavedSearch, *, by: User, name: str) -> None:
    _own(saved, by).update(name=name[:NAME_LENGTH])


@transaction.atomic
def forget_search(saved: SavedSearch, *, by: User) -> None:
    """Its feed answers no more, its mail comes no more."""
    _own(saved, by).delete()


@transaction.atomic
def follow_by_mail(saved: SavedSearch, wanted: Wanted, *, by: User) -> None:
    """Tell her each week what is new from now on. Raises `StaysInside`."""
    if wanted.stays_inside:
        raise StaysInside
    _own(saved, by).filter(by_mail=False).update(by_mail=True, told_at=timezone.now())


@transaction.atomic
def stop_mail(saved: SavedSearch, *, by: User) -> None:
    _own(saved, by).update(by_mail=False)


@transaction.atomic
def stop_all_mail(*, by: User) -> None:
    """No search of hers comes by mail any more. Always allowed."""
    SavedSearch.objects.filter(user=by).update(by_mail=False)


@transaction.atomic
def open_feed(saved: SavedSearch, wanted: Wanted, *, by: User) -> str:
    """A new address for its feed, which it answers; an earlier one is dead. Raises
    `StaysInside`."""
    if wanted.stays_inside:
        raise StaysInside
    key = secrets.token_urlsafe(KEY_BYTES)
    _own(saved, by).update(key=key)
    return key


@transaction.atomic
def close_feed(saved: SavedSearch, *, by: User) -> None:
    _own(saved, by).update(key=None)


def _own(saved: SavedSearch, by: User):  # type: ignore[no-untyped-def]
    return SavedSearch.objects.filter(pk=saved.pk, user=by)
