"""OAI-PMH 2.0: the six verbs, the errors by their names, and nothing that is not public."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.audience import Level, State
from library.exchange.oai import rows
from library.models import Document
from library.services.approval import end_embargoes
from library.services.deposit import edit_document
from tests.library.conftest import make_document

OAI = "{http://www.openarchives.org/OAI/2.0/}"
OAI_DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}"
DC = "{http://purl.org/dc/elements/1.1/}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


# ------------------------------------------------------------------------- the protocol's grammar
# The order and number of elements, as OAI-PMH.xsd and oai_dc.xsd give them.

HEADER = [("identifier", 1, 1), ("datestamp", 1, 1), ("setSpec", 0, None)]
BODIES = {
    "Identify": [
        ("repositoryName", 1, 1), ("baseURL", 1, 1), ("protocolVersion", 1, 1),
        ("adminEmail", 1, None), ("earliestDatestamp", 1, 1), ("deletedRecord", 1, 1),
        ("granularity", 1, 1), ("description", 0, None),
    ],
    "ListMetadataFormats": [("metadataFormat", 1, None)],
    "ListSets": [("set", 1, None), ("resumptionToken", 0, 1)],
    "GetRecord": [("record", 1, 1)],
    "ListIdentifiers": [("header", 1, None), ("resumptionToken", 0, 1)],
    "ListRecords": [("record", 1, None), ("resumptionToken", 0, 1)],
}  # fmt: skip
FIFTEEN = {
    "title", "creator", "subject", "description", "publisher", "contributor", "date", "type",
    "format", "identifier", "source", "language", "relation", "coverage", "rights",
}  # fmt: skip


def fits(element: ET.Element, sequence: list[tuple[str, int, int | None]]) -> None:
    """The children of `element` are those of `sequence`, in its order and numbers."""
    names = [child.tag.removeprefix(OAI) for child in element]
    for name, least, most in sequence:
        count = 0
        while names and names[0] == name:
            names.pop(0)
            count += 1
        assert least <= count <= (most or count), f"{element.tag}: {count} {name}"
    assert names == [], element.tag


def check_record(record: ET.Element) -> None:
    header = record.find(f"{OAI}header")
    assert header is not None
    deleted = header.get("status") == "deleted"
    fits(record, [("header", 1, 1)] if deleted else [("header", 1, 1), ("metadata", 1, 1)])
    check_header(header)
    if not deleted:
        (dc,) = record.find(f"{OAI}metadata") or ()
        assert dc.tag == f"{OAI_DC}dc"
        assert {child.tag.removeprefix(DC) for child in dc} <= FIFTEEN
        assert all(child.text and not len(child) for child in dc)


def check_header(header: ET.Element) -> None:
    fits(header, HEADER)
    assert header.get("status") in (None, "deleted")
    assert DATE.fullmatch(header.findtext(f"{OAI}datestamp") or "")
    assert re.fullmatch(r"oai:[\w.-]+:document-\d+", header.findtext(f"{OAI}identifier") or "")


def parsed(response: Any) -> ET.Element:
    """The answer, once it is found to follow the protocol; errors are answers."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = ET.fromstring(response.content)  # noqa: S314 (our own answer)
    assert root.tag == f"{OAI}OAI-PMH"
    names = [child.tag.removeprefix(OAI) for child in root]
    assert names[:2] == ["responseDate", "request"]
    assert DATE.fullmatch(root.findtext(f"{OAI}responseDate") or "")
    request = root.find(f"{OAI}request")
    assert request is not None
    assert request.text == "http://localhost:8000/bibliotheque/oai/"
    body = root[2]
    name = body.tag.removeprefix(OAI)
    if name == "error":
        assert len(root) == 3
        return body
    assert request.get("verb") == name
    fits(body, BODIES[name])
    for record in body.findall(f"{OAI}record"):
        check_record(record)
    for header in body.findall(f"{OAI}header"):
        check_header(header)
    return body


def ask(**arguments: str) -> ET.Element:
    """A visitor's request; `from_` is the protocol's `from`."""
    given = {name.removesuffix("_"): value for name, value in arguments.items()}
    return parsed(Client().get(reverse("library:oai"), given))


def error(**arguments: str) -> str | None:
    body = ask(**arguments)
    assert body.tag == f"{OAI}error", body.tag
    return body.get("code")


def numbers(body: ET.Element) -> dict[int, bool]:
    """Number of each document → whether it is deleted."""
    headers = body.iter(f"{OAI}header")
    return {
        int((one.findtext(f"{OAI}identifier") or "").rpartition("-")[2]): bool(one.get("status"))
        for one in headers
    }


def listed(**arguments: str) -> dict[int, bool]:
    return numbers(ask(verb="ListIdentifiers", metadataPrefix="oai_dc", **arguments))


@pytest.fixture
def public(library) -> Document:
    return make_document(
        library.maude,
        title="Guide <public> & ouvert",
        level="public",
        licence="cc-by",
        authors="Maude Tremblay",
        doi="10.1234/abc",
        tags=["lecture"],
        terms={"facteurs_risque": ["familiaux"], "publics": ["parents"]},
        contributors=[{"name": "Réal Lavoie", "role": "ill"}],
    )


# -------------------------------------------------------------------------------------- verbs


def test_identify_says_what_the_repository_promises(public, settings) -> None:
    body = ask(verb="Identify")

    assert body.findtext(f"{OAI}deletedRecord") == "persistent"
    assert body.findtext(f"{OAI}granularity") == "YYYY-MM-DDThh:mm:ssZ"
    assert body.findtext(f"{OAI}adminEmail") == settings.PRIVACY_CONTACT
    stamp = public.updated_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert body.findtext(f"{OAI}earliestDatestamp") == stamp


def test_the_scheme_of_identifiers_is_described_where_the_host_is_a_domain(db, settings) -> None:
    assert ask(verb="Identify").find(f"{OAI}description") is None

    settings.BASE_URL = "https://ancrage.example"
    answer = Client().get(reverse("library:oai"), {"verb": "Identify"}).content.decode()

    assert "<sampleIdentifier>oai:ancrage.example:document-1</sampleIdentifier>" in answer


def test_there_is_one_format(public) -> None:
    for identifier in ({}, {"identifier": rows.identifier_of(public.pk)}):
        body = ask(verb="ListMetadataFormats", **identifier)
        assert [one.text for one in body.iter(f"{OAI}metadataPrefix")] == ["oai_dc"]


def test_there_is_a_set_a_type(library) -> None:
    body = ask(verb="ListSets")

    assert [one.text for one in body.iter(f"{OAI}setSpec")] == ["guide", "fiche-outil", "video"]


def test_a_record_is_described_in_dublin_core(public) -> None:
    body = ask(verb="GetRecord", identifier=rows.identifier_of(public.pk), metadataPrefix="oai_dc")
    said: dict[str, list[str]] = {}
    for child in body.iter():
        if child.tag.startswith(DC):
            said.setdefault(child.tag.removeprefix(DC), []).append(child.text or "")

    assert said.pop("contributor")[0].startswith("Lavoie, Réal (")
    assert said == {
        "title": ["Guide <public> & ouvert"],
        "creator": ["Tremblay, Maude"],
        "subject": ["Familiaux", "lecture"],
        "description": ["Comment préparer le retour en classe."],
        "publisher": ["Racines et Relais"],
        "date": ["2025"],
        "type": ["Guide"],
        "format": ["text/plain"],
        "identifier": [
            f"http://localhost:8000/bibliotheque/{public.pk}-guide-public-ouvert/",
            "https://doi.org/10.1234/abc",
        ],
        "language": ["fr-CA"],
        "rights": ["CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"],
    }


def test_a_post_reads_as_a_get_does_without_a_token_of_protection(public) -> None:
    browser = Client(enforce_csrf_checks=True)
    given = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    body = parsed(browser.post(reverse("library:oai"), given))

    assert numbers(body) == {public.pk: False}
    assert browser.put(reverse("library:oai")).status_code == 405


def test_a_set_narrows_the_list(public, library) -> None:
    video = make_document(library.maude, title="Film", type="video", level="public", licence="cc0")

    assert listed() == {public.pk: False, video.pk: False}
    assert listed(set="video") == {video.pk: False}
    assert error(verb="ListRecords", metadataPrefix="oai_dc", set="fiche-outil") == "noRecordsMatch"


def test_control_characters_never_reach_the_answer(public) -> None:
    abstract = "Un\x0bdeux\x1f trois\ufffe & <quatre> \ud83d\ude00".encode(
        "utf-16", "surrogatepass"
    ).decode("utf-16")
    Document.objects.filter(pk=public.pk).update(abstract=abstract)

    body = ask(verb="ListRecords", metadataPrefix="oai_dc")

    assert [one.text for one in body.iter(f"{DC}description")] == ["Undeux trois & <quatre> 😀"]


# -------------------------------------------------------------------------------------- dates


@pytest.fixture
def dated(library) -> dict[str, Document]:
    """Three documents, changed on three days."""
    found = {}
    for day in ("2026-01-10", "2026-01-11", "2026-01-12"):
        document = make_document(library.maude, title=f"Du {day}", level="public", licence="cc-by")
        stamp = datetime.fromisoformat(f"{day}T12:00:00.250000+00:00")
        Document.objects.filter(pk=document.pk).update(updated_at=stamp)
        found[day] = document
    return found


BETWEEN: list[tuple[dict[str, str], list[str]]] = [
    ({"from_": "2026-01-11"}, ["11", "12"]),
    ({"until": "2026-01-11"}, ["10", "11"]),
    ({"from_": "2026-01-11", "until": "2026-01-11"}, ["11"]),
    ({"from_": "2026-01-11T12:00:00Z"}, ["11", "12"]),
    ({"from_": "2026-01-11T12:00:01Z"}, ["12"]),
    ({"until": "2026-01-11T12:00:00Z"}, ["10", "11"]),
    ({"until": "2026-01-11T11:59:59Z"}, ["10"]),
]


def test_a_list_is_of_what_changed_between_two_dates_both_included(dated) -> None:
    for arguments, days in BETWEEN:
        wanted = {dated[f"2026-01-{day}"].pk: False for day in days}
        assert listed(**arguments) == wanted, arguments


SENSELESS: list[dict[str, str]] = [
    {"from_": "2026-01-11", "until": "2026-01-12T00:00:00Z"},
    {"from_": "2026-01-12", "until": "2026-01-11"},
    {"from_": "2026-13-01"},
    {"from_": "hier"},
    {"until": "2026-01-11T12:00:00"},
    {"until": "2026-01-11 12:00:00Z"},
    {"set": "guide video"},
    {"set": "\t"},
]


def test_dates_and_sets_that_make_no_sense_are_a_bad_argument(db) -> None:
    for arguments in SENSELESS:
        given = {"verb": "ListRecords", "metadataPrefix": "oai_dc", **arguments}
        assert error(**given) == "badArgument", arguments


def test_nothing_changed_since_tomorrow(dated) -> None:
    given = {"metadataPrefix": "oai_dc", "from_": "2099-01-01"}

    assert error(verb="ListRecords", **given) == "noRecordsMatch"
    assert error(verb="ListIdentifiers", **given) == "noRecordsMatch"


# -------------------------------------------------------------------------------------- errors


ERRORS: list[tuple[dict[str, str], str]] = [
    ({}, "badVerb"),
    ({"verb": "Nothing"}, "badVerb"),
    ({"verb": "identify"}, "badVerb"),
    ({"verb": "Identify", "set": "guide"}, "badArgument"),
    ({"verb": "Identify", "resumptionToken": "x"}, "badArgument"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
    ({"verb": "GetRecord", "identifier": "oai:localhost:document-1"}, "badArgument"),
    ({"verb": "ListRecords"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "x": "1"}, "badArgument"),
    ({"verb": "ListRecords", "resumptionToken": "x", "set": "guide"}, "badArgument"),
    ({"verb": "ListRecords", "resumptionToken": "x"}, "badResumptionToken"),
    ({"verb": "ListIdentifiers", "resumptionToken": ""}, "badResumptionToken"),
    ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
    ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
    (
        {"verb": "GetRecord", "identifier": "oai:localhost:document-1", "metadataPrefix": "x"},
        "cannotDisseminateFormat",
    ),
    (
        {"verb": "GetRecord", "identifier": "oai:x:document-1", "metadataPrefix": "oai_dc"},
        "idDoesNotExist",
    ),
    ({"verb": "ListMetadataFormats", "identifier": "document-1"}, "idDoesNotExist"),
    (
        {"verb": "ListMetadataFormats", "identifier": f"oai:localhost:document-{'9' * 30}"},
        "idDoesNotExist",
    ),
    ({"verb": "ListRecords", "metadataPrefix": "oai_dc"}, "noRecordsMatch"),
]


def test_an_error_has_the_name_that_the_protocol_gives_it(db) -> None:
    for arguments, code in ERRORS:
        assert error(**arguments) == code, arguments


def test_a_repeated_argument_is_refused(db) -> None:
    address = reverse("library:oai")
    said = {"verb": "Identify&verb=Identify", "arg": "ListRecords&set=a&set=b"}

    assert parsed(Client().get(f"{address}?verb={said['verb']}")).get("code") == "badVerb"
    assert parsed(Client().get(f"{address}?verb={said['arg']}")).get("code") == "badArgument"


def test_what_was_not_understood_is_not_repeated(db) -> None:
    answer = Client().get(reverse("library:oai"), {"verb": "<script>", "x": '"'}).content.decode()

    assert "script" not in answer
    assert "<request>http" in answer


# -------------------------------------------------------------------------------------- tokens


def walk(verb: str = "ListRecords", **arguments: str) -> list[dict[int, bool]]:
    """The pages of a list, from token to token."""
    body = ask(verb=verb, metadataPrefix="oai_dc", **arguments)
    pages = [numbers(body)]
    while (token := body.findtext(f"{OAI}resumptionToken")) is not None and token:
        body = ask(verb=verb, resumptionToken=token)
        pages.append(numbers(body))
    if len(pages) > 1:
        last = body.find(f"{OAI}resumptionToken")
        assert last is not None
        assert last.get("cursor") == str(sum(map(len, pages[:-1])))
    return pages


@pytest.fixture
def by_twos(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("rows", "answers"):
        monkeypatch.setattr(f"library.exchange.oai.{module}.SIZE", 2)


@pytest.mark.parametrize("verb", ["ListRecords", "ListIdentifiers"])
def test_a_long_list_is_given_by_pages_without_loss_nor_repetition(library, by_twos, verb) -> None:
    made = [
        make_document(library.maude, title=f"N° {n}", level="public", licence="cc-by").pk
        for n in range(5)
    ]
    # Changed in the same instant: the number decides.
    Document.objects.update(updated_at=timezone.now())
    pages = walk(verb)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert [pk for page in pages for pk in page] == made


def test_what_changes_during_a_harvest_comes_at_its_end(dated, library, by_twos) -> None:
    first, second, third = dated.values()
    body = ask(verb="ListRecords", metadataPrefix="oai_dc")
    assert list(numbers(body)) == [first.pk, second.pk]

    edit_document(first, by=library.maude, title="Changé")
    token = body.findtext(f"{OAI}resumptionToken") or ""

    assert list(numbers(ask(verb="ListRecords", resumptionToken=token))) == [third.pk, first.pk]


def test_a_token_remembers_what_was_asked(dated, library, by_twos) -> None:
    for one in dated.values():
        Document.objects.filter(pk=one.pk).update(type="video")
    make_document(library.maude, title="Autre", level="public", licence="cc-by")

    pages = walk(set="video", from_="2026-01-10", until="2026-01-12")

    assert [len(page) for page in pages] == [2, 1]


def test_a_token_of_another_verb_or_too_old_is_refused(dated, by_twos) -> None:
    body = ask(verb="ListRecords", metadataPrefix="oai_dc")
    found = body.find(f"{OAI}resumptionToken")
    assert found is not None
    token = found.text or ""

    assert error(verb="ListIdentifiers", resumptionToken=token) == "badResumptionToken"
    assert error(verb="ListRecords", resumptionToken=token[:-1]) == "badResumptionToken"
    until = datetime.fromisoformat(found.get("expirationDate") or "")
    with time_machine.travel(until - timedelta(minutes=1), tick=False):
        assert numbers(ask(verb="ListRecords", resumptionToken=token))
    with time_machine.travel(until + timedelta(minutes=1), tick=False):
        assert error(verb="ListRecords", resumptionToken=token) == "badResumptionToken"


# ------------------------------------------------------------------------------- what is public


def test_only_public_documents_are_in_the_catalogue(library) -> None:
    """One of each level, and one in each state that keeps a public one from its readers."""
    for level in ("communaute", "organisme"):
        make_document(library.maude, title=f"Canari {level}", level=level)
    make_document(
        library.naima, title="Canari psy", level="sous-communaute", space=library.psychosocial
    )
    tomorrow = timezone.localdate() + timedelta(days=1)
    make_document(
        library.maude, title="Canari embargo", level="public", licence="cc-by",
        embargo_until=tomorrow,
    )  # fmt: skip
    library.common.approves_documents = True
    library.common.save()
    make_document(library.maude, title="Canari à approuver", level="public", licence="cc-by")

    answer = Client().get(reverse("library:oai") + "?verb=ListRecords&metadataPrefix=oai_dc")

    assert parsed(answer).get("code") == "noRecordsMatch"
    assert "Canari" not in answer.content.decode()
    for pk in Document.objects.values_list("pk", flat=True):
        given = {"identifier": rows.identifier_of(pk), "metadataPrefix": "oai_dc"}
        assert error(verb="GetRecord", **given) == "idDoesNotExist"


LEAVING: dict[str, dict[str, Any]] = {
    "narrowed": {"level": Level.COMMUNITY},
    "set aside": {"state": State.HIDDEN},
    "withdrawn": {"state": State.REMOVED},
    "under embargo again": {"state": State.PENDING},
}


@pytest.mark.parametrize("how", LEAVING)
def test_what_ceases_to_be_public_is_deleted_for_ever(public, how) -> None:
    """The harvester who was here yesterday is told, with the moment and nothing else."""
    later = timezone.now() + timedelta(days=1)
    with time_machine.travel(later, tick=False):
        for field, value in LEAVING[how].items():
            setattr(public, field, value)
        public.save(update_fields=list(LEAVING[how]))
        since = later.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        answer = Client().get(
            reverse("library:oai"),
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": since},
        )
    with time_machine.travel(later + timedelta(days=400), tick=False):
        assert listed() == {public.pk: True}

    assert numbers(parsed(answer)) == {public.pk: True}
    assert "Guide" not in answer.content.decode()


def test_a_merged_document_is_deleted_and_its_heir_says_what_it_replaces(public, library) -> None:
    heir = make_document(library.maude, title="L’héritier", level="public", licence="cc-by")
    public.replaced_by = heir
    public.save()

    assert listed() == {public.pk: True, heir.pk: False}
    body = ask(verb="GetRecord", identifier=rows.identifier_of(heir.pk), metadataPrefix="oai_dc")
    assert [one.text for one in body.iter(f"{DC}relation")] == [
        f"http://localhost:8000/bibliotheque/{public.pk}/"
    ]


def test_what_becomes_of_a_document_that_left_the_public_shows_nowhere(public, library) -> None:
    """Neither its changes, by the date, nor its new type, by the sets."""
    edit_document(public, by=library.maude, level="communaute")
    left = ask(verb="ListIdentifiers", metadataPrefix="oai_dc").find(f".//{OAI}datestamp")
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        edit_document(public, by=library.maude, title="Une autre vie", type="video")
        now = ask(verb="ListIdentifiers", metadataPrefix="oai_dc").find(f".//{OAI}datestamp")

    assert left is not None
    assert now is not None
    assert now.text == left.text
    assert listed(set="guide") == listed(set="video") == {public.pk: True}
    body = ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert body.find(f".//{OAI}setSpec") is None


def test_what_is_public_again_is_a_record_again_with_a_new_date(public, library) -> None:
    edit_document(public, by=library.maude, level="communaute")
    later = timezone.now() + timedelta(days=2)
    with time_machine.travel(later, tick=False):
        edit_document(public, by=library.maude, level="public")
        stamp = later.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

        assert listed(from_=stamp) == {public.pk: False}


def test_a_document_published_at_the_end_of_its_embargo_is_news(library) -> None:
    today = timezone.localdate()
    document = make_document(
        library.maude, title="Demain", level="public", licence="cc-by",
        embargo_until=today + timedelta(days=2),
    )  # fmt: skip
    later = timezone.now() + timedelta(days=2)
    with time_machine.travel(later, tick=False):
        end_embargoes()
        since = (later - timedelta(hours=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

        assert listed(from_=since) == {document.pk: False}


# -------------------------------------------------------------------------------------- budget


def test_a_page_costs_five_queries_however_many_records(library) -> None:
    """The rows with their space and file, their terms, what they replace, their keywords (and
    the content type of keywords, when nobody asked for it yet)."""

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            ask(verb="ListRecords", metadataPrefix="oai_dc")
        return len(found)

    for n in range(3):
        make_document(library.maude, title=f"A {n}", level="public", licence="cc-by", tags=["a"])
    ask(verb="ListRecords", metadataPrefix="oai_dc")
    three = queries()
    for n in range(27):
        make_document(library.maude, title=f"B {n}", level="public", licence="cc-by", tags=["b"])

    assert queries() == three <= 5
