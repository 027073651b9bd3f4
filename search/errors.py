"""Why a search is not kept, followed or opened."""

from django.utils.translation import gettext_lazy as _

from core.errors import Invalid, NotAllowed


class NoSuchSpace(LookupError):
    """The space to search in is unknown or invisible: alike, as everywhere."""


class NothingToKeep(Invalid):
    """A search that asks nothing, or says too much for an address."""

    message = _("Search for something first, in a few words.")


class TooManySaved(NotAllowed):
    message = _("You have as many saved searches as can be kept. Delete one first.")


class StaysInside(NotAllowed):
    """Of a space whose content does not leave the site."""

    message = _("What is in this space does not leave it: neither by e-mail nor by feed.")
