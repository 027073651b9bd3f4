"""Writing a sheet on its pages: section by section, with what is kept, noticed and met."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from core.models import KeptForm, Term
from core.writing import writer_token
from practices.models import Presence, Sheet, Version, WorkingSection
from practices.sections import BY_NAME, SECTIONS
from practices.services import life, presence, writing
from practices.services.common import append_version
from tests.conftest import World, make_person
from tests.practices.conftest import make_sheet, make_terms

pytestmark = pytest.mark.django_db

As = Callable[[User | None], Client]
PHONE = "418 555-1234"


def page(sheet: Sheet, section: str = "besoin", rest: str = "") -> str:
    return f"/pratiques/{sheet.pk}/rediger/{section}/{rest}"


def form(user: User, revision: int = 0, **fields: Any) -> dict[str, Any]:
    return {"writer": writer_token(user), "revision": revision, **fields}


def going_on(user: User, shown: Any) -> dict[str, Any]:
    """What a shown page sends beside its fields."""
    names = ("revision", "began", "draft", "settling")
    return {"writer": writer_token(user)} | {name: shown.context[name] for name in names}


def filled(user: User, shown: Any) -> dict[str, Any]:
    """The form of a page, as it is sent when nobody touches it."""
    sent, bound = going_on(user, shown), shown.context["form"]
    for name in bound.fields:
        value = bound[name].value()
        if isinstance(value, list) and value and isinstance(value[0], dict):
            sent[f"{name}-title"] = [one["title"] for one in value]
            sent[f"{name}-text"] = [one["text"] for one in value]
        elif value:
            sent[name] = value
    return sent


def row(sheet: Sheet, name: str = "besoin") -> WorkingSection:
    return sheet.working_sections.get(name=name)


# -------------------------------------------------------------------------------- beginning


def test_maude_begins_a_sheet_with_its_name_and_is_led_to_its_sections(
    world: World, as_: As
) -> None:
    browser, form = as_(world.maude), {"title": "Le lien", "submission": str(uuid.uuid4())}

    answer = browser.post("/pratiques/nouvelle/", form)
    again = browser.post("/pratiques/nouvelle/", form)

    sheet = Sheet.objects.get()
    assert answer.headers["Location"] == f"/pratiques/{sheet.pk}/rediger/"
    assert again.headers["Location"] == answer.headers["Location"]
    assert (sheet.title, sheet.bearer, sheet.state) == ("Le lien", world.relais, "draft")


def test_a_sheet_begun_from_a_box_of_what_is_missing_says_so_and_keeps_it(
    world: World, as_: As, draft: Sheet
) -> None:
    browser = as_(world.maude)
    there = "/pratiques/nouvelle/?determinant=fi-anxiete&ordre=primaire-c1&region=11&ordre=lune"

    shown = browser.get(there)

    assert shown.context["about"] == ["Primaire c1", "Fi anxiete", "11"]
    kept = {"determinant": "fi-anxiete", "ordre": "primaire-c1", "region": "11"}
    for name, code in kept.items():
        assert f'<input type="hidden" name="{name}" value="{code}">' in shown.content.decode()
    missing = browser.post(there, {"title": "", **kept})
    assert missing.context["about"] == shown.context["about"]
    browser.post("/pratiques/nouvelle/", {"title": "Aide aux devoirs", **kept, "ordre": "lune"})
    made = Sheet.objects.latest("pk")
    assert row(made, "visees").values == {"determinants": ["fi-anxiete"], "regions": ["11"]}
    assert not made.working_sections.filter(name="public").exists()


def test_an_animator_chooses_the_organisation_that_bears_the_sheet(world: World, as_: As) -> None:
    as_(world.odile).post("/pratiques/nouvelle/", {"title": "Noté", "bearer": world.phare.pk})

    assert Sheet.objects.get().bearer == world.phare


def test_nobody_borrows_the_name_of_another_organisation(world: World, as_: As) -> None:
    as_(world.maude).post("/pratiques/nouvelle/", {"title": "Noté", "bearer": world.phare.pk})

    assert Sheet.objects.get().bearer == world.relais


def test_who_is_of_no_organisation_reads_what_to_do(world: World, as_: As) -> None:
    alone = make_person("Seule")

    answer = as_(alone).get("/pratiques/nouvelle/")

    assert answer.status_code == 403
    assert "organisme" in answer.content.decode() or "organisation" in answer.content.decode()


def test_a_guest_begins_nothing(world: World, as_: As) -> None:
    until = timezone.now() + timedelta(days=9)
    guest = make_person("Guy", role="invite", organisation=world.relais, access_until=until)

    assert as_(guest).post("/pratiques/nouvelle/", {"title": "x"}).status_code == 403
    assert as_(guest).get("/pratiques/mes-fiches/").status_code == 403
    assert not Sheet.objects.exists()


def test_a_title_that_names_a_child_is_noticed_before_it_is_kept(world: World, as_: As) -> None:
    browser = as_(world.maude)
    title = f"Appeler Kevin au {PHONE}"

    answer = browser.post("/pratiques/nouvelle/", {"title": title})
    assert "<mark>" in answer.content.decode()
    assert not Sheet.objects.exists()

    browser.post("/pratiques/nouvelle/", {"title": title, "act": "as-is"})
    assert Sheet.objects.get().title == title


def test_the_list_has_a_way_in_for_members_and_none_for_visitors(world: World, as_: As) -> None:
    assert "/pratiques/nouvelle/" in as_(world.maude).get("/pratiques/").content.decode()
    assert "/pratiques/nouvelle/" not in as_(None).get("/pratiques/").content.decode()


# ------------------------------------------------------------------------------ the sections


def test_the_list_of_sections_names_the_one_that_would_help_most(world: World, as_: As) -> None:
    make_terms()
    sheet = writing.begin_sheet(by=world.maude, bearer=world.relais, title="Le lien")

    shown = as_(world.maude).get(f"/pratiques/{sheet.pk}/rediger/")

    assert shown.context["complete"].next.name == "identite"
    assert f'class="btn" href="{page(sheet, "identite")}"' in shown.content.decode()
    lines = {line.section.name: line for line in shown.context["lines"]}
    assert [field.name for field in lines["identite"].missing] == ["summary"]
    assert not lines["anglais"].filled


@pytest.mark.parametrize("section", [one.name for one in SECTIONS])
def test_every_section_opens_and_saves_what_it_shows(
    world: World, as_: As, draft: Sheet, section: str
) -> None:
    browser = as_(world.maude)
    shown = browser.get(page(draft, section))
    assert shown.status_code == 200
    before = row(draft, section) if section in draft_names(draft) else None
    bound = shown.context["form"]
    fields: dict[str, Any] = {}
    for name in bound.fields:
        value = bound[name].value()
        if isinstance(value, list) and value and isinstance(value[0], dict):
            fields[f"{name}-title"] = [one["title"] for one in value]
            fields[f"{name}-text"] = [one["text"] for one in value]
        elif value:
            fields[name] = value

    revision = shown.context["revision"]
    answer = browser.post(page(draft, section), form(world.maude, revision, act="next") | fields)

    assert answer.status_code == 302
    if before is not None:
        after = row(draft, section)
        assert (after.values, after.revision) == (before.values, before.revision)


def test_the_heading_of_a_family_titles_its_boxes_and_is_none_of_them(
    world: World, as_: As, draft: Sheet
) -> None:
    family = Term.objects.create(scheme="facteurs_risque", code="individuels", label="De soi")
    Term.objects.filter(code__startswith="fi-").update(parent=family)
    browser = as_(world.maude)

    shown = browser.get(page(draft, "visees")).content.decode()

    assert 'aria-label="De soi"' in shown
    assert 'value="individuels"' not in shown
    assert 'value="fi-motivation"' in shown
    revision = row(draft, "visees").revision
    sent = form(world.maude, revision, determinants=["fi-motivation", "individuels"])
    assert browser.post(page(draft, "visees"), sent).status_code == 400
    assert "individuels" not in str(row(draft, "visees").values)


def draft_names(sheet: Sheet) -> set[str]:
    return set(sheet.working_sections.values_list("name", flat=True))


def test_saving_goes_on_to_the_next_section(world: World, as_: As, draft: Sheet) -> None:
    fields = form(world.maude, 1, context="Autrement", act="next")

    answer = as_(world.maude).post(page(draft), fields)

    assert answer.headers["Location"] == page(draft, "public")
    assert row(draft).values == {"context": "Autrement"}


def test_a_section_is_saved_without_what_it_requires(world: World, as_: As, draft: Sheet) -> None:
    as_(world.maude).post(page(draft), form(world.maude, 1, objectives="Un\nDeux", act="save"))

    assert row(draft).values == {"objectives": ["Un", "Deux"]}


def test_what_does_not_fit_is_all_said_at_once_and_nothing_is_lost(
    world: World, as_: As, draft: Sheet
) -> None:
    fields = {"title": "x" * 161, "summary": "y" * 501, "since": "2019"}

    answer = as_(world.maude).post(page(draft, "identite"), form(world.maude, 1, **fields))

    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"title", "summary"}
    shown = answer.content.decode()
    assert "x" * 161 in shown
    assert "y" * 501 in shown
    assert 'value="2019"' in shown


def test_a_needed_list_is_open_while_nothing_is_chosen(
    world: World, as_: As, draft: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("practices.views.writing.LONG", 1)
    browser = as_(world.maude)

    def open_ones(section: str) -> list[str]:
        rows = browser.get(page(draft, section)).context["rows"]
        return [one.field.name for one in rows if one.is_folded and one.is_open]

    assert open_ones("visees") == []
    browser.post(page(draft, "visees"), form(world.maude, row(draft, "visees").revision))
    assert open_ones("visees") == ["determinants"]
    # What is needed says so, a single box too.
    ethics = browser.get(page(draft, "ethique")).content.decode()
    assert ethics.count('class="opt"') == 1


def test_a_short_text_is_counted_and_the_autosave_names_what_does_not_fit(
    world: World, as_: As, draft: Sheet
) -> None:
    browser, long = as_(world.maude), "x" * 620
    rows = browser.get(page(draft, "identite")).context["rows"]
    counted = {one.field.name: (one.count, one.most) for one in rows if one.most}
    assert counted == {"summary": (len(row(draft, "identite").values["summary"]), 500)}

    sent = form(world.maude, row(draft, "identite").revision, title="Le lien", summary=long)
    kept = browser.post(page(draft, "identite", "garder/"), sent).json()
    assert str(BY_NAME["identite"].field("summary").label) in kept["worry"]
    assert str(BY_NAME["identite"].field("title").label) not in kept["worry"]
    refused = browser.post(page(draft, "identite"), sent)
    assert "620 " in refused.content.decode()


def test_nothing_says_saved_under_a_text_that_is_not(world: World, as_: As, draft: Sheet) -> None:
    browser = as_(world.maude)
    state = "data-state></span>"
    assert state not in browser.get(page(draft)).content.decode()

    sent = form(world.maude, row(draft).revision, context="Appeler le 418 555-0199.")
    assert state in browser.post(page(draft), sent).content.decode()


def test_a_number_that_is_not_one_is_refused_in_words(world: World, as_: As, draft: Sheet) -> None:
    answer = as_(world.maude).post(page(draft, "public"), form(world.maude, 1, yearly="beaucoup"))

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == ["yearly"]


def test_steps_are_added_moved_and_removed_without_javascript(
    world: World, as_: As, draft: Sheet
) -> None:
    browser = as_(world.maude)
    fields = {"steps-title": ["Un", "Deux", "Trois"], "steps-text": ["1", "2", "3"]}

    def rows(asked: str) -> list[str]:
        sent = form(world.maude, 1, step=asked) | fields
        shown = browser.post(page(draft, "deroulement"), sent)
        return [one["title"] for one in shown.context["form"]["steps"].value()]

    assert rows("steps:add") == ["Un", "Deux", "Trois", ""]
    assert rows("steps:up:2") == ["Un", "Trois", "Deux"]
    assert rows("steps:down:0") == ["Deux", "Un", "Trois"]
    assert rows("steps:remove:1") == ["Un", "Trois"]
    assert rows("steps:up:99") == ["Un", "Deux", "Trois"]
    assert rows("context:add") == ["Un", "Deux", "Trois"]
    assert row(draft, "deroulement").revision == 1


def test_what_could_identify_somebody_is_shown_replaced_or_kept_as_she_decides(
    world: World, as_: As, draft: Sheet
) -> None:
    browser = as_(world.maude)
    text = f"On appelle le parent au {PHONE}."

    asked = browser.post(page(draft), form(world.maude, 1, context=text, act="next"))
    assert "<mark>" in asked.content.decode()
    assert row(draft).revision == 1

    mended = browser.post(page(draft), form(world.maude, 1, context=text, replace="context:0"))
    assert PHONE not in mended.context["form"]["context"].value()

    decided = form(world.maude, 1, context=text, act="as-is", then="next")
    assert browser.post(page(draft), decided).headers["Location"] == page(draft, "public")
    assert row(draft).values["context"] == text

    # She decided: the same words are not asked about again.
    more = form(world.maude, 2, context=f"{text} Puis on attend.", act="save")
    assert browser.post(page(draft), more).status_code == 302


def test_a_step_that_could_identify_somebody_is_mended_in_its_place(
    world: World, as_: As, draft: Sheet
) -> None:
    fields = {"steps-title": ["Un", "Deux"], "steps-text": ["Attendre", f"Appeler {PHONE}"]}
    sent = form(world.maude, 1, replace="steps-text.1:0") | fields

    shown = as_(world.maude).post(page(draft, "deroulement"), sent)

    steps = shown.context["form"]["steps"].value()
    assert steps[0] == {"title": "Un", "text": "Attendre"}
    assert PHONE not in steps[1]["text"]


# ---------------------------------------------------------------------------- while it is typed


def test_what_is_typed_is_saved_as_she_goes(world: World, as_: As, draft: Sheet) -> None:
    browser = as_(world.maude)

    first = browser.post(page(draft, rest="garder/"), form(world.maude, 1, context="Un")).json()
    assert first["revision"] == 2
    again = form(world.maude, first["revision"], context="Un, deux")
    assert browser.post(page(draft, rest="garder/"), again).json()["revision"] == 3

    assert row(draft).values == {"context": "Un, deux"}
    assert not KeptForm.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"context": f"Appeler le {PHONE}"},
        {"context": "x" * 4001},
        {"context": "À moi", "revision": 0},
        {"context": "Des deux", "settling": "1"},
    ],
)
def test_what_is_not_to_be_shared_yet_is_kept_for_her_alone(
    world: World, as_: As, draft: Sheet, fields: dict[str, Any]
) -> None:
    before, browser = row(draft).values, as_(world.maude)

    answer = browser.post(page(draft, rest="garder/"), form(world.maude, 1) | fields)

    assert answer.json()["worry"]
    assert row(draft).values == before
    kept = KeptForm.objects.get()
    assert (kept.user, kept.fields["context"]) == (world.maude, [fields["context"]])
    assert "?repris=1" in browser.get(page(draft)).content.decode()
    shown = browser.get(page(draft) + "?repris=1")
    assert shown.context["form"]["context"].value() == fields["context"]


def test_when_her_session_ends_what_she_types_is_kept_for_her_alone(
    world: World, as_: As, draft: Sheet
) -> None:
    before = row(draft).values

    answer = as_(None).post(page(draft, rest="garder/"), form(world.maude, 1, context="Un"))
    assert answer.json()["worry"]
    sent = as_(None).post(page(draft), form(world.maude, 1, context="Un, deux", act="save"))

    assert sent.status_code == 302
    assert "repris" in sent.headers["Location"]
    assert row(draft).values == before
    shown = as_(world.maude).get(page(draft) + "?repris=1")
    assert shown.context["form"]["context"].value() == "Un, deux"


def test_nobody_saves_a_section_of_a_sheet_that_she_does_not_bear(
    world: World, as_: As, draft: Sheet, sheet: Sheet
) -> None:
    for rest in ("", "garder/", "presence/"):
        browser = as_(world.real)
        answer = browser.post(page(draft, rest=rest), form(world.real, 1, context="Moi"))
        assert answer.status_code == 404
        answer = browser.post(page(sheet, rest=rest), form(world.real, 0, context="Moi"))
        assert answer.status_code == 403
    assert not WorkingSection.objects.filter(values__context="Moi").exists()
    assert not Presence.objects.exists()


def test_without_her_own_form_nothing_is_kept(world: World, as_: As, draft: Sheet) -> None:
    fields = {"writer": "faux", "revision": 1, "context": "Moi"}

    assert as_(world.maude).post(page(draft, rest="garder/"), fields).status_code == 403
    assert as_(None).post(page(draft, rest="garder/"), fields).status_code == 302
    assert row(draft).revision == 1


def test_a_section_that_does_not_exist_is_not_found(world: World, as_: As, draft: Sheet) -> None:
    assert as_(world.maude).get(page(draft, "nulle-part")).status_code == 404


def test_what_was_submitted_is_read_but_not_changed_until_it_is_taken_back(
    world: World, as_: As, draft: Sheet
) -> None:
    life.submit(draft, by=world.maude)
    browser = as_(world.maude)

    refused = browser.post(page(draft), form(world.maude, 1, context="Autrement", act="save"))

    assert refused.status_code == 409
    assert refused.context["form"]["context"].value() == "Autrement"
    life.take_back(draft, by=world.maude)
    sent = form(world.maude, 1, context="Autrement", act="save")
    assert browser.post(page(draft), sent).status_code == 302


# ------------------------------------------------------------------------------- two people


@pytest.fixture
def two(world: World, draft: Sheet) -> Sheet:
    """Maude and Naïma both bear the draft."""
    draft.bearers.create(user=world.naima)
    return draft


def test_each_is_told_of_the_other_and_forgotten_after_a_minute(
    world: World, as_: As, two: Sheet
) -> None:
    mine, hers = as_(world.maude), as_(world.naima)
    fields = {"writer": writer_token(world.maude)}

    assert mine.post(page(two, rest="presence/"), fields).json() == {"others": ""}
    assert "Maude" in hers.get(page(two)).content.decode()
    there = {"writer": writer_token(world.naima)}
    assert "Maude" in hers.post(page(two, rest="presence/"), there).json()["others"]
    assert hers.post(page(two, "cout", rest="presence/"), there).json() == {"others": ""}

    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=61))
    assert mine.get(page(two)).context["others"] == []
    presence.forget_presences()
    assert not Presence.objects.exists()


def test_when_both_save_both_texts_are_shown_and_nothing_is_lost(
    world: World, as_: As, two: Sheet
) -> None:
    mine, hers = as_(world.maude), as_(world.naima)
    hers.post(page(two), form(world.naima, 1, context="De Naïma", objectives="A", act="save"))

    met = mine.post(page(two), form(world.maude, 1, context="De Maude", act="save"))

    assert met.status_code == 409
    assert met.context["form"]["context"].value() == "De Maude"
    beside = {one.field.name: one.others for one in met.context["rows"] if one.others}
    assert beside["context"][0].lines == ["De Naïma"]
    assert beside["objectives"][0].lines == ["A"]
    assert "Naïma" in met.content.decode()
    assert row(two).values["context"] == "De Naïma"
    # Both texts are kept, the page says: hers too, if she leaves now.
    assert KeptForm.objects.get(user=world.maude).fields["context"] == ["De Maude"]

    assert met.context["settling"] == ["context", "objectives"]
    settling = going_on(world.maude, met) | {"context": "De Maude"}
    taken = mine.post(page(two), settling | {"take": "theirs:objectives"})
    assert taken.context["form"]["objectives"].value() == "A"
    assert [one.field.name for one in taken.context["rows"] if one.others] == ["context"]

    final = settling | {"context": "Des deux", "objectives": "A", "act": "save"}
    assert mine.post(page(two), final).status_code == 302
    assert row(two).values == {"context": "Des deux", "objectives": ["A"]}


STEPS = {"steps-title": ["Choisir", "Relancer"], "steps-text": ["Seul.", "Le lundi."]}
# What one person may change of the section, by field.
EDITS: dict[str, dict[str, Any]] = {
    "steps": STEPS,
    "intensity": {"intensity": "Une heure par semaine"},
    "duration": {"duration": "Six semaines"},
}
EDIT = st.sets(st.sampled_from(sorted(EDITS)))


def edited(sent: dict[str, Any], names: set[str], who: str) -> dict[str, Any]:
    sent = dict(sent)
    for name in names:
        for key, value in EDITS[name].items():
            sent[key] = [*value, who] if isinstance(value, list) else f"{value}, {who}"
    return sent


@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(hers=EDIT, mine=EDIT, asked=st.sampled_from(["", "garder/"]))
def test_only_the_fields_that_both_changed_are_in_conflict(
    world: World, as_: As, two: Sheet, hers: set[str], mine: set[str], asked: str
) -> None:
    naima, maude, name = as_(world.naima), as_(world.maude), "deroulement"
    here, began = page(two, name), row(two, name).values
    sent = filled(world.maude, maude.get(here))
    naima.post(here, edited(filled(world.naima, naima.get(here)), hers, "Naïma"))
    between = row(two, name).values

    answer = maude.post(page(two, name, asked), edited(sent, mine, "Maude"))

    saved, both = row(two, name).values, hers & mine
    try:
        if both:
            assert saved == between
            if not asked:
                assert set(answer.context["settling"]) == both
                beside = {one.field.name for one in answer.context["rows"] if one.others}
                assert beside == both
                # Saved as it is shown: hers where both wrote, and nothing else is undone.
                assert maude.post(here, filled(world.maude, answer)).status_code == 302
                saved = row(two, name).values
                assert all("Naïma" in str(saved[one]) for one in hers - both)
                assert all("Maude" in str(saved[one]) for one in mine)
        else:
            assert answer.status_code == (200 if asked else 302)
            assert all("Naïma" in str(saved[one]) for one in hers)
            assert all("Maude" in str(saved[one]) for one in mine)
            untouched = set(EDITS) - hers - mine
            assert all(saved.get(one) == began.get(one) for one in untouched)
    finally:
        two.working_sections.filter(name=name).update(values=began)
        KeptForm.objects.all().delete()


def test_a_page_that_saves_as_she_types_never_undoes_the_other(
    world: World, as_: As, two: Sheet
) -> None:
    naima, maude, name = as_(world.naima), as_(world.maude), "deroulement"
    here, there = page(two, name), page(two, name, "garder/")
    sent = filled(world.maude, maude.get(here))
    naima.post(here, edited(filled(world.naima, naima.get(here)), {"intensity"}, "Naïma"))

    for words in ("Six", "Six semaines"):
        answer = maude.post(there, sent | {"duration": f"  {words} \r"}).json()
        assert not answer["worry"]
        sent |= {"revision": answer["revision"], "began": answer["began"]}

    saved = row(two, name).values
    assert (saved["duration"], saved["intensity"]) == (
        "Six semaines",
        "Une heure par semaine, Naïma",
    )
    # In the field that she did not see change, she meets it.
    assert maude.post(here, sent | {"intensity": "Deux heures"}).status_code == 409


def test_what_her_page_saved_without_an_answer_is_not_somebody_elses(
    world: World, as_: As, draft: Sheet
) -> None:
    browser, there = as_(world.maude), page(draft, rest="garder/")
    sent = filled(world.maude, browser.get(page(draft)))
    browser.post(there, sent | {"context": "Un"})

    met = browser.post(there, sent | {"context": "Un, deux"}).json()
    lost = urlencode({"context": "Un"}), urlencode({"context": "Jamais arrivé"})
    told = sent | {"context": "Un, deux", "unanswered": "\r\n".join(lost)}

    assert met["worry"]
    assert not browser.post(there, told).json()["worry"]
    assert row(draft).values["context"] == "Un, deux"


def test_what_is_published_meanwhile_is_not_undone_by_an_older_page(
    world: World, as_: As, sheet: Sheet
) -> None:
    browser = as_(world.maude)
    sent = filled(world.maude, browser.get(page(sheet)))
    content = sheet.content | {"besoin": {"context": "Bonifié"}}
    append_version(sheet, content, by=world.odile, cause=Version.Cause.PROPOSAL)

    assert browser.post(page(sheet), sent | {"objectives": "Un"}).status_code == 302

    assert row(sheet).values == {"context": "Bonifié", "objectives": ["Un"]}


@pytest.fixture
def aside(world: World, as_: As, two: Sheet) -> str:
    """The context that Maude wrote, met and left: it is kept for her. The link to it."""
    maude, here = as_(world.maude), page(two)
    sent = filled(world.maude, maude.get(here))
    as_(world.naima).post(here, form(world.naima, 1, context="De Naïma"))
    maude.post(here, sent | {"context": "Deux paragraphes."})
    return f"{here}?repris={sent['draft']}"


@pytest.mark.parametrize("asked", ["", "garder/"])
def test_a_kept_text_outlives_what_is_written_beside_it(
    world: World, as_: As, two: Sheet, aside: str, asked: str
) -> None:
    maude = as_(world.maude)
    fresh = filled(world.maude, maude.get(page(two)))

    maude.post(page(two, rest=asked), fresh | {"context": "De Naïma, et trois mots"})

    assert row(two).values["context"] == "De Naïma, et trois mots"
    assert f'href="{aside.removeprefix(page(two))}"' in maude.get(page(two)).content.decode()
    overview = maude.get(f"/pratiques/{two.pk}/rediger/")
    assert overview.context["aside"] == {"besoin"}
    assert as_(world.naima).get(f"/pratiques/{two.pk}/rediger/").context["aside"] == set()
    # Another one that is kept takes another place.
    as_(world.naima).post(page(two), form(world.naima, 3, context="De Naïma encore"))
    maude.post(page(two, rest=asked), fresh | {"context": "Un autre texte"})
    kept = {one.fields["context"][0] for one in KeptForm.objects.all()}
    assert kept == {"Deux paragraphes.", "Un autre texte"}

    taken_up = maude.get(aside)
    assert taken_up.context["form"]["context"].value() == "Deux paragraphes."
    assert taken_up.context["rows"][0].others[0].lines == ["De Naïma encore"]
    assert len(taken_up.context["waiting"]) == 1
    assert maude.post(page(two), filled(world.maude, taken_up)).status_code == 302
    assert row(two).values["context"] == "Deux paragraphes."
    assert KeptForm.objects.get().fields["context"] == ["Un autre texte"]


def test_a_kept_text_is_dropped_when_she_says_so(
    world: World, as_: As, two: Sheet, aside: str
) -> None:
    maude, mark = as_(world.maude), aside.partition("=")[2]
    before = row(two).values
    dropped = page(two, rest="abandonner/")

    as_(world.naima).post(dropped, {"draft": mark})
    assert KeptForm.objects.exists()
    answer = maude.post(dropped, {"draft": mark})

    assert answer.headers["Location"] == page(two)
    assert not KeptForm.objects.exists()
    assert row(two).values == before
    assert maude.get(aside).context["form"]["context"].value() == "De Naïma"


def test_the_page_of_a_conflict_counts_the_fields_that_differ(
    world: World, as_: As, two: Sheet
) -> None:
    as_(world.naima).post(page(two), form(world.naima, 1, context="De Naïma", objectives="A"))

    met = as_(world.maude).post(page(two), form(world.maude, 1, context="À moi", objectives="B"))

    assert [field.name for field in met.context["clashes"]] == ["context", "objectives"]
    shown = met.content.decode()
    assert "2 champs ont aussi été changés ailleurs" in shown
    assert 'href="#id_objectives"' in shown
    assert "à revoir" not in shown


def test_putting_hers_back_keeps_what_was_typed_after(world: World, as_: As, two: Sheet) -> None:
    maude, here = as_(world.maude), page(two, "identite")
    as_(world.naima).post(here, form(world.naima, 1, title="À elle"))
    sent = going_on(world.maude, maude.post(here, form(world.maude, 1, title="À moi")))
    sent |= {"mine": "title", "mine-title": "À moi", "take": "mine:title"}

    def beside(shown: Any) -> dict[str, list[str]]:
        others = next(one.others for one in shown.context["rows"] if one.field.name == "title")
        return {one.whose: one.lines for one in others}

    back = maude.post(here, sent | {"title": "À nous deux"})
    assert back.context["form"]["title"].value() == "À moi"
    assert beside(back) == {"theirs": ["À elle"], "mine": ["À nous deux"]}
    # Theirs is beside already.
    back = maude.post(here, sent | {"title": "À elle"})
    assert beside(back) == {"theirs": ["À elle"]}
    # What stands beside nothing is taken from nowhere.
    nothing = maude.post(here, sent | {"title": "À nous deux", "take": "theirs:since"})
    assert nothing.context["form"]["title"].value() == "À nous deux"


STEP = {"title": "Relancer", "text": "Le lundi."}
# A section and its field; what Naïma saves of it, and what Maude had typed; what is in the form
# once Maude takes the text of Naïma; what each of the two says beside it, the words of the field.
TAKEN = {
    "short text": ("identite", {"title": "À elle"}, {"title": "À moi"}, "À elle", "À moi"),
    "long text": (
        "besoin",
        {"context": "À elle"},
        {"context": "À moi.\r\nEt encore."},
        "À moi.\nEt encore.\n\nÀ elle",
        "À moi.\nEt encore.",
    ),
    "lines": (
        "lecons",
        {"obstacles": "À elle\nÀ nous"},
        {"obstacles": "À moi\nÀ nous"},
        "À moi\nÀ nous\nÀ elle",
        "À moi\nÀ nous",
    ),
    "steps": (
        "deroulement",
        {"steps-title": ["Relancer"], "steps-text": ["Le lundi."]},
        {"steps-title": ["Écouter"], "steps-text": ["Le soir."]},
        [{"title": "Écouter", "text": "Le soir."}, STEP],
        "Écouter : Le soir.",
    ),
    "choice": ("cout", {"band": "100-500"}, {"band": "500-2000"}, "100-500", "De 500 à"),
    "words of a list": (
        "public",
        {"ages": ["12-14"]},
        {"ages": ["9-11"]},
        ["9-11", "12-14"],
        "9 11",
    ),
    "number": ("public", {"yearly": "40"}, {"yearly": "12"}, "40", "12"),
    "yes or no": ("ethique", {}, {"nobody": "on"}, False, "Aucun jeune"),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_taking_the_other_text_loses_nothing_of_hers(
    world: World, as_: As, two: Sheet, kind: str
) -> None:
    section, theirs, hers, both, words = TAKEN[kind]
    name = next(iter(hers)).partition("-")[0]
    here, mine = page(two, section), as_(world.maude)
    as_(world.naima).post(here, form(world.naima, 1, act="save") | theirs)
    met = mine.post(here, form(world.maude, 1, act="save") | hers)
    began = going_on(world.maude, met) | hers

    taken = mine.post(here, began | {"take": f"theirs:{name}"})

    assert taken.context["form"][name].value() == both
    beside = {
        one.whose: "\n".join(map(str, one.lines))
        for row in taken.context["rows"]
        if row.field.name == name
        for one in row.others
    }
    assert words in beside["mine"]
    # The page saves nothing by itself that she did not type.
    assert "data-unsaved" not in taken.content.decode()
    kept = {key: value if isinstance(value, list) else [value] for key, value in hers.items()}
    assert KeptForm.objects.get().fields.items() >= kept.items()
    taken_up = mine.get(f"{here}?repris=1").context["form"][name].value()
    assert taken_up != both

    remembered: dict[str, list[str]] = {}
    for key, value in taken.context["typed_before"]:
        remembered.setdefault(key, []).append(value)
        assert f'type="hidden" name="{key}"' in taken.content.decode()
    went_on = began | (theirs if both else {}) | remembered
    if not theirs:
        del went_on[name]
    answer = mine.post(page(two, section, "garder/"), went_on).json()
    assert answer["said"] == "Conservé"
    came_back = mine.get(f"{here}?repris=1")
    again = next(row for row in came_back.context["rows"] if row.field.name == name)
    assert [one.whose for one in again.others if not one.within] == ["mine"]
    back = mine.post(here, went_on | {"take": f"mine:{name}"})
    typed = back.context["form"][name].value()
    assert typed == taken_up or (again.others[0].grows and len(typed) > len(taken_up))


def test_what_is_published_is_taken_without_losing_what_was_prepared(
    world: World, as_: As, sheet: Sheet
) -> None:
    writing.save_section(sheet, "besoin", {"context": "En cours"}, by=world.maude, revision=0)
    sheet.refresh_from_db()
    content = sheet.content | {"besoin": {"context": "Bonifié"}}
    append_version(sheet, content, by=world.odile, cause=Version.Cause.PROPOSAL)
    browser = as_(world.maude)
    sent = form(world.maude, 1, seen=2, context="En cours")

    taken = browser.post(page(sheet), sent | {"take": "published:context"})
    assert taken.context["form"]["context"].value() == "En cours\n\nBonifié"
    again = sent | {"context": "En cours\n\nBonifié", "take": "published:context"}
    twice = browser.post(page(sheet), again)
    assert twice.context["form"]["context"].value() == "En cours\n\nBonifié"
    typed = sent | {"context": "Bonifié", "mine": "context", "mine-context": "En cours"}
    assert browser.post(page(sheet, rest="garder/"), typed).json()["worry"]
    assert row(sheet).values == {"context": "En cours"}


def test_an_improvement_published_meanwhile_is_shown_beside_until_she_saves(
    world: World, as_: As, sheet: Sheet
) -> None:
    writing.save_section(sheet, "besoin", {"context": "En cours"}, by=world.maude, revision=0)
    sheet.refresh_from_db()
    content = sheet.content | {"besoin": {"context": "Bonifié"}}
    append_version(sheet, content, by=world.odile, cause=Version.Cause.PROPOSAL)
    browser = as_(world.maude)

    shown = browser.get(page(sheet))
    others = shown.context["rows"][0].others
    assert (others[0].whose, others[0].lines) == ("published", ["Bonifié"])

    browser.post(page(sheet), form(world.maude, 1, seen=2, context="Les deux", act="save"))
    assert browser.get(page(sheet)).context["rows"][0].others == []
    assert (row(sheet).base, row(sheet).values["context"]) == (2, "Les deux")


def test_what_is_prepared_of_a_section_may_be_given_up(world: World, as_: As, sheet: Sheet) -> None:
    writing.save_section(sheet, "besoin", {"context": "En cours"}, by=world.maude, revision=0)

    as_(world.maude).post(page(sheet, rest="abandonner/"))

    assert not sheet.working_sections.exists()
    sheet.refresh_from_db()
    assert sheet.progress == Sheet.Progress.NONE


# ------------------------------------------------------------------------------------ budgets


@pytest.mark.parametrize("lines", [1, 20])
def test_a_section_costs_the_same_whatever_it_holds(
    world: World, as_: As, draft: Sheet, lines: int, django_assert_max_num_queries: Any
) -> None:
    values = {"success": [f"Ligne {n}" for n in range(lines)], "mistakes": ["Une"]}
    writing.save_section(draft, "lecons", values, by=world.maude, revision=1)
    browser = as_(world.maude)
    browser.get(page(draft, "lecons"))

    with django_assert_max_num_queries(10):
        browser.get(page(draft, "lecons"))
    with django_assert_max_num_queries(8):
        browser.get(f"/pratiques/{draft.pk}/rediger/")


@pytest.mark.parametrize("count", [2, 12])
def test_her_sheets_cost_the_same_whatever_their_number(
    world: World, as_: As, count: int, django_assert_max_num_queries: Any
) -> None:
    for _number in range(count):
        make_sheet(world.maude)
    browser = as_(world.maude)
    browser.get("/pratiques/mes-fiches/")

    with django_assert_max_num_queries(7):
        shown = browser.get("/pratiques/mes-fiches/")
    assert len(shown.context["groups"][0].sheets) == count
