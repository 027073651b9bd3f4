"""Which taxonomies describe a document, by the name of the filter that reads them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TYPES = "types_ressource"
# Name in the address → the schemes whose words it takes.
FACETS: dict[str, tuple[str, ...]] = {
    "theme": ("types_intervention", "themes_gestion"),
    "determinant": ("facteurs_risque",),
    "public": ("publics",),
    "ordre": ("ordres_enseignement",),
    "region": ("regions",),
    "milieu": ("milieux", "marqueurs_territoire"),
}


# What each is called, in the order of the page.
LABELS: dict[str, str | Promise] = {
    "theme": _("Theme"),
    "determinant": _("Determinant"),
    "public": _("Audience"),
    "ordre": _("School level"),
    "region": _("Region"),
    "milieu": _("Setting"),
}


def facet_of(scheme: str) -> str | None:
    """The filter that takes the words of `scheme`, if one does."""
    return next((facet for facet, schemes in FACETS.items() if scheme in schemes), None)
