"""The search page: what each person finds on it, how it is said, and what it costs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from community.models import Membership
from core import ratelimit
from search import shown
from search.models import SavedSearch
from tests.conftest import World, make_person
from tests.forums.test_budgets import SHELL, arrived, counted
from tests.search.entries import entry

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
# Spaces she reads, and what finding costs: its cells, its rows, the pages of excerpts, corrections.
SEARCH = 5


def page(browser: Client, query: str) -> str:
    answer = browser.get(f"/recherche/?{query}")
    assert answer.status_code == 200, query
    return str(answer.content.decode())


# ------------------------------------------------------------------------------ what is found


def test_maude_finds_a_thread_by_its_words(world: World, as_: As) -> None:
    entry(
        "Parler de l’anxiété",
        "Un café pour parler <b>des</b> anxiétés.",
        space=world.intervention,
        author_name="Réal Lavoie",
        url="/discussions/7-parler/",
    )
    text = page(as_(world.maude), "q=ANXIETE")
    assert 'href="/discussions/7-parler/"' in text
    assert "l’<mark>anxiété</mark>" in text
    assert "&lt;b&gt;des&lt;/b&gt; <mark>anxiétés</mark>" in text
    assert "Réal Lavoie" in text
    assert f'class="space hue-{world.intervention.hue}"' in text


def test_a_document_leads_to_the_page_where_the_words_are(world: World, as_: As) -> None:
    entry(
        "Guide d’accueil",
        pages=("Bienvenue.", "Le retour en classe.", "Une annexe."),
        kind="document",
        url="/bibliotheque/4-guide/",
        meta={"format": "pdf", "page_count": 3, "page_url": "/bibliotheque/4/lire/?page="},
    )
    answer = as_(world.maude).get("/recherche/?q=retour")
    (hit,) = answer.context["results"].hits
    assert hit.page == 2
    assert f'href="{hit.url}"' in answer.content.decode()
    assert hit.url != "/bibliotheque/4-guide/"
    assert "PDF" in answer.content.decode()


CANARIES = {
    # word: who may find it from everywhere
    "zqcommun": {"eve", "maude", "real", "naima", "odile"},
    "zqintervention": {"maude", "odile"},
    "zqdirection": {"real", "odile"},
    "zqpsycho": set(),
    "zqorganisme": {"maude", "naima"},
    "zqbrouillon": {"eve"},
    "zqretire": set(),
}


def met(text: str) -> set[str]:
    return {word for word in CANARIES if word in text}


def canaries(world: World) -> None:
    for word, fields in {
        "zqcommun": {"space": world.common},
        "zqintervention": {"space": world.intervention},
        "zqdirection": {"space": world.direction},
        "zqpsycho": {"space": world.psychosocial},
        "zqorganisme": {"level": "organisme", "organisation": world.relais},
        "zqbrouillon": {"space": world.common, "state": "draft", "owner": world.eve},
        "zqretire": {"space": world.common, "state": "removed", "owner": world.eve},
    }.items():
        entry(f"Titre {word}", f"Un texte {word} commun", **fields)


@pytest.mark.parametrize("name", ["eve", "maude", "real", "naima", "odile"])
def test_each_person_finds_what_she_may_read_and_nothing_of_the_rest(
    world: World, as_: As, name: str
) -> None:
    canaries(world)
    person, browser = getattr(world, name), as_(getattr(world, name))
    allowed = {word for word, names in CANARIES.items() if name in names}
    for query in ("q=commun", "q=texte&tri=date", "q=titre&genre=thread", "q=titre -sirop"):
        assert met(page(browser, query)) == allowed
    for word in CANARIES:
        found = re.findall(f"Titre <mark>{word}", page(browser, f"q={word}"))
        assert len(found) == (word in allowed), word
    for prefix in ("zq", "titre zq"):
        said = browser.get("/recherche/suggestions/", {"q": prefix}).content.decode()
        assert met(said) <= allowed
    Membership.objects.filter(user=person).update(ended_at=timezone.now())
    left = met(page(browser, "q=commun"))
    assert left <= ({"zqorganisme", "zqbrouillon"} if name != "odile" else allowed)


def test_the_numbers_say_nothing_of_what_she_does_not_read(world: World, as_: As) -> None:
    for number in range(4):
        entry(f"Budget {number}", space=world.direction)
    entry("Budget commun", space=world.common, kind="thread")
    answer = as_(world.maude).get("/recherche/?q=budget")
    assert answer.context["results"].count == 1
    assert answer.context["count"] == "1"
    ways = [way for _name, ways in answer.context["facets"] for way in ways]
    assert world.direction.name not in str(ways)
    assert {way.count for way in ways} <= {"1"}


def test_a_confidential_space_is_searched_from_inside_only(world: World, as_: As) -> None:
    entry("Suivi perroquet", "Un perroquet.", space=world.psychosocial)
    entry("Un autre perroquet", space=world.common)
    naima, inside = as_(world.naima), "communaute=suivis-psychosociaux"
    everywhere = page(naima, "q=perroquet")
    assert "Suivi" not in everywhere.replace("Suivis psychosociaux", "")
    # and the page says, to her, where else to look
    assert f"/recherche/?q=perroquet&amp;{inside}" in everywhere
    within = page(naima, f"q=perroquet&{inside}")
    assert "Suivi <mark>perroquet</mark>" in within
    assert "Un autre" not in within
    assert as_(world.maude).get(f"/recherche/?q=perroquet&{inside}").status_code == 404
    assert inside not in page(as_(world.maude), "q=perroquet")
    assert inside not in page(as_(world.maude), "")


@pytest.mark.parametrize("slug", ["suivis-psychosociaux", "nexiste-pas"])
def test_an_invisible_space_and_a_missing_one_answer_alike(
    world: World, as_: As, slug: str
) -> None:
    maude = as_(world.maude)
    for path in ("/recherche/", "/recherche/suggestions/"):
        answer = maude.get(path, {"q": "retour", "communaute": slug})
        assert answer.status_code == 404
        assert "psychosociaux" not in answer.content.decode().replace(
            answer.request["QUERY_STRING"], ""
        )


def test_a_guest_searches_what_she_reads(world: World, as_: As) -> None:
    canaries(world)
    until = timezone.now() + timedelta(days=9)
    guest = make_person("Solange", role=User.Role.GUEST, access_until=until, spaces=(world.common,))
    assert met(page(as_(guest), "q=commun")) == {"zqcommun"}
    assert as_(None).get("/recherche/?q=zqcommun").status_code == 302


# ---------------------------------------------------------------------------- how it is said


def test_filters_are_chips_that_can_be_removed_one_by_one(world: World, as_: As) -> None:
    entry("Retour", space=world.intervention)
    query = "q=retour auteur:Réal&genre=thread&communaute=intervention&apres=2026-01-05&annee=2026"
    answer = as_(world.maude).get(f"/recherche/?{query}")
    chips = {chip.label: chip.without for chip in answer.context["chips"]}
    assert len(chips) == 5
    assert "Intervention" in chips and "2026" in chips
    without = chips["Intervention"]
    assert "communaute" not in without and "annee=2026" in without and "genre=thread" in without
    assert "auteur=R%C3%A9al" in without
    text = answer.content.decode()
    for address in chips.values():
        assert f'href="{address}"'.replace("&", "&amp;") in text
    # the box holds the words; the panel holds the rest
    assert answer.context["wanted"].text == "retour"
    assert 'value="Réal"' in text


def test_nothing_asked_says_what_can_be(world: World, as_: As) -> None:
    SavedSearch.objects.create(user=world.maude, name="Mes retours", query="q=retour")
    SavedSearch.objects.create(user=world.real, name="Ses budgets", query="q=budget")
    for query in ("", "q=", "q=le", "genre=thread"):
        text = page(as_(world.maude), query)
        assert "Mes retours" in text and "Ses budgets" not in text
        assert 'id="results"' not in text


def test_half_a_word_finds_how_it_may_end(world: World, as_: As) -> None:
    entry("La suspension", "une suspicion", space=world.common)
    entry("Le suspect", space=world.direction)
    text = page(as_(world.maude), "q=la+susp")  # « la » is no word to look for
    assert 'href="/recherche/?q=suspension"' in text
    assert 'href="/recherche/?q=suspicion"' in text
    assert "q=suspect" not in text
    assert "suspect" not in text
    assert "q=suspension" not in page(as_(world.maude), "q=xylo")


def test_nothing_found_gives_advice_and_no_list(world: World, as_: As) -> None:
    entry("Titre perroquet", space=world.direction)
    text = page(as_(world.maude), "q=perroquet")
    assert 'id="results"' not in text
    assert 'data-announced="' in text
    assert "/discussions/nouveau/" in text
    assert "perroquet" not in text.replace('value="perroquet"', "").replace("q=perroquet", "")


def test_more_leads_to_the_next_results_and_none_is_there_twice(world: World, as_: As) -> None:
    for number in range(45):
        entry(f"Retour numéro {number}", space=world.common)
    maude, seen, query = as_(world.maude), [], "/recherche/?q=retour"
    for _page in range(3):
        answer = maude.get(query)
        seen += [hit.row.pk for hit in answer.context["results"].hits]
        query = answer.context["next_url"]
        if query:
            assert f'href="{query}"'.replace("&", "&amp;") in answer.content.decode()
    assert query == ""
    assert len(seen) == len(set(seen)) == 45


def test_what_is_not_counted_to_the_end_says_so(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("search.finding.CEILING", 5)
    for number in range(8):
        entry(
            f"Retour numéro {number}", space=world.common, kind="post" if number % 2 else "thread"
        )
    answer = as_(world.maude).get("/recherche/?q=retour")
    assert answer.context["count"] == "5+"
    assert "5+" in answer.content.decode()
    ways = [way for _name, ways in answer.context["facets"] for way in ways]
    assert {way.count for way in ways} == {"3+"}
    assert shown.counted(2000, capped=True) == "2\u00a0000+"
    assert shown.counted(2000, capped=False) == "2\u00a0000"


@pytest.mark.parametrize("cursor", ["faux", "-1", "9" * 40, "é"])
def test_a_false_cursor_is_no_accident(world: World, as_: As, cursor: str) -> None:
    entry("Retour", space=world.common)
    assert as_(world.maude).get("/recherche/", {"q": "retour", "suite": cursor}).status_code == 200


@pytest.mark.parametrize(
    "typed",
    ['"', '""', "-", "«", "auteur:", "apres:hier", "l'", "%", "\\", "*", "(", "AND", "a" * 3000,
     "<script>", "\u202e", "NEAR(a b)", "x' OR '1'='1", "🦜", "ﬁ", "\u0000".join("ab")],
)  # fmt: skip
def test_nothing_that_can_be_typed_is_an_accident(world: World, as_: As, typed: str) -> None:
    maude = as_(world.maude)
    for path in ("/recherche/", "/recherche/suggestions/"):
        # A NUL is refused for the whole site, before any view.
        expected = 400 if "\0" in typed else 200
        answer = maude.get(path, {"q": typed, "phrase": typed, "sans": typed, "auteur": typed})
        assert answer.status_code == expected
        assert "<script>" not in answer.content.decode().partition("<main")[2]


# ---------------------------------------------------------------------------- suggestions


def test_suggestions_are_titles_with_their_kind_and_stay_in_no_cache(world: World, as_: As) -> None:
    entry("Parler de l’anxiété", space=world.intervention, url="/discussions/7/")
    answer = as_(world.maude).get("/recherche/suggestions/", {"q": "parler de l"})
    assert answer.headers["Cache-Control"] == "no-store"
    found = json.loads(answer.content)
    assert {
        "text": "Parler de l’anxiété", "url": "/discussions/7/", "icon": "chat", "about": "Fil"
    } in found["suggestions"]  # fmt: skip
    assert found["said"].startswith(str(len(found["suggestions"])))
    inside = {"q": "parler de l", "communaute": "place-commune"}
    other = json.loads(as_(world.maude).get("/recherche/suggestions/", inside).content)
    assert other["suggestions"] == []


# ---------------------------------------------------------------------------------- limits, cost


@pytest.mark.parametrize(
    ("path", "scope"), [("/recherche/?q=a", 60), ("/recherche/suggestions/?q=ab", 240)]
)
def test_who_asks_too_much_waits_and_the_others_do_not(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch, path: str, scope: int
) -> None:
    asked: list[tuple[int, int]] = []
    hit = ratelimit.hit

    def counting(name: str, key: str, limit: int, window: int) -> bool:
        asked.append((limit, window))
        return hit(name, key, 2, window)

    monkeypatch.setattr(ratelimit, "hit", counting)
    monkeypatch.setattr(ratelimit.time, "time", lambda: 1_000_000.0)
    maude, real = as_(world.maude), as_(world.real)
    answers = [maude.get(path).status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert real.get(path).status_code == 200
    assert asked[0] == (scope, 60)


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize(
    "query", ["q=retour", "q=retour&tri=date", "q=retour&genre=thread&annee={year}", "q=retuor", ""]
)
def test_a_search_costs_the_same_at_any_length(
    world: World, as_: As, rows: int, query: str
) -> None:
    """Her spaces, and what finding costs; without a query, her spaces and her saved searches."""
    query = query.format(year=timezone.localdate().year)
    for number in range(rows):
        entry(
            f"Retour {number}",
            space=world.intervention if number % 2 else world.common,
            kind="document" if number % 3 else "thread",
            pages=("Le retour.", "La classe.") if number % 3 else ("Le retour en classe.",),
        )
        SavedSearch.objects.create(user=world.maude, name="Une", query=f"q={number}")
    maude = as_(world.maude)
    # Labels and synonyms, which each process keeps for half a minute.
    maude.get(f"/recherche/?{query}")
    arrived(maude)
    with counted() as found:
        assert maude.get(f"/recherche/?{query}").status_code == 200
    # How frequent what a word looks like is.
    guess = 1 if query == "q=retuor" else 0
    assert len(found) <= SHELL + SEARCH + guess, "\n".join(sql[:200] for sql in found)
    assert not [sql for sql in found if "OFFSET" in sql]


def test_what_is_searched_is_written_nowhere(
    world: World, as_: As, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        for path in ("/recherche/?q=perroquet", "/recherche/suggestions/?q=perroquet"):
            with counted() as found:
                as_(world.maude).get(path)
            written = [sql for sql in found if sql.startswith(("INSERT", "UPDATE"))]
            assert not [sql for sql in written if "perroquet" in sql]
    ours = [record for record in caplog.records if not record.name.startswith("django.db")]
    assert "perroquet" not in str([record.getMessage() for record in ours])
