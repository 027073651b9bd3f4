"""The deposit form, as somebody meets it: nothing typed or sent is lost, nothing is doubled."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from core.fetching import TooSlow
from core.models import StoredFile
from library import fetching, looking
from library.extraction.proposals import Proposals
from library.models import Document
from library.webpage import WebPage
from tests.conftest import World
from tests.library.conftest import make_document

As = Callable[[User | None], Client]
HERE = "/bibliotheque/deposer/"


@pytest.fixture(autouse=True)
def proposed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Proposals]:
    """What reading a file proposes, by its name: no child process is needed to test the form."""
    found: dict[str, Proposals] = {}
    monkeypatch.setattr(
        looking, "propose", lambda stored: found.get(stored.name, Proposals(title=stored.name))
    )
    return found


def sent(*names: str, content: bytes | None = None) -> list[SimpleUploadedFile]:
    return [
        SimpleUploadedFile(name, content or f"Le texte de {name}.".encode(), "text/plain")
        for name in names
    ]


def fields(page: str) -> dict[str, Any]:
    """What a browser would send back of the form of the page."""
    form = page[page.index('id="deposit"') : page.index("</form>", page.index('id="deposit"'))]
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        ticked = said.get("type") not in ("checkbox", "radio") or " checked" in tag
        if said.get("type") != "file" and "name" in said and ticked:
            found.setdefault(said["name"], []).append(said.get("value", ""))
    for name, text in re.findall(r'<textarea name="([\w-]+)"[^>]*>\n?([^<]*)</textarea>', form):
        found[name] = [text]
    for name, options in re.findall(r'<select name="([\w-]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        found.setdefault(name, []).extend(chosen[:1] or [""])
    return found


def filled(page: str, **more: Any) -> dict[str, Any]:
    """The same with what she writes, and the button that deposits."""
    words = fields(page) | {"licence": "communaute", "act": "deposer"}
    for prefix in words.get("card", []):
        words |= {f"{prefix}-abstract": "Un bon guide.", f"{prefix}-type": "guide"}
    return words | more


def test_she_drops_two_files_and_deposits_two_documents(
    library: World, as_: As, proposed: dict[str, Proposals]
) -> None:
    proposed["accueil.txt"] = Proposals(
        title="Accueillir", authors="Maude T.", language="en", page_count=12, year="2019"
    )
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("accueil.txt", "bilan.txt")}).content.decode()
    words = filled(page)
    assert words["0-title"] == ["Accueillir"]
    assert words["0-authors"] == ["Maude T."]
    assert (words["0-language"], words["0-issued"]) == (["en"], ["2019"])
    assert "12" in words["0-extent"][0]
    assert words["publisher_name"] == ["Racines et Relais"]
    answer = maude.post(HERE, words)
    assert answer.headers["Location"] == "/bibliotheque/mes-depots/"
    first, second = Document.objects.order_by("pk")
    assert (first.title, second.title) == ("Accueillir", "bilan.txt")
    assert first.publisher == library.relais
    assert (first.level, first.space, first.owner) == ("communaute", None, library.maude)
    assert first.current is not None
    assert first.current.file.name == "accueil.txt"


def test_files_sent_in_pieces_are_described_like_the_others(library: World, as_: As) -> None:
    from tests.library.conftest import make_file

    stored, foreign = make_file(library.maude), make_file(library.eve)
    page = as_(library.maude).post(HERE, {"kept": [str(stored.pk), str(foreign.pk), "x"]})
    assert fields(page.content.decode())["0-file"] == [str(stored.pk)]
    assert "1-file" not in fields(page.content.decode())


def test_what_is_missing_is_said_and_nothing_is_lost(library: World, as_: As) -> None:
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("accueil.txt")}).content.decode()
    words = filled(page, **{"0-issued": "hier", "0-title": "", "0-tags": "refus, retour"})
    answer = maude.post(HERE, words)
    assert answer.status_code == 400
    again = answer.content.decode()
    assert "#id_0-issued" in again
    assert "#id_0-title" in again
    assert fields(again)["0-tags"] == ["refus, retour"]
    assert fields(again)["0-file"] == words["0-file"]
    assert not Document.objects.exists()
    assert (
        maude.post(HERE, filled(again, **{"0-issued": "2024", "0-title": "Retour"})).status_code
        == 302
    )
    assert sorted(Document.objects.get().tags.names()) == ["refus", "retour"]


def test_sent_twice_it_is_deposited_once(library: World, as_: As) -> None:
    maude = as_(library.maude)
    words = filled(maude.post(HERE, {"files": sent("accueil.txt")}).content.decode())
    answers = [maude.post(HERE, words) for _n in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Document.objects.count() == 1
    assert Document.objects.get().versions.count() == 1


def test_a_link_sent_twice_is_deposited_once(
    library: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "describe", lambda url: WebPage("Webinaire"))
    maude = as_(library.maude)
    words = filled(maude.post(HERE, {"address": "https://exemple.test/w"}).content.decode())
    assert [maude.post(HERE, words).status_code for _n in range(2)] == [302, 302]
    assert Document.objects.count() == 1


def test_a_file_that_is_refused_says_why_beside_those_that_are_taken(
    library: World, as_: As
) -> None:
    bad = SimpleUploadedFile("virus.exe", b"MZ" + b"\0" * 99)
    page = as_(library.maude).post(HERE, {"files": [bad, *sent("accueil.txt")]})
    assert page.status_code == 400
    assert "virus.exe" in page.content.decode()
    assert fields(page.content.decode())["card"] == ["0"]


def test_one_of_several_is_taken_away(library: World, as_: As) -> None:
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("un.txt", "deux.txt")}).content.decode()
    again = maude.post(HERE, filled(page, act="retirer:0")).content.decode()
    assert fields(again)["card"] == ["1"]
    assert fields(again)["1-abstract"] == ["Un bon guide."]


def test_a_link_is_described_by_its_page(
    library: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = WebPage("Webinaire : la rentrée", "Une heure pour préparer.", 65)
    monkeypatch.setattr(fetching, "describe", lambda url: page)
    maude = as_(library.maude)
    shown = maude.post(HERE, {"address": "https://exemple.test/webinaire"}).content.decode()
    words = filled(shown)
    assert words["0-title"] == ["Webinaire : la rentrée"]
    assert words["0-link"] == ["https://exemple.test/webinaire"]
    assert maude.post(HERE, words).status_code == 302
    document = Document.objects.get()
    assert (document.link, document.current) == ("https://exemple.test/webinaire", None)


def test_a_page_that_does_not_answer_is_described_by_her(
    library: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    def describe(url: str) -> WebPage:
        raise TooSlow

    monkeypatch.setattr(fetching, "describe", describe)
    maude = as_(library.maude)
    shown = maude.post(HERE, {"address": "https://exemple.test/lent"}).content.decode()
    assert maude.post(HERE, filled(shown, **{"0-title": "Un cours lent"})).status_code == 302


def test_what_is_no_address_stays_where_it_was_typed(library: World, as_: As) -> None:
    shown = as_(library.maude).post(HERE, {"address": "pas une adresse"})
    assert shown.status_code == 400
    assert fields(shown.content.decode())["address"] == ["pas une adresse"]
    assert "card" not in fields(shown.content.decode())


# --------------------------------------------------------------------------- who, and for whom


def test_guests_do_not_deposit(library: World, as_: As) -> None:
    library.eve.role, library.eve.access_until = User.Role.GUEST, "2100-01-01T00:00Z"
    library.eve.save()
    guest = as_(library.eve)
    assert guest.get(HERE).status_code == 403
    assert guest.post(HERE, {"files": sent("un.txt")}).status_code == 403
    assert not StoredFile.objects.exists()


def test_a_permission_that_nobody_knows_is_never_public(library: World, as_: As) -> None:
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("un.txt")}).content.decode()
    words = filled(page, licence="inconnue", audience="public")
    assert maude.post(HERE, words).status_code == 400
    assert not Document.objects.exists()
    assert maude.post(HERE, words | {"audience": "communaute"}).status_code == 302
    assert Document.objects.get().level == "communaute"


def test_she_shares_in_her_own_spaces_and_in_no_other(library: World, as_: As) -> None:
    naima = as_(library.naima)
    page = naima.post(HERE, {"files": sent("un.txt")}).content.decode()
    assert 'value="espace:suivis-psychosociaux"' in page
    assert 'value="espace:direction-administration"' not in page
    assert 'value="animation"' not in page
    forged = filled(page, audience="espace:direction-administration")
    assert naima.post(HERE, forged).status_code == 400
    assert naima.post(HERE, filled(page, audience="espace:suivis-psychosociaux")).status_code == 302
    assert Document.objects.get().space == library.psychosocial


def test_from_a_space_one_deposits_in_it(library: World, as_: As) -> None:
    page = as_(library.naima).get(f"{HERE}?communaute=suivis-psychosociaux").content.decode()
    shown = as_(library.naima).post(
        HERE, {"files": sent("un.txt"), "audience": "espace:suivis-psychosociaux"}
    )
    assert fields(shown.content.decode())["audience"] == ["espace:suivis-psychosociaux"]
    assert 'name="audience" value="espace:suivis-psychosociaux"' in page


# ------------------------------------------------------------------- what could identify somebody

RISKY = "Jérémy, né le 3 avril 2012, au 418 555-0134"


def test_what_could_identify_a_young_person_is_shown_and_mended(
    library: World, as_: As, proposed: dict[str, Proposals]
) -> None:
    proposed["un.txt"] = Proposals(title="Suivi", text=f"Voici le suivi de {RISKY}.")
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("un.txt")}).content.decode()
    assert "<mark>418 555-0134</mark>" in page
    words = filled(page, **{"0-abstract": f"L’histoire de {RISKY}."})
    answer = maude.post(HERE, words)
    assert answer.status_code == 200
    assert not Document.objects.exists()
    mended = maude.post(HERE, fields(answer.content.decode()) | {"replace": "all"})
    assert "418" not in fields(mended.content.decode())["0-abstract"][0]
    # The file says it still: she is told, and decides.
    again = maude.post(HERE, fields(mended.content.decode()) | {"act": "deposer"})
    assert "<mark>418 555-0134</mark>" in again.content.decode()
    last = maude.post(HERE, fields(again.content.decode()) | {"act": "as-is"})
    assert last.status_code == 302
    assert Document.objects.count() == 1


def test_nothing_that_was_found_is_kept_in_the_form(
    library: World, as_: As, proposed: dict[str, Proposals]
) -> None:
    proposed["un.txt"] = Proposals(title="Suivi", text=f"Voici le suivi de {RISKY}.")
    page = as_(library.maude).post(HERE, {"files": sent("un.txt")}).content.decode()
    assert "555-0134" not in str(fields(page))


def test_the_name_of_a_file_is_mended_too(library: World, as_: As) -> None:
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("bilan 418 555-0134.txt")}).content.decode()
    mended = maude.post(HERE, filled(page) | {"replace": "all"}).content.decode()
    assert maude.post(HERE, filled(mended)).status_code == 302
    document = Document.objects.get()
    assert document.current is not None
    assert "418" not in document.current.file.name + document.title


def test_a_crowd_of_files_is_looked_into_in_several_goes(
    library: World, as_: As, monkeypatch: pytest.MonkeyPatch, proposed: dict[str, Proposals]
) -> None:
    """For want of time the second is looked into later, but before it is deposited."""
    proposed["deux.txt"] = Proposals(title="Deux", text=RISKY)
    maude = as_(library.maude)
    with monkeypatch.context() as patch:
        patch.setattr(looking, "SECONDS", -1.0)
        page = maude.post(HERE, {"files": sent("un.txt", "deux.txt")}).content.decode()
        assert maude.post(HERE, filled(page)).status_code == 200
    assert not Document.objects.exists()
    assert "<mark>418 555-0134</mark>" in maude.post(HERE, filled(page)).content.decode()


# ------------------------------------------------------------------------------ the same document


def test_a_double_is_pointed_at_and_she_decides(library: World, as_: As) -> None:
    known = make_document(library.eve, b"Le guide.", title="Accueillir après une suspension")
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("autre.txt", content=b"Le guide.")}).content.decode()
    assert known.get_absolute_url() in page
    assert maude.post(HERE, filled(page)).status_code == 400
    assert maude.post(HERE, filled(page, **{"0-twin": str(known.pk)})).status_code == 400
    assert maude.post(HERE, filled(page, **{"0-twin": "nouveau"})).status_code == 302
    assert Document.objects.count() == 2


def test_it_may_be_a_new_version_of_what_she_deposited(library: World, as_: As) -> None:
    known = make_document(library.maude, b"Le guide.", title="Accueillir après une suspension")
    maude = as_(library.maude)
    page = maude.post(
        HERE, {"files": sent("Accueillir après une suspension.txt", content=b"Plus long.")}
    ).content.decode()
    only = {"0-twin": str(known.pk), "0-label": "2e édition", "act": "deposer", "licence": ""}
    assert maude.post(HERE, fields(page) | {"0-abstract": ""} | only).status_code == 302
    known.refresh_from_db()
    assert known.current is not None
    assert (known.current.number, known.current.label) == (2, "2e édition")
    assert Document.objects.count() == 1


def test_what_she_may_not_read_is_never_pointed_at(library: World, as_: As) -> None:
    make_document(
        library.naima, b"Le guide.", title="Zqsecret", level="sous-communaute",
        space=library.psychosocial,
    )  # fmt: skip
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("Zqsecret.txt", content=b"Le guide.")}).content.decode()
    assert "0-twin" not in page
    assert maude.post(HERE, filled(page)).status_code == 302


# ------------------------------------------------------------------------- sessions that ended


def test_words_and_files_survive_the_end_of_a_session(library: World, as_: As) -> None:
    maude = as_(library.maude)
    page = maude.post(HERE, {"files": sent("un.txt", "deux.txt")}).content.decode()
    words = filled(page, **{"1-abstract": "Longuement pesé.", "0-publics": []})
    answer = as_(None).post(HERE, words)
    assert answer.headers["Location"].startswith("/compte/connexion/")
    assert not Document.objects.exists()
    again = as_(library.maude)
    back = again.get(f"{HERE}?repris=1").content.decode()
    assert fields(back)["1-abstract"] == ["Longuement pesé."]
    assert fields(back)["0-file"] == words["0-file"]
    assert again.post(HERE, filled(back)).status_code == 302
    assert Document.objects.count() == 2
    assert "card" not in fields(again.get(f"{HERE}?repris=1").content.decode())


def test_nobody_else_finds_them(library: World, as_: As) -> None:
    page = as_(library.maude).post(HERE, {"files": sent("un.txt")}).content.decode()
    words = filled(page, **{"0-abstract": "Longuement pesé."})
    as_(None).post(HERE, words)
    as_(None).post(HERE, words | {"writer": "forgé"})
    assert "Longuement" not in as_(library.eve).get(f"{HERE}?repris=1").content.decode()


def test_with_an_old_token_the_form_is_shown_again(library: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(library.maude, backend="accounts.backends.AccountBackend")
    page = Client()
    page.force_login(library.maude, backend="accounts.backends.AccountBackend")
    words = filled(page.post(HERE, {"files": sent("un.txt")}).content.decode())
    answer = client.post(HERE, words)
    assert answer.status_code == 200
    assert fields(answer.content.decode())["0-abstract"] == ["Un bon guide."]
    assert not Document.objects.exists()
    forged = words | {"writer": ""}
    assert client.post(HERE, forged).status_code == 403


def test_numbers_that_mean_nothing_break_nothing(library: World, as_: As) -> None:
    maude = as_(library.maude)
    for words in (
        {"card": ["x", "-1", "99999", "²"], "act": "deposer"},
        {"card": "0", "0-file": "pas-un-fichier", "act": "deposer"},
        {"card": "0", "0-file": str(uuid.uuid4()), "0-contributors-name": "A", "act": "deposer"},
        {"replace": "0-title:99999999999", "card": "0", "0-title": RISKY},
        {"replace": "csrfmiddlewaretoken:0"},
        {"kept": "\0"},
        {"address": "http://exemple.test/\0"},
        {"0-type": "inconnu", "card": "0", "act": "deposer"},
    ):
        assert maude.post(HERE, words).status_code in (200, 400)
    assert not Document.objects.exists()


def test_nothing_chosen_is_said(library: World, as_: As) -> None:
    answer = as_(library.maude).post(HERE, {"act": ""})
    assert answer.status_code == 400
    assert "data-errors" in answer.content.decode()
