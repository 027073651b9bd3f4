"""A visitor follows every link of the showcase, over a world full of words that she may not meet.

What is asked: all that a page of ours names (`href`, `src`, `action`, JSON-LD, Open Graph, the
sitemap, `Link` headers), from page to page, until nothing is new. Each answers, or leads to sign
in; and in no body, whatever its kind (a PDF is read, a picture is only named), is one of the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from community.services.reactions import react
from core import links
from forums.services import create_thread
from practices.models import (
    Bearer,
    Credit,
    Evidence,
    Interest,
    Passage,
    Presence,
    Proposal,
    Sheet,
    Step,
    Trial,
)
from practices.services import life, writing
from tests.conftest import World
from tests.library.conftest import make_document
from tests.library.conftest import make_terms as make_library_terms
from tests.practices.conftest import make_published, make_sheet
from tests.practices.test_pdf import text_of

As = Callable[[User | None], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.pango]

NAMED = re.compile(r"""(?:href|src|action|hx-get|hx-post|content)=["']([^"']+)["']""")
IN_TEXT = re.compile(r"""https?://[^\s"'<>\\)]+""")
# Each is what something private says; `people` are added from the cast.
WORDS = {
    "trial": "zqessai", "trial by": "zqdecideuse", "proposal": "zqproposition", "why": "zqraison",
    "reply": "zqreponse", "working": "zqpreparation", "old version": "zqancienne",
    "note": "zqnote", "step": "zqetape", "thread": "zqfil", "post": "zqmessage",
    "document": "zqdocument", "community sheet": "zqcommunaute", "draft": "zqbrouillon",
    "hidden": "zqcachee", "origin": "zqorigine", "differs": "zqdifference",
    "adaptation": "zqadaptation", "passage": "zqpassage", "evidence reason": "zqmotif",
    "organisation that tried": "zqorganisme",
}  # fmt: skip


@pytest.fixture
def sheet(world: World) -> Sheet:
    """A public sheet around which everything that a room can hold was said."""
    make_library_terms()
    world.phare.name = f"Le Phare {WORDS['organisation that tried']}"
    world.phare.save()
    origin = make_published(world, identite={"title": WORDS["origin"]})
    sheet = make_published(world, besoin={"context": WORDS["old version"]})
    values = sheet.content["besoin"] | {"context": "Ce que tous lisent."}
    writing.save_section(sheet, "besoin", values, by=world.maude, revision=0)
    writing.publish_changes(sheet, by=world.maude, note=WORDS["note"])
    life.give_consent(sheet, by=world.odile, words="La directrice, par courriel")
    life.open_to_public(sheet, by=world.odile)
    sheet.refresh_from_db()
    _around(world, sheet, origin)
    _beside(world, sheet)
    sheet.refresh_from_db()
    return sheet


def _around(world: World, sheet: Sheet, origin: Sheet) -> None:
    """What stands in the sheet itself."""
    Sheet.objects.filter(pk=sheet.pk).update(
        derived_from=origin,
        differs=[{"component": "Une", "instead": WORDS["differs"]}],
        trial_count=2, abandoned_count=1, adaptation_count=1, waiting_count=1, download_count=7,
        evidence="3", thanks_count=1, claimed_by=world.odile,
    )  # fmt: skip
    for outcome in ("mieux", "abandonnee"):
        Trial.objects.create(
            sheet=sheet, owner=world.real, organisation=world.phare, period="Hiver",
            changed=WORDS["trial"], changed_by=WORDS["trial by"], outcome=outcome,
            lesson=WORDS["trial"],
        )  # fmt: skip
    Proposal.objects.create(
        sheet=sheet, section="besoin", values={"context": WORDS["proposal"]}, owner=world.real,
        organisation=world.phare, why=WORDS["why"], reply=WORDS["reply"],
    )  # fmt: skip
    Credit.objects.create(
        sheet=sheet, person=world.naima, organisation=world.phare, role=Credit.Role.PROPOSAL
    )
    Bearer.objects.get_or_create(sheet=sheet, user=world.naima)
    Evidence.objects.create(sheet=sheet, level="3", reason=WORDS["evidence reason"], by=world.odile)
    Step.objects.create(sheet=sheet, act="corrections", words=WORDS["step"], by=world.odile)
    Presence.objects.create(sheet=sheet, section="besoin", user=world.naima)
    Interest.objects.create(sheet=sheet, user=world.eve)
    values = sheet.content["lecons"] | {"mistakes": [WORDS["working"]]}
    writing.save_section(sheet, "lecons", values, by=world.maude, revision=0)


def _beside(world: World, sheet: Sheet) -> None:
    """What it is tied to, and what is not public beside it."""
    thread = create_thread(
        by=world.maude, space=world.intervention, title=WORDS["thread"], text=WORDS["post"]
    )
    Passage.objects.create(
        sheet=sheet, kind="post", object_id=1, thread_id=thread.pk, section="besoin",
        field="context", text=WORDS["passage"], writer=world.naima, consent="donne",
    )  # fmt: skip
    links.link(sheet, thread, by=world.maude)
    links.link(sheet, make_document(world.maude, title=WORDS["document"]), by=world.maude)
    react(sheet, "merci", by=world.eve)
    make_published(world, identite={"title": WORDS["community sheet"]})
    make_sheet(world.maude, identite={"title": WORDS["draft"]})
    hidden = make_published(world, public=True, identite={"title": WORDS["hidden"]})
    life.hide_sheet(hidden, by=world.odile, reason="À revoir")
    derived = make_published(world, identite={"title": WORDS["adaptation"]})
    Sheet.objects.filter(pk=derived.pk).update(derived_from=sheet)


def secrets(world: World) -> list[str]:
    people = (world.maude, world.real, world.naima, world.odile, world.eve)
    names = [name for one in people for name in (one.last_name, one.email)]
    return [*WORDS.values(), *names]


def body_of(answer: Any) -> str:
    """All that an answer says, whatever its kind."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    kind = answer.headers.get("Content-Type", "")
    headers = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
    if kind == "application/pdf":
        return f"{headers} {text_of(content)}"
    if kind.startswith("image/png"):
        return headers
    return f"{headers} {content.decode('utf-8', 'replace')}"


def named_in(body: str, base: str) -> Iterator[str]:
    """The addresses of ours that a body names."""
    found = set(IN_TEXT.findall(body))
    found |= {unescape(one) for one in NAMED.findall(body) if re.match(r"[/?.]|https?:", one)}
    for data in re.findall(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL):
        json.loads(data)
    for one in found:
        parts = urlsplit(urljoin(f"{settings.BASE_URL}{base}", one))
        if f"{parts.scheme}://{parts.netloc}" == settings.BASE_URL:
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def test_no_link_of_the_showcase_leads_to_what_is_private(
    as_: As, world: World, sheet: Sheet
) -> None:
    browser, words = as_(None), secrets(world)
    waiting, seen = ["/pratiques/", sheet.get_absolute_url(), "/sitemap.xml", "/robots.txt"], set()
    met: list[tuple[str, str]] = []
    troubles: list[tuple[str, int]] = []
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/statique/") or "/i18n/" in path:
            continue
        seen.add(path)
        answer = browser.get(path)
        body = body_of(answer)
        met += [(path, word) for word in words if word.lower() in body.lower()]
        if answer.status_code in (301, 302):
            waiting.append(urljoin(path, answer.headers["Location"]))
        elif answer.status_code != 200:
            troubles.append((path, answer.status_code))
        waiting += named_in(body, path)

    assert met == []
    assert troubles == []
    of_the_sheet = {path for path in seen if path.startswith(f"/pratiques/{sheet.pk}")}
    for form in ("imprimer/", "fiche.pdf", "fiche.json"):
        assert f"/pratiques/{sheet.pk}/{form}" in of_the_sheet
    assert any("apercu.png?v=" in path for path in of_the_sheet)


def test_the_words_are_there_for_who_may_read_them(as_: As, world: World, sheet: Sheet) -> None:
    """The crawl would pass over a world that holds nothing."""
    assert WORDS["thread"] in as_(world.maude).get("/discussions/").content.decode()
    assert WORDS["community sheet"] in as_(world.eve).get("/pratiques/").content.decode()
    trials = Trial.objects.readable_by(world.eve).filter(sheet=sheet)
    assert [one.lesson for one in trials] == [WORDS["trial"]] * 2


@pytest.mark.parametrize("form", ["", "imprimer/", "fiche.pdf", "fiche.json"])
def test_what_a_visitor_reads_of_a_public_sheet_is_its_content(
    as_: As, world: World, sheet: Sheet, form: str
) -> None:
    path = f"/pratiques/{sheet.pk}/{form}" if form else sheet.get_absolute_url()
    body = body_of(as_(None).get(path))
    assert "Choisir" in body and "Racines et Relais" in body
    assert [word for word in secrets(world) if word.lower() in body.lower()] == []


def test_a_consent_taken_back_closes_every_door_at_once(
    as_: As, world: World, sheet: Sheet
) -> None:
    forms = ("", "imprimer/", "fiche.pdf", "fiche.json", "apercu.png")
    browser = as_(None)
    for form in forms:
        browser.get(f"/pratiques/{sheet.pk}/{form}", follow=True)
    life.withdraw_consent(sheet, by=world.odile)
    for form in forms:
        answer = browser.get(f"/pratiques/{sheet.pk}/{form}")
        assert (answer.status_code, "connexion" in answer.headers["Location"]) == (302, True)
    for path in ("/pratiques/", "/sitemap.xml", "/"):
        assert f"/pratiques/{sheet.pk}-" not in browser.get(path).content.decode()
