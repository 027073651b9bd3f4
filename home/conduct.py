"""The code of conduct is accepted at the first sign-in, and again when a new version comes."""

from __future__ import annotations

from django.core.cache import caches
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest

from accounts.models import User
from community.models import Charter, CharterAcceptance
from core.web import person

# In the session: the version that this person accepted.
ACCEPTED = "conduct"
# The version in force, kept by each process: it is asked at every request.
CACHE_KEY = "conduct"
SECONDS = 60
NONE = 0


def current_version() -> int:
    """The version of the code of conduct in force; 0 while there is none."""
    version = caches["local"].get(CACHE_KEY)
    if version is None:
        code = current()
        version = code.version if code else NONE
        caches["local"].set(CACHE_KEY, version, SECONDS)
    return int(version)


def current() -> Charter | None:
    return Charter.objects.filter(space=None).order_by("-version").first()


def has_accepted(request: HttpRequest) -> bool:
    """Whether the person signed in accepted the version in force: asked of the database once a
    session, or when a new version comes."""
    version = current_version()
    if version == NONE or request.session.get(ACCEPTED) == version:
        return True
    accepted = CharterAcceptance.objects.filter(
        user=person(request), charter__space=None, charter__version=version
    )
    if accepted.exists():
        remember(request, version)
        return True
    return False


def accepted_before(user: User) -> bool:
    """Whether she accepted an earlier version: it is the text that changed, not she who is new."""
    return CharterAcceptance.objects.filter(user=user, charter__space=None).exists()


def remember(request: HttpRequest, version: int) -> None:
    request.session[ACCEPTED] = version


def _forget(**_also: object) -> None:
    caches["local"].delete(CACHE_KEY)


post_save.connect(_forget, sender=Charter, dispatch_uid="conduct.forget")
post_delete.connect(_forget, sender=Charter, dispatch_uid="conduct.forget")
