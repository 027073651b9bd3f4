"""The documents of the file, as real files that hold their text, in the library."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Organisation, User
from community.models import SubCommunity
from core import files
from core.models import StoredFile, Term
from home.demo import clock
from home.demo.papers import Paper, Section, docx, pdf, xlsx
from home.founding import source
from library.models import Document, Download, Licence, Version
from library.services.deposit import deposit_document

MAKERS = {"pdf": pdf, "docx": docx, "xlsx": xlsx}
# The file's words for what others may do. « Libre de droits » is said there of a use.
LICENCES = {
    "Partage dans la communauté, adaptation permise avec mention de la source": Licence.COMMUNITY,
    "Libre de droits pour les organismes communautaires": Licence.CC_BY_NC,
    "Libre de droits à des fins éducatives": Licence.CC_BY_NC,
}
THEMES = ("types_intervention", "themes_gestion")
# What a paragraph begins with may be its heading: « Onglet 2 – Clés de répartition. Deux clés… »,
# « Jour 5 – Relisez… », « Nos limites : la recension… ».
HEADED = re.compile(
    r"((?:Onglet|Article|Annexe) \w+ – [^.]+)\. |([^.–]{3,22}) – "
    r"|((?:Nos|Ce que nous|Exemple|Déroulement|Pourquoi) [^:?.]{3,40}(?:\u00a0:|\?)) "
)


def add_documents(
    people: dict[str, User],
    spaces: dict[str, SubCommunity],
    organisations: dict[str, Organisation],
) -> None:
    """The 12 documents, each deposited by its person on its day, with its file."""
    schemes = _schemes()
    for entry in source()["documents"]:
        by = people[entry["depose_par_id"]]
        publisher = organisations[entry["organisme_auteur_id"]]
        document = deposit_document(
            by=by,
            file=_file(entry, publisher, by),
            title=entry["titre"],
            authors=entry["auteurs"],
            publisher=publisher,
            abstract=entry["resume"],
            issued=str(entry["annee"]),
            type=entry["type"],
            language=entry["langue"],
            licence=LICENCES[entry["licence"]],
            rights_holder=publisher.name,
            level=entry["visibilite"],
            space=spaces.get(entry.get("sous_communaute_id", "")),
            terms=_terms(entry, schemes),
            tags=entry["mots_cles"],
        )
        _date(document, entry)
        _count_downloads(document, entry["telechargements"])


def _schemes() -> dict[str, str]:
    """The taxonomy of each theme."""
    rows = Term.objects.filter(scheme__in=THEMES).values_list("code", "scheme")
    return dict(rows)


def _terms(entry: dict[str, Any], schemes: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"publics": entry["publics"]}
    for theme in entry["themes"]:
        found.setdefault(schemes[theme], []).append(theme)
    return found


# ---------------------------------------------------------------------------------- the file


def _file(entry: dict[str, Any], publisher: Organisation, by: User) -> StoredFile:
    content = MAKERS[entry["format"]](paper(entry, publisher.name))
    # The name of a file is the short form of a title.
    name = re.split(r"\s*:", entry["titre"])[0]
    return files.accept(SimpleUploadedFile(f"{name}.{entry['format']}", content), by=by)


def paper(entry: dict[str, Any], publisher: str) -> Paper:
    """What the file of an entry says: its abstract, then a page for each paragraph of its text."""
    sections = [Section("Résumé", (entry["resume"],))]
    sections += [_section(paragraph) for paragraph in entry["extrait"].split("\n\n")]
    return Paper(
        title=entry["titre"],
        authors=entry["auteurs"],
        publisher=publisher,
        year=entry["annee"],
        language=entry["langue"],
        sections=tuple(sections),
        short=entry["nb_pages"] == 1,
    )


def _section(paragraph: str) -> Section:
    headed = HEADED.match(paragraph)
    if headed is None:
        return Section("", (paragraph,))
    heading = headed.group(headed.lastindex or 0).removesuffix("\u00a0:")
    text = paragraph[headed.end() :]
    return Section(heading, (text[0].upper() + text[1:],))


# --------------------------------------------------------------------------- days and counts


def _date(document: Document, entry: dict[str, Any]) -> None:
    """Bring the deposit back to its day."""
    moment = clock.moment(entry["depose_le"])
    Document.objects.filter(pk=document.pk).update(created_at=moment, updated_at=moment)
    Version.objects.filter(document=document).update(created_at=moment)
    document.created_at = moment


def _count_downloads(document: Document, count: int) -> None:
    """The downloads of the file, over the months since its deposit."""
    months = _months(timezone.localdate(document.created_at), timezone.localdate())
    share, rest = divmod(count, len(months))
    Download.objects.bulk_create(
        Download(document=document, month=month, count=share + (place < rest))
        for place, month in enumerate(months)
    )
    Document.objects.filter(pk=document.pk).update(download_count=count)


def _months(first: date, last: date) -> list[date]:
    found = [first.replace(day=1)]
    while found[-1] < last.replace(day=1):
        found.append((found[-1].replace(day=28) + timedelta(days=7)).replace(day=1))
    return found
