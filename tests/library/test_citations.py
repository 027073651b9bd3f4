"""A document in the formats of reference managers: each checked whole, and by its own grammar."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from core.models import Term
from library.exchange import citations, names
from library.exchange.citations import bibtex
from library.exchange.names import Name
from library.exchange.record import Record, record_of, with_words
from library.models import Document
from library.services.deposit import add_version
from tests.library.conftest import make_document, make_file

WORDS: dict[str, Any] = {
    "title": "Revenir en classe après une suspension\u00a0: guide & outils",
    "alternative": "La rencontre de retour",
    "authors": "Maude Tremblay-Roy; Équipe de l’alternative à la suspension",
    "publisher_name": "Le Phare des Battures",
    "contributors": [
        {"name": "Réal Lavoie", "role": "edt"},
        {"name": "Naïma Belkacem", "role": "trl"},
        {"name": "Odile de la Durantaye", "role": "aut"},
    ],
    "abstract": "Préparer, tenir et suivre la rencontre\u00a0; 100 % utile {vraiment}.\n\nSuite.",
    "issued": "2025-05-01",
    "isbn": "978-2-1234-5680-3",
    "doi": "https://doi.org/10.1234/abc_d",
    "licence": "cc-by",
    "rights_holder": "Le Phare",
    "tags": ["suspension", "médiation"],
    "level": "public",
}

BIBTEX = r"""@book{tremblayroy2025-%(pk)s,
  author = {Tremblay-Roy, Maude and {{\'E}quipe de l'alternative {\`a} la suspension} and de la Durantaye, Odile},
  editor = {Lavoie, R{\'e}al},
  translator = {Belkacem, Na{\"i}ma},
  title = {{Revenir en classe apr{\`e}s une suspension~: guide \& outils}},
  titleaddon = {La rencontre de retour},
  publisher = {{Le Phare des Battures}},
  year = {2025},
  type = {Guide},
  version = {r{\'e}vis{\'e}e},
  isbn = {978-2-1234-5680-3},
  doi = {10.1234/abc_d},
  url = {http://localhost:8000/bibliotheque/%(pk)s-revenir-en-classe-apres-une-suspension-guide-outils/},
  language = {french},
  keywords = {m{\'e}diation, suspension},
  abstract = {Pr{\'e}parer, tenir et suivre la rencontre~; 100 \%% utile \{vraiment\}. Suite.},
  copyright = {CC BY 4.0 --- https://creativecommons.org/licenses/by/4.0/ --- {\copyright} Le Phare},
  month = may,
  day = {1},
}
"""  # noqa: E501

RIS = """TY  - BOOK
ID  - document-%(pk)s
AU  - Tremblay-Roy, Maude
AU  - Équipe de l’alternative à la suspension
AU  - de la Durantaye, Odile
A2  - Lavoie, Réal
A4  - Belkacem, Naïma
TI  - Revenir en classe après une suspension : guide & outils
ST  - La rencontre de retour
PY  - 2025
DA  - 2025/05/01
PB  - Le Phare des Battures
M3  - Guide
ET  - révisée
SN  - 978-2-1234-5680-3
DO  - 10.1234/abc_d
UR  - http://localhost:8000/bibliotheque/%(pk)s-revenir-en-classe-apres-une-suspension-guide-outils/
LA  - fr-CA
KW  - médiation
KW  - suspension
AB  - Préparer, tenir et suivre la rencontre ; 100 %% utile {vraiment}. Suite.
N1  - CC BY 4.0 — https://creativecommons.org/licenses/by/4.0/ — © Le Phare
ER  -\x20
"""

CSL: dict[str, Any] = {
    "type": "book",
    "title": "Revenir en classe après une suspension\u00a0: guide & outils",
    "title-short": "La rencontre de retour",
    "author": [
        {"family": "Tremblay-Roy", "given": "Maude"},
        {"literal": "Équipe de l’alternative à la suspension"},
        {"family": "de la Durantaye", "given": "Odile"},
    ],
    "editor": [{"family": "Lavoie", "given": "Réal"}],
    "translator": [{"family": "Belkacem", "given": "Naïma"}],
    "issued": {"date-parts": [[2025, 5, 1]]},
    "publisher": "Le Phare des Battures",
    "genre": "Guide",
    "version": "révisée",
    "language": "fr-CA",
    "ISBN": "978-2-1234-5680-3",
    "DOI": "10.1234/abc_d",
    "abstract": "Préparer, tenir et suivre la rencontre\u00a0; 100 % utile {vraiment}.\n\nSuite.",
    "keyword": "médiation, suspension",
    "license": "CC BY 4.0 — https://creativecommons.org/licenses/by/4.0/ — © Le Phare",
    "source": "Ancrage",
}


@pytest.fixture
def guide(library) -> Document:
    """A public guide in its second version, with everything that can be said of a document."""
    document = make_document(library.maude, **WORDS)
    add_version(document, by=library.maude, file=make_file(library.maude), label="révisée")
    # The space that keeps a colon to its word.
    Document.objects.filter(pk=document.pk).update(title=WORDS["title"])
    return document


def record(document: Document) -> Record:
    return record_of(with_words(Document.objects.filter(pk=document.pk)).get())


def cite(browser, document: Document, format: str) -> Any:
    return browser.get(reverse("library:citation", args=(document.pk, format)))


# --------------------------------------------------------------------------------- the formats


def test_bibtex_has_every_field_in_plain_ascii(guide, as_) -> None:
    answer = cite(as_(None), guide, "bib")

    assert answer.content.decode("ascii") == BIBTEX % {"pk": guide.pk}
    assert answer.headers["Content-Type"].startswith("application/x-bibtex")
    assert f"document-{guide.pk}.bib" in answer.headers["Content-Disposition"]


def test_ris_has_every_field(guide, as_) -> None:
    said = cite(as_(None), guide, "ris").content.decode()

    # No-break spaces are folded by the format's own rule of one space.
    assert said == (RIS % {"pk": guide.pk}).replace("\n", "\r\n")


def test_csl_json_has_every_field(guide, as_) -> None:
    (item,) = json.loads(cite(as_(None), guide, "json").content)

    assert item.pop("id") == f"document-{guide.pk}"
    assert item.pop("URL").endswith(f"/bibliotheque/{guide.pk}-{guide.slug}/")
    assert item == CSL


def test_a_citation_reads_as_a_sentence(guide) -> None:
    with translation.override("fr-ca"):
        said = citations.sentence(record(guide))

    assert said == (
        "Tremblay-Roy, M., Équipe de l’alternative à la suspension et de la Durantaye, O. "
        "(2025, 1er mai). Revenir en classe après une suspension\u00a0: guide & outils "
        "(version\u00a0révisée) [Guide]. Le Phare des Battures. https://doi.org/10.1234/abc_d"
    )


# --------------------------------------------------------------------------------- the grammars


def entry_of(text: str) -> dict[str, str]:
    """The fields of one BibTeX entry, read with its own rule of braces. Fails on what no TeX
    would read: a brace that does not close, a bare special character, a field given twice."""
    head = re.match(r"@(\w+)\{([A-Za-z0-9-]+),\n", text)
    assert head, text
    found: dict[str, str] = {}
    rest = text[head.end() :]
    while not rest.startswith("}"):
        field = re.match(r"  (\w+) = ", rest)
        assert field, rest
        value, depth = "", 0
        for char in rest[field.end() :]:
            escaped = value.endswith("\\")
            depth += (char == "{" and not escaped) - (char == "}" and not escaped)
            if char == "," and depth == 0:
                break
            value += char
        assert depth == 0, rest
        assert field[1] not in found
        if field[1] not in ("url", "doi"):
            assert not re.search(r"(?<!\\)[&%#$_]", value), value
        found[field[1]] = value
        rest = rest[field.end() + len(value) + 2 :]
    assert rest == "}\n"
    return found


HOSTILE = (
    "Un \\ titre {ouvert et } fermé",
    "100 % de 5 $ & #1 a_b ^c ~d",
    "« Guillemets »… « œuvre » – Noël — l’été n° 3",
    "ᐃᓄᒃᑎᑐᑦ et Ḥassān",
    "fin avec barre\\",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_bibtex_stays_whole_whatever_the_title_holds(library, title) -> None:
    document = make_document(library.maude, title=title)
    fields = entry_of(bibtex.write(record(document)))

    assert fields["title"].startswith("{{")
    assert fields["title"].endswith("}}")


@pytest.mark.parametrize("title", HOSTILE)
def test_ris_stays_whole_whatever_the_title_holds(library, title) -> None:
    document = make_document(library.maude, title=title, abstract="Une ligne\nER  - \n\x07fin")
    lines = citations.FORMATS["ris"].write(record(document)).split("\r\n")

    assert lines[0].startswith("TY  - ")
    assert lines[-2:] == ["ER  - ", ""]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - [^\r\n\x00-\x1f]*", line) for line in lines[:-1])
    assert [line[:2] for line in lines].count("ER") == 1
    assert f"TI  - {title}" in lines


CSL_TYPES = {
    "article", "article-journal", "book", "broadcast", "document", "motion_picture", "report",
    "speech", "webpage",
}  # fmt: skip


def test_every_type_of_the_list_has_its_word_in_each_format(library) -> None:
    """A few per format: the words are those of the schemas, not ours."""
    document = make_document(library.maude)
    for code in ("recherche", "guide", "video", "balado", "presentation", "article", "autre"):
        Term.objects.get_or_create(scheme="types_ressource", code=code, defaults={"label": code})
        Document.objects.filter(pk=document.pk).update(type=code)
        found = record(document)
        (item,) = json.loads(citations.FORMATS["json"].write(found))
        assert item["type"] in CSL_TYPES, code
        ris_type = citations.FORMATS["ris"].write(found)[6:].partition("\r")[0]
        assert ris_type in {"BOOK", "ELEC", "GEN", "RPRT", "SLIDE", "SOUND", "VIDEO"}, code
        assert re.match(r"@(book|misc|techreport)\{", bibtex.write(found)), code


@pytest.mark.parametrize(
    ("issued", "parts", "ris", "tex"),
    [
        ("2024", [2024], "2024//", []),
        ("2024-12", [2024, 12], "2024/12/", ["month = dec"]),
        ("2024-12-31", [2024, 12, 31], "2024/12/31", ["month = dec", "day = {31}"]),
    ],
)
def test_a_date_is_as_precise_as_it_is_known(library, issued, parts, ris, tex) -> None:
    found = record(make_document(library.maude, issued=issued))
    (item,) = json.loads(citations.FORMATS["json"].write(found))
    entry = [line.strip(" ,") for line in bibtex.write(found).splitlines()]

    assert item["issued"] == {"date-parts": [parts]}
    assert f"DA  - {ris}\r\n" in citations.FORMATS["ris"].write(found)
    assert [line for line in entry if line.startswith(("month", "day"))] == tex


# ----------------------------------------------------------------------------------- the names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maude Tremblay", [Name(family="Tremblay", given="Maude")]),
        ("Tremblay, Maude", [Name(family="Tremblay", given="Maude")]),
        (
            "Maude Tremblay et Réal Lavoie",
            [Name(family="Tremblay", given="Maude"), Name(family="Lavoie", given="Réal")],
        ),
        (
            "Tremblay, Maude; Lavoie, Réal",
            [Name(family="Tremblay", given="Maude"), Name(family="Lavoie", given="Réal")],
        ),
        ("Marie-Ève d’Auteuil", [Name(family="d’Auteuil", given="Marie-Ève")]),
        ("Luc van der Meer", [Name(family="van der Meer", given="Luc")]),
        ("Racines et Relais", [Name(literal="Racines et Relais")]),
        ("Équipe de la relance", [Name(literal="Équipe de la relance")]),
        ("L’Établi des apprentis", [Name(literal="L’Établi des apprentis")]),
        ("Le Phare des Battures", [Name(literal="Le Phare des Battures")]),
        ("Ministère de l’Éducation, Québec", [Name(literal="Ministère de l’Éducation, Québec")]),
        ("ROCQLD", [Name(literal="ROCQLD")]),
        ("Cohorte 2024", [Name(literal="Cohorte 2024")]),
        ("", []),
    ],
)
def test_people_and_bodies_are_told_apart(text, expected) -> None:
    assert list(names.parse(text)) == expected


def test_the_publisher_s_name_is_never_cut_in_two() -> None:
    assert names.parse("Aurore Boréale") == (Name(family="Boréale", given="Aurore"),)
    assert names.parse("Aurore Boréale", bodies=("AURORE BORÉALE",)) == (
        Name(literal="Aurore Boréale"),
    )


def test_what_nobody_signs_is_by_its_publisher(library) -> None:
    found = record(make_document(library.maude, authors=""))
    (item,) = json.loads(citations.FORMATS["json"].write(found))

    assert item["author"] == [{"literal": "Racines et Relais"}]


# ------------------------------------------------------------------------------------ who may


@pytest.mark.parametrize("format", citations.FORMATS)
def test_only_who_reads_a_document_cites_it(library, as_, format) -> None:
    document = make_document(library.real, level="sous-communaute", space=library.direction)

    assert cite(as_(library.real), document, format).status_code == 200
    assert cite(as_(library.eve), document, format).status_code == 404
    assert cite(as_(None), document, format).status_code == 302


def test_a_citation_of_a_confidential_space_says_no_title_in_its_address(library, as_) -> None:
    place = {"level": "sous-communaute", "space": library.psychosocial}
    document = make_document(library.naima, title="Canari violet", **place)
    answer = cite(as_(library.naima), document, "json")

    assert answer.headers["Cache-Control"] == "no-store"
    assert json.loads(answer.content)[0]["URL"].endswith(f"/bibliotheque/{document.pk}/")


def test_another_format_does_not_exist(guide, as_) -> None:
    assert cite(as_(guide.owner), guide, "doc").status_code == 404
