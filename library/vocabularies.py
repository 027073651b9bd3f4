"""Which taxonomies describe a document, by the name of the filter that reads them."""

from __future__ import annotations

from core import terms

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


def words(facet: str) -> dict[str, str]:
    """The words offered by a filter, code → label."""
    return {code: label for name in FACETS[facet] for code, label in terms.scheme(name).items()}


def facet_of(scheme: str) -> str | None:
    """The filter that takes the words of `scheme`, if one does."""
    return next((facet for facet, schemes in FACETS.items() if scheme in schemes), None)
