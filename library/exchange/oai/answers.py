"""The six verbs, and the answer of each in XML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from core import terms
from core.site import absolute, site
from library.exchange.dublin_core import elements
from library.exchange.oai import requests, rows
from library.exchange.oai.errors import BadArgument, BadVerb, NoRecordsMatch, OaiError
from library.exchange.oai.requests import PREFIX, TOKEN_LIFE, Cursor
from library.exchange.oai.rows import SIZE, Entry
from library.exchange.record import clean
from library.vocabularies import TYPES

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NAMED = "http://www.openarchives.org/OAI/2.0/oai-identifier"
Arguments = Mapping[str, str]


def answer(given: Mapping[str, list[str]]) -> str:
    """The whole answer to a request's parameters: an error of the protocol is one too."""
    asked: dict[str, str] = {}
    # Types and licences in the language of the community, whoever asks.
    with translation.override(settings.LANGUAGE_CODE):
        try:
            verb = requests.verb_of(given)
            arguments = requests.arguments_of(verb, given)
            asked = {"verb": verb, **arguments}
            body = el(verb, VERBS[verb](arguments))
        except OaiError as error:
            if isinstance(error, BadVerb | BadArgument):
                # The protocol's rule: what was not understood is not repeated.
                asked = {}
            body = el("error", escape(str(error)), code=error.code)
    where = el("request", escape(_base_url()), **asked)
    root = (
        f'<OAI-PMH xmlns="{OAI}" xmlns:xsi="{XSI}" '
        f'xsi:schemaLocation="{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">'
    )
    now = el("responseDate", _stamp(timezone.now()))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}{now}{where}{body}</OAI-PMH>\n'


def el(name: str, inner: str = "", /, **attributes: str) -> str:
    """An element around `inner`, which is XML already."""
    said = "".join(f" {key}={quoteattr(clean(value))}" for key, value in attributes.items())
    return f"<{name}{said}>{inner}</{name}>" if inner else f"<{name}{said}/>"


def _text(name: str, text: str) -> str:
    return el(name, escape(clean(text)))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _base_url() -> str:
    return absolute(reverse("library:oai"))


def identify(arguments: Arguments) -> str:
    parts = [
        _text("repositoryName", f"{site().name} – {site().federation}"),
        _text("baseURL", _base_url()),
        _text("protocolVersion", "2.0"),
        _text("adminEmail", site().privacy_contact),
        _text("earliestDatestamp", _stamp(rows.earliest() or timezone.now())),
        _text("deletedRecord", "persistent"),
        _text("granularity", "YYYY-MM-DDThh:mm:ssZ"),
    ]
    if "." in rows.repository():
        # The scheme of identifiers asks for the name of a domain.
        parts.append(el("description", _identifier_scheme()))
    return "".join(parts)


def _identifier_scheme() -> str:
    inner = (
        _text("scheme", "oai")
        + _text("repositoryIdentifier", rows.repository())
        + _text("delimiter", ":")
        + _text("sampleIdentifier", rows.identifier_of(1))
    )
    schema = f"{NAMED} http://www.openarchives.org/OAI/2.0/oai-identifier.xsd"
    head = f'<oai-identifier xmlns="{NAMED}" xsi:schemaLocation="{schema}">'
    return f"{head}{inner}</oai-identifier>"


def list_metadata_formats(arguments: Arguments) -> str:
    if "identifier" in arguments:
        rows.one(arguments["identifier"])
    inner = (
        _text("metadataPrefix", PREFIX)
        + _text("schema", "http://www.openarchives.org/OAI/2.0/oai_dc.xsd")
        + _text("metadataNamespace", OAI_DC)
    )
    return el("metadataFormat", inner)


def list_sets(arguments: Arguments) -> str:
    return "".join(
        el("set", _text("setSpec", code) + _text("setName", label))
        for code, label in terms.scheme(TYPES).items()
    )


def get_record(arguments: Arguments) -> str:
    return _record(rows.one(arguments["identifier"]))


def list_identifiers(arguments: Arguments) -> str:
    return _listed("ListIdentifiers", arguments, _header)


def list_records(arguments: Arguments) -> str:
    return _listed("ListRecords", arguments, _record)


def _listed(verb: str, arguments: Arguments, draw: Callable[[Entry], str]) -> str:
    """One page of a list, and the token of the next; an empty one ends a list of several."""
    harvest = requests.harvest_of(verb, arguments)
    found = rows.some(harvest)
    if not found:
        raise NoRecordsMatch("No record was changed then, or is in this set.")
    shown, before = found[:SIZE], harvest.after.count if harvest.after else 0
    parts = [draw(entry) for entry in shown]
    if len(found) > SIZE:
        last = Cursor(shown[-1].stamp, shown[-1].number, before + SIZE)
        end = _stamp(timezone.now() + TOKEN_LIFE)
        token = escape(harvest.token(verb, last))
        parts.append(el("resumptionToken", token, expirationDate=end, cursor=str(before)))
    elif harvest.after is not None:
        parts.append(el("resumptionToken", cursor=str(before)))
    return "".join(parts)


def _header(entry: Entry) -> str:
    inner = _text("identifier", rows.identifier_of(entry.number))
    inner += _text("datestamp", _stamp(entry.stamp))
    if entry.set:
        inner += _text("setSpec", entry.set)
    return (
        el("header", inner) if entry.record is not None else el("header", inner, status="deleted")
    )


def _record(entry: Entry) -> str:
    if entry.record is None:
        return el("record", _header(entry))
    metadata = el("metadata", _dublin_core(elements(entry.record)))
    return el("record", _header(entry) + metadata)


def _dublin_core(pairs: Iterable[tuple[str, str]]) -> str:
    head = (
        f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="{DC}" '
        f'xsi:schemaLocation="{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">'
    )
    inner = "".join(_text(f"dc:{element}", value) for element, value in pairs)
    return f"{head}{inner}</oai_dc:dc>"


VERBS: dict[str, Callable[[Arguments], str]] = {
    "Identify": identify,
    "ListMetadataFormats": list_metadata_formats,
    "ListSets": list_sets,
    "GetRecord": get_record,
    "ListIdentifiers": list_identifiers,
    "ListRecords": list_records,
}
