"""One box for three lists: a member, an organisation, a thread.

It asks what the lists themselves ask, each with its own search and its own limits: what an
animator does not find there, she does not find here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from forums.models import Thread
from moderation.desk import list_of

EACH = 8
LONGEST = 100

SEARCHED: tuple[tuple[type[Any], str | Promise, str], ...] = (
    (User, _("Members"), "person"),
    (Organisation, _("Organisations"), "building"),
    (Thread, _("Threads"), "chat"),
)


@dataclass(frozen=True)
class Hit:
    """A row that was found: its name, where it is changed, a word on it."""

    title: str
    url: str
    detail: str


@dataclass(frozen=True)
class Found:
    """What one list answers: its first rows, and where all of them are when there are more."""

    label: str | Promise
    icon: str
    hits: list[Hit]
    all_url: str = ""


def find(request: HttpRequest, site: AdminSite, words: str) -> list[Found]:
    """What the lists that this person opens have for `words`; one query a list."""
    words = words.strip()[:LONGEST]
    lists = [one for one in SEARCHED if _open(request, site, one[0])]
    return [_ask(request, site, *one, words=words) for one in lists]


def _open(request: HttpRequest, site: AdminSite, model: type[Any]) -> bool:
    held = site._registry.get(model)
    return held is not None and held.has_module_permission(request)


def _ask(
    request: HttpRequest,
    site: AdminSite,
    model: type[Any],
    label: str | Promise,
    icon: str,
    *,
    words: str,
) -> Found:
    held: Any = site._registry[model]
    rows = held.get_queryset(request).select_related(*(held.list_select_related or ()))
    rows, twice = held.get_search_results(request, rows, words)
    found = list((rows.distinct() if twice else rows)[: EACH + 1]) if words else []
    more = f"{list_of(held)}?{urlencode({'q': words})}" if len(found) > EACH else ""
    return Found(label, icon, [_hit(row) for row in found[:EACH]], more)


def _hit(row: Any) -> Hit:
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    url = reverse(name, args=(row.pk,))
    if isinstance(row, User):
        return Hit(row.full_name, url, str(row.organisation or row.email))
    if isinstance(row, Thread):
        return Hit(row.title, url, row.space.name)
    return Hit(str(row), url, row.municipality)
