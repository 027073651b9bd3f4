"""The columns of a table of documents: what an export writes, an import reads
(docs/library-metadata.md)."""

from __future__ import annotations

# Column → field of the document. Codes and labels are both read; labels are written.
WORDS = {
    "titre": "title",
    "autre_titre": "alternative",
    "auteurs": "authors",
    "organisme": "publisher_name",
    "resume": "abstract",
    "date": "issued",
    "etendue": "extent",
    "periode": "period",
    "isbn": "isbn",
    "doi": "doi",
    "lien": "link",
    "source": "source",
    "titulaire": "rights_holder",
}
DATES = {"embargo": "embargo_until", "revision": "review_on"}
CHOICES = {"type": "type", "langue": "language", "licence": "licence", "visibilite": "level"}
# Several in a cell, separated by a bar.
TERMS = {
    "determinants": ("facteurs_risque",),
    "themes": ("types_intervention", "themes_gestion"),
    "publics": ("publics",),
    "ordres": ("ordres_enseignement",),
    "regions": ("regions",),
    "milieux": ("milieux", "marqueurs_territoire"),
}
FILE, CONTRIBUTORS, TAGS, SPACE = "fichier", "collaborations", "mots_cles", "espace"
BAR = " | "
