"""On a map, side by side, where we are, what is missing, for a call: what each says, to whom."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from accounts.fields import BUDGET_BANDS
from accounts.models import Organisation, User
from core import content
from core.audience import State
from core.models import Term
from practices.finding import gaps, matching, regions
from practices.finding.matching import Verdict
from practices.models import Sheet
from practices.services import life
from tests.conftest import World
from tests.forums.test_budgets import counted
from tests.practices.conftest import make_published, make_sheet, publish_sheet
from tests.practices.test_finding_list import HIDDEN, SHELL, many, shelf, told
from tests.search.rooms import index_all

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]

__all__ = ["shelf"]


def page(browser: Client, url: str) -> Any:
    found = browser.get(url)
    assert found.status_code == 200, url
    return found


def text(found: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.content.decode())).split())


# ------------------------------------------------------------------------------------- the map


def numbers(browser: Client, query: str = "") -> dict[str, int]:
    found = page(browser, f"/pratiques/carte/{query}").context["map"]
    return {one.code: one.count for one in found.regions}


def test_the_map_counts_what_the_viewer_reads(shelf: World, as_: As) -> None:
    assert numbers(as_(shelf.real)) == {"01": 1, "11": 1, "16": 0}
    assert numbers(as_(None)) == {"01": 1, "11": 0, "16": 0}


def test_the_map_obeys_the_filters_of_the_list_and_leads_back_to_them(
    shelf: World, as_: As
) -> None:
    found = page(as_(shelf.real), "/pratiques/carte/?public=parents&region=16")
    by_code = {one.code: one for one in found.context["map"].regions}

    assert {code: one.count for code, one in by_code.items()} == {"01": 0, "11": 1, "16": 0}
    assert by_code["11"].url == "/pratiques/?public=parents&region=11"
    assert by_code["16"].chosen


def test_each_region_of_the_map_has_a_name_a_number_and_its_place_in_the_list(
    shelf: World, as_: As
) -> None:
    source = page(as_(shelf.real), "/pratiques/carte/").content.decode()

    drawn = re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', source)
    assert [url for url, _name in drawn] == [f"/pratiques/?region={c}" for c in ("01", "11", "16")]
    assert all(re.search(r"\d", name) for _url, name in drawn)
    listed = source[source.index('class="regions"') :]
    assert all(f'href="{url}"' in listed for url, _name in drawn)
    assert ' style="' not in source


def test_the_seventeen_regions_are_drawn_each_with_its_number_inside() -> None:
    assert sorted(regions.DRAWINGS) == [f"{n:02}" for n in range(1, 18)]
    left, top, width, height = map(int, regions.BOX.split())
    for code, one in regions.DRAWINGS.items():
        points = _points(one.path.split("Z")[0])
        assert all(left <= x <= left + width and top <= y <= top + height for x, y in points), code
        assert _inside(one.x, one.y, points), code


def _points(path: str) -> list[tuple[int, int]]:
    """The corners of a line drawn with M, L, H and V."""
    x = y = 0
    found = []
    for letter, rest in re.findall(r"([MLHV])([\d ]+)", path):
        given = [int(one) for one in rest.split()]
        if letter == "H":
            x = given[0]
        elif letter == "V":
            y = given[0]
        else:
            x, y = given[:2]
        found.append((x, y))
    return found


def _inside(x: int, y: int, points: list[tuple[int, int]]) -> bool:
    crossed = False
    for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[0]], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossed = not crossed
    return crossed


def test_the_legend_says_what_each_tint_stands_for() -> None:
    assert regions.legend() == [(0, "0"), (1, "1–2"), (2, "3–5"), (3, "6–10"), (4, "11+")]
    assert [regions.tint_of(n) for n in (0, 1, 2, 3, 10, 11, 900)] == [0, 1, 1, 2, 3, 4, 4]


# ------------------------------------------------------------------------------- side by side


def compare(browser: Client, *sheets: Sheet, also: str = "") -> Any:
    query = "&".join(f"fiche={sheet.pk}" for sheet in sheets)
    return page(browser, f"/pratiques/comparer/?{query}{also}")


def test_two_sheets_are_side_by_side_and_what_is_the_same_is_said_in_words(
    shelf: World, as_: As
) -> None:
    plan = Sheet.objects.get(title="Le plan de retour")
    other = Sheet.objects.get(title="La rue des devoirs")
    found = compare(as_(shelf.real), other, plan)

    assert [one.sheet for one in found.context["compared"]] == [other, plan]
    rows = {r.field.name: r for group in found.context["groups"] for r in group.rows}
    assert rows["regions"].differs and not rows["steps"].differs
    source = found.content.decode()
    assert source.count('<span class="chip">') == sum(not row.differs for row in rows.values())
    assert '<th scope="row"' in source


def test_only_what_differs_can_be_shown(shelf: World, as_: As) -> None:
    plan = Sheet.objects.get(title="Le plan de retour")
    other = Sheet.objects.get(title="La rue des devoirs")
    found = compare(as_(shelf.real), other, plan, also="&seulement=differences")

    rows = [row for group in found.context["groups"] for row in group.rows]
    assert rows and all(row.differs for row in rows)


def test_who_names_more_than_three_sheets_is_told_which_are_left_out(world: World, as_: As) -> None:
    sheets = [make_published(world, identite={"title": f"Pratique {n}"}) for n in range(4)]
    hidden = make_published(world, identite={"title": "Zqcachee"})
    life.hide_sheet(hidden, by=world.odile, reason="À revoir")
    found = compare(as_(world.eve), *sheets, hidden)

    assert [one.sheet for one in found.context["compared"]] == sheets[:3]
    assert found.context["left_out"] == sheets[3:]
    assert "Pratique 3" in text(found) and "Zqcachee" not in text(found)
    assert not compare(as_(world.eve), *sheets[:3]).context["left_out"]


def test_only_published_sheets_that_she_reads_are_compared(shelf: World, as_: As) -> None:
    everything = list(Sheet.objects.order_by("pk"))
    for person, most in ((shelf.eve, 3), (None, 1)):
        found = compare(as_(person), *everything)
        shown = [one.sheet.title for one in found.context["compared"]]
        assert len(shown) == most
        assert not HIDDEN.search(found.content.decode())
    # Not even to whoever wrote the draft: a comparison is of what is published.
    assert "Zqbrouillon" not in text(compare(as_(shelf.maude), *everything))


@pytest.mark.parametrize("query", ["?fiche=x", "?fiche=-1", "?fiche=" + "9" * 40, "?fiche=²", ""])
def test_a_comparison_of_nothing_offers_what_could_be_added(
    shelf: World, as_: As, query: str
) -> None:
    found = page(as_(shelf.real), f"/pratiques/comparer/{query}")

    assert found.context["compared"] == []
    assert len(found.context["addable"]) == 2


def test_a_sheet_is_added_to_the_comparison_by_the_words_of_its_title(
    shelf: World, as_: As
) -> None:
    plan = Sheet.objects.get(title="Le plan de retour")
    other = Sheet.objects.get(title="La rue des devoirs")
    found = compare(as_(shelf.real), plan, also="&q=DEVOIRS")

    assert found.context["addable"] == [
        (other, f"/pratiques/comparer/?fiche={plan.pk}&fiche={other.pk}")
    ]


@pytest.mark.parametrize("number", [3, 300])
def test_what_each_page_costs(world: World, as_: As, number: int) -> None:
    many(world, number)
    sheets = list(Sheet.objects.order_by("pk")[:3])
    eve = as_(world.eve)
    costs = {
        "/pratiques/carte/": 2,
        "/pratiques/manques/": 1,
        "/pratiques/manques/?region=01": 1,
        "/pratiques/comparer/?" + "&".join(f"fiche={one.pk}" for one in sheets): 1,
        f"/pratiques/comparer/?fiche={sheets[0].pk}": 2,
        # The sheet, the organisation, the trials.
        f"/pratiques/{sheets[0].pk}/chez-nous/": 3,
    }
    page(eve, "/pratiques/")
    for url, most in costs.items():
        with counted() as queries:
            page(eve, url)
        assert len(queries) <= SHELL + most, "\n".join([url, *queries])


# --------------------------------------------------------------------------------- where we are


def verdicts(organisation: Organisation, viewer: User, sheet: Sheet) -> dict[str, Verdict]:
    facts = matching.facts_of(organisation, viewer)
    found = matching.points(sheet.content, sheet.cost_band, facts)
    return {point.name: point.verdict for point in found}


def test_each_point_has_its_own_verdict_and_its_own_sentence(world: World, as_: As) -> None:
    sheet = make_published(world, deroulement={"staff": "Une intervenante"})
    phare = world.phare
    phare.school_levels = ["secondaire-c1", "primaire-c1"]
    phare.publics = ["parents"]
    phare.setting = "semi-urbain"
    phare.staff_fte = 4
    phare.youth_per_year = 100
    phare.budget_band = BUDGET_BANDS[0]
    phare.contact = world.real
    phare.save()

    assert verdicts(phare, world.real, sheet) == {
        "region": Verdict.LOOK,  # 01, and they are in 11
        "setting": Verdict.PARTLY,  # beside the country
        "school_levels": Verdict.FITS,
        "age_groups": Verdict.UNKNOWN,
        "publics": Verdict.LOOK,
        "interventions": Verdict.UNKNOWN,
        "budget_band": Verdict.FITS,  # 100 young people, some $5,000
        "staff_fte": Verdict.LOOK,
    }
    said = text(page(as_(world.real), f"/pratiques/{sheet.pk}/chez-nous/"))
    assert "Une intervenante" in said


def test_what_an_organisation_keeps_from_her_is_unknown_to_her(world: World, as_: As) -> None:
    sheet = make_published(world)
    world.phare.contact = world.real
    world.phare.youth_per_year = 10
    world.phare.budget_band = BUDGET_BANDS[2]
    world.phare.save()

    # The budget is shown to whoever edits the page of the organisation, by default.
    assert verdicts(world.phare, world.real, sheet)["budget_band"] is Verdict.FITS
    assert verdicts(world.phare, world.eve, sheet)["budget_band"] is Verdict.UNKNOWN
    mine = page(as_(world.real), f"/pratiques/{sheet.pk}/chez-nous/").content.decode()
    hers = page(as_(world.eve), f"/pratiques/{sheet.pk}/chez-nous/").content.decode()
    assert "/modifier/?section=jeunes" in mine
    assert "/modifier/" not in hers and world.real.full_name in hers


@pytest.mark.parametrize(
    ("band", "young", "budget", "verdict"),
    [
        ("plus-5000", 100, 0, Verdict.LOOK),
        ("100-500", 60, 0, Verdict.PARTLY),
        ("100-500", 60, 3, Verdict.FITS),
    ],
)
def test_the_cost_is_measured_against_the_budget(
    band: str, young: int, budget: int, verdict: Verdict
) -> None:
    facts = {"youth_per_year": young, "budget_band": BUDGET_BANDS[budget]}
    point = matching.points({}, band, facts)[6]

    assert point.verdict is verdict
    assert str(young) in point.why


def test_trials_of_a_place_like_ours_come_first_and_those_set_aside_never(
    world: World, as_: As
) -> None:
    sheet = make_published(world)
    told(sheet, world.maude, "mieux", setting="urbain")
    both = told(sheet, world.maude, "abandonnee", region="11", setting="urbain")
    told(sheet, world.maude, "pire", region="16", setting="rural")
    told(sheet, world.maude, "pire", region="11", state=State.HIDDEN)

    found = page(as_(world.eve), f"/pratiques/{sheet.pk}/chez-nous/").context["alike"]
    assert [one.trial.outcome for one in found] == ["abandonnee", "mieux"]
    assert found[0].trial == both and len(found[0].shared) == 2


def test_whoever_is_in_no_organisation_is_told_so(world: World, as_: As) -> None:
    sheet = make_published(world)
    User.objects.filter(pk=world.eve.pk).update(organisation=None)
    found = page(as_(world.eve), f"/pratiques/{sheet.pk}/chez-nous/")

    assert found.context["organisation"] is None
    assert sheet.get_absolute_url() in found.content.decode()


def test_a_draft_is_put_beside_no_organisation(world: World, as_: As) -> None:
    draft = make_sheet(world.maude)
    for person in (world.maude, world.real, world.odile):
        assert as_(person).get(f"/pratiques/{draft.pk}/chez-nous/").status_code == 404
    answer = as_(None).get(f"/pratiques/{make_published(world, public=True).pk}/chez-nous/")
    assert answer.status_code == 302


# ------------------------------------------------------------------------------ what is missing


def cells(browser: Client, query: str = "") -> dict[tuple[str, str], int]:
    table = page(browser, f"/pratiques/manques/{query}").context["table"]
    return {
        (row.label, column): cell.count
        for _heading, rows in table.groups
        for row in rows
        for column, cell in zip(table.columns, row.cells, strict=True)
    }


def test_each_box_counts_the_sheets_that_say_both_words(shelf: World, as_: As) -> None:
    found = cells(as_(shelf.real))

    assert found[("Fi anxiete", "Primaire c1")] == 1
    assert found[("Fi motivation", "Secondaire c1")] == 1
    assert found[("Fi anxiete", "Secondaire c1")] == 0
    assert sum(found.values()) == 3
    assert sum(cells(as_(shelf.real), "?region=01").values()) == 2


def test_a_full_box_leads_to_its_sheets_and_an_empty_one_calls_for_a_practice(
    shelf: World, as_: As
) -> None:
    real = as_(shelf.real)
    found = page(real, "/pratiques/manques/?region=11")
    rows = [row for _heading, rows in found.context["table"].groups for row in rows]
    cells = [cell for row in rows for cell in row.cells]
    full = next(cell for cell in cells if cell.count)

    listed = page(real, full.list_url).context["sheets"]
    assert [one.title for one in listed] == ["La rue des devoirs"]
    assert full.query == "determinant=fi-anxiete&ordre=primaire-c1&region=11"


def test_the_same_boxes_stand_column_by_column(shelf: World, as_: As) -> None:
    found = page(as_(shelf.real), "/pratiques/manques/")
    table = found.context["table"]

    assert [one.label for one in table.by_column] == table.columns
    assert sum(one.empty for one in table.by_column) == table.empty
    first = table.by_column[0]
    cells = [cell for _heading, rows in first.groups for _label, cell in rows]
    assert cells == [row.cells[0] for _heading, rows in table.groups for row in rows]
    # Each is offered twice: in the table, and in the list of a phone.
    empty = next(cell for cell in cells if not cell.count)
    assert html.unescape(found.content.decode()).count(f"?{empty.query}") == 2


def test_two_axes_are_chosen_and_the_third_narrows(shelf: World, as_: As) -> None:
    asked = page(as_(shelf.real), "/pratiques/manques/?lignes=region&colonnes=region").context
    assert (asked["asked"].rows, asked["asked"].columns) == ("region", "ordre")
    assert asked["asked"].third == "determinant"
    assert gaps.read({"lignes": "x", "colonnes": "y"}).rows == "determinant"  # type: ignore[arg-type]


def test_the_table_reads_without_eyes(shelf: World, as_: As) -> None:
    source = page(as_(shelf.real), "/pratiques/manques/").content.decode()

    assert "<caption" in source and 'scope="col"' in source and 'scope="row"' in source


def test_a_visitor_signs_in_to_see_what_is_missing(shelf: World, as_: As) -> None:
    for url in ("/pratiques/manques/", "/pratiques/pour-un-appel/"):
        assert as_(None).get(url).status_code == 302


# -------------------------------------------------------------------------------- for a call


@pytest.fixture
def words(shelf: World) -> World:
    """The taxonomies as people read them."""
    for scheme, code, label in (
        ("facteurs_risque", "fi-anxiete", "Anxiété, symptômes dépressifs"),
        ("facteurs_risque", "fs-relation", "Relation maître-élève"),
        ("ordres_enseignement", "primaire-c1", "Primaire, 1er cycle"),
        ("publics", "parents", "Parents et familles"),
        ("regions", "11", "Gaspésie–Îles-de-la-Madeleine"),
        ("regions", "01", "Bas-Saint-Laurent"),
        ("milieux", "rural", "Milieu rural"),
    ):
        term = Term.objects.get(scheme=scheme, code=code)
        term.label = label
        term.save()
    return shelf


def test_the_words_of_the_taxonomies_are_recognised_in_a_text(words: World) -> None:
    said = matching.recognised(
        "Le fonds soutient l’anxiete des élèves du primaire de la Gaspésie–Îles-de-la-Madeleine, "
        "en milieu rural, et leurs parents."
    )

    assert said["determinant"] == ["fi-anxiete"]
    assert said["ordre"] == ["primaire-c1"]
    assert said["region"] == ["11"]
    assert said["milieu"] == ["rural"]
    assert "public" not in said  # “parents” is in every text of the field


def test_practices_go_with_a_call_and_say_by_which_words(words: World, as_: As) -> None:
    found = as_(words.eve).post(
        "/pratiques/pour-un-appel/", {"text": "Un appel contre l’anxiété au primaire."}
    )
    going = found.context["going"]

    assert [one.obj.title for one in going] == ["La rue des devoirs"]
    assert going[0].words == ["Anxiété, symptômes dépressifs", "Primaire, 1er cycle"]
    assert "no-store" in found["Cache-Control"]


def test_criteria_do_without_a_text(words: World, as_: As) -> None:
    found = as_(words.eve).post("/pratiques/pour-un-appel/", {"region": "01"})

    assert [one.obj.title for one in found.context["going"]] == ["Le plan de retour"]


def test_guests_read_sheets_and_are_not_offered_the_calls(words: World, as_: As) -> None:
    until = timezone.now() + timedelta(days=5)
    User.objects.filter(pk=words.eve.pk).update(role=User.Role.GUEST, access_until=until)
    eve = as_(words.eve)

    assert eve.get("/pratiques/pour-un-appel/").status_code == 404
    assert "pour-un-appel" not in page(eve, "/pratiques/").content.decode()
    # Nor does an empty box ask her to describe a practice.
    assert page(eve, "/pratiques/manques/").context["may_begin"] is False


def test_nothing_asked_is_said_and_what_was_typed_stays(words: World, as_: As) -> None:
    eve = as_(words.eve)
    assert eve.post("/pratiques/pour-un-appel/", {}).context["form"].errors
    long = eve.post("/pratiques/pour-un-appel/", {"text": "long " * 9000})
    assert long.context["form"].errors and "long long" in long.content.decode()


def test_a_text_meets_sheets_by_their_own_words_too(words: World) -> None:
    for n in range(2):
        sheet = make_sheet(
            words.real,
            identite={"title": f"Atelier de lutherie {n}", "summary": "Fabriquer un violon."},
            visees={"determinants": ["fi-motivation"], "regions": ["16"]},
        )
        publish_sheet(sheet, words.odile)
    hidden = make_published(words, identite={"title": "Atelier de lutherie caché"})
    index_all()
    life.hide_sheet(hidden, by=words.odile, reason="À vérifier")

    going = content.going_with("sheet", "Une lutherie où fabriquer des violons", words.eve)
    assert {one.obj.title for one in going} == {"Atelier de lutherie 0", "Atelier de lutherie 1"}
    assert all(one.resembles for one in going)
    assert content.going_with("thread", "Une lutherie", words.eve) == []


# ------------------------------------------------------------------------------- the search


def test_sheets_are_found_by_the_search_under_their_own_name(shelf: World, as_: As) -> None:
    index_all()
    found = page(as_(shelf.eve), "/recherche/?q=devoirs&genre=sheet")

    assert [hit.row.title for hit in found.context["results"].hits] == ["La rue des devoirs"]
    suggested = as_(shelf.eve).get("/recherche/suggestions/?q=la+rue")
    assert "La rue des devoirs" in suggested.content.decode()
    hidden = page(as_(shelf.eve), "/recherche/?q=Zqcachée&genre=sheet").context["results"]
    assert hidden.count == 0


def test_what_resembles_a_sheet_is_what_the_viewer_reads(shelf: World, as_: As) -> None:
    for n in range(2):
        publish_sheet(
            make_sheet(shelf.real, identite={"title": f"Le plan de retour, suite {n}"}),
            shelf.odile,
        )
    index_all()
    plan = Sheet.objects.get(title="Le plan de retour")
    url = f"/pratiques/{plan.pk}/semblables/"

    asked = as_(shelf.eve).get(url, headers={"HX-Request": "true"})
    assert "<html" not in asked.content.decode()
    assert "suite 0" in text(page(as_(shelf.eve), url))
    for shown in (asked, as_(None).get(url)):
        assert not HIDDEN.search(shown.content.decode())
    assert "suite" not in as_(None).get(url).content.decode()
    assert content.similar_to(plan, AnonymousUser()) == []


def test_headings_hold_the_words_of_a_call_and_are_none_of_them(words: World, as_: As) -> None:
    heading = Term.objects.create(scheme="facteurs_risque", code="fi", label="Facteurs individuels")
    for term in Term.objects.filter(code__in=("fi-anxiete", "fi-motivation")):
        term.parent = heading
        term.save()
    eve = as_(words.eve)
    for url in ("/pratiques/pour-un-appel/", "/pratiques/manques/?lignes=region&colonnes=ordre"):
        source = page(eve, url).content.decode()
        group = source.split('<optgroup label="Facteurs individuels">')[1].split("</optgroup>")[0]
        assert 'value="fi-anxiete"' in group and "fs-relation" not in group
        assert 'value="fi"' not in source
    refused = eve.post("/pratiques/pour-un-appel/", {"determinant": "fi"})
    assert refused.context["form"].errors["determinant"]
    assert (
        not eve.post("/pratiques/pour-un-appel/", {"determinant": "fi-anxiete"})
        .context["form"]
        .errors
    )
