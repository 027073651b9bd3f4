"""The life of a sheet on its pages: what each may do there, and what each reads."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core.models import ActionLog
from moderation import handlers
from moderation.console import tasks_for
from practices import acts, home
from practices.errors import NothingNew, ReasonNeeded
from practices.forms.life import NotedForm
from practices.models import Evidence, Sheet, Step
from practices.services import evidence, life, writing
from tests.clock import noon
from tests.conftest import World, make_person
from tests.forums.test_budgets import counted
from tests.practices.conftest import make_published, make_sheet, publish_sheet

pytestmark = pytest.mark.django_db

As = Callable[[User | None], Client]
Work = Callable[[], None]
PHONE = "418 555-1234"


def vie(sheet: Sheet, act: str = "") -> str:
    return f"/pratiques/{sheet.pk}/vie/" + (f"{act}/" if act else "")


def do(browser: Client, sheet: Sheet, name: str, /, **fields: Any) -> Any:
    return browser.post(vie(sheet, name), fields)


def offered(browser: Client, sheet: Sheet) -> set[str]:
    return {act.name for act in browser.get(vie(sheet)).context["acts"]}


def again(sheet: Sheet) -> Sheet:
    return Sheet.objects.get(pk=sheet.pk)


# --------------------------------------------------------------------------- who may what


def test_the_whole_life_by_its_pages(world: World, as_: As, draft: Sheet) -> None:
    maude, odile = as_(world.maude), as_(world.odile)
    assert offered(maude, draft) == {"soumettre", "retirer"}
    assert odile.get(vie(draft)).status_code == 404

    do(maude, draft, "soumettre", words="Bonne lecture")
    assert offered(maude, draft) == {"reprendre", "retirer"}
    assert offered(odile, draft) == {
        "prendre", "publier", "corriger", "refuser", "retirer", "consentir", "porteuses",
        "reprendre",
    }  # fmt: skip
    do(odile, draft, "prendre")
    assert "prendre" not in offered(odile, draft), "she has it already"
    do(odile, draft, "corriger", words="Préciser les étapes.")
    shown = maude.get(draft.get_absolute_url()).content.decode()
    assert "Préciser les étapes." in shown
    assert f"/pratiques/{draft.pk}/rediger/" in shown

    do(maude, draft, "soumettre")
    day = (timezone.localdate() + timedelta(days=200)).isoformat()
    do(odile, draft, "publier", review_on=day, words="Merci")
    sheet = again(draft)
    assert (sheet.state, str(sheet.review_on)) == ("published", day)
    do(maude, sheet, "confirmer")
    do(maude, sheet, "archiver", words="Plus personne")
    assert again(sheet).archived_at is not None
    do(maude, sheet, "desarchiver")
    assert do(odile, sheet, "consentir").status_code == 400
    do(odile, sheet, "consentir", words="La directrice, le 12, par courriel")
    do(odile, sheet, "ouvrir")
    assert again(sheet).is_public
    assert as_(None).get(sheet.get_absolute_url()).status_code == 200
    do(odile, sheet, "fermer")
    do(odile, sheet, "retirer-consentement")
    assert not again(sheet).is_public
    done = do(maude, sheet, "retirer", reason="La famille l’a demandé.")
    assert done.headers["Location"] == "/pratiques/mes-fiches/"
    gone = as_(world.real).get(sheet.get_absolute_url())
    assert gone.status_code == 410
    assert "La famille l’a demandé." in gone.content.decode()


def test_a_reader_of_the_sheet_has_no_part_in_its_life(world: World, as_: As, sheet: Sheet) -> None:
    real = as_(world.real)

    assert real.get(vie(sheet)).status_code == 403
    for act in acts.ACTS:
        assert do(real, sheet, act.name, reason="x", words="x").status_code == 403
    shown = real.get(sheet.get_absolute_url()).content.decode()
    assert vie(sheet) not in shown


@pytest.mark.parametrize("act", [one.name for one in acts.ACTS])
def test_a_draft_is_nothing_to_anybody_else(world: World, as_: As, draft: Sheet, act: str) -> None:
    for person in (world.real, world.naima, world.odile):
        absent = do(as_(person), draft, act, words="x", reason="x").status_code
        assert absent == 404
    assert as_(None).get(vie(draft)).status_code == 302
    assert again(draft).state == "draft"


def test_a_bearer_neither_decides_nor_consents(world: World, as_: As, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)
    maude = as_(world.maude)
    acts_of_others = ("prendre", "publier", "corriger", "refuser", "consentir", "ouvrir")
    for act in acts_of_others:
        do(maude, draft, act, words="Oui", review_on="2027-11-01")

    sheet = again(draft)
    assert (sheet.progress, sheet.current, sheet.consented_at) == ("soumise", None, None)


def test_the_referente_consents_and_names_the_bearers_among_her_own(
    world: World, as_: As, sheet: Sheet
) -> None:
    world.relais.contact = world.naima
    world.relais.save()
    naima = as_(world.naima)
    assert offered(naima, sheet) == {"consentir", "porteuses"}
    assert naima.get(vie(sheet)).context["steps"] == []

    do(naima, sheet, "consentir")
    assert again(sheet).consented_by == world.naima
    wrong = do(naima, sheet, "porteuses", people=[world.real.pk])
    assert wrong.status_code == 400
    do(naima, sheet, "porteuses", people=[world.naima.pk])
    assert list(sheet.bearers.values_list("user", flat=True)) == [world.naima.pk]


def test_an_animator_notes_from_whom_when_and_how_a_consent_came(
    world: World, as_: As, sheet: Sheet
) -> None:
    odile = as_(world.odile)
    assert isinstance(odile.get(vie(sheet, "consentir")).context["form"], NotedForm)

    assert do(odile, sheet, "consentir", words=" ").status_code == 400
    assert again(sheet).consented_at is None
    with pytest.raises(ReasonNeeded):
        life.give_consent(sheet, by=world.odile)
    do(odile, sheet, "consentir", words="La directrice, le 12 novembre, par courriel")

    assert again(sheet).consented_by == world.odile
    for person in (world.odile, world.maude):
        shown = as_(person).get(vie(sheet)).content.decode()
        assert "La directrice, le 12 novembre, par courriel" in shown
    step = sheet.steps.first()
    assert step is not None
    assert (step.act, step.by) == ("notee", world.odile)


def test_the_steps_tell_what_was_taken_back(world: World, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)
    life.take_back(draft, by=world.maude)
    life.submit(draft, by=world.maude)

    told = list(draft.steps.values_list("act", flat=True))
    assert told == ["soumise", "reprise", "soumise"]


def test_one_act_stands_out_and_the_others_have_headings(
    world: World, as_: As, draft: Sheet
) -> None:
    life.submit(draft, by=world.maude)
    shown = as_(world.odile).get(vie(draft))

    assert shown.context["first"].name == "prendre"
    under = {str(heading): {act.name for act in acts} for heading, acts in shown.context["groups"]}
    assert sorted(len(names) for names in under.values()) == [1, 1, 1, 4]
    assert {"retirer"} in under.values()
    section = shown.content.decode().split('id="acts"')[1].split("</section>")[0]
    assert len(re.findall(r'class="btn(?! quiet)[^"]*"', section)) == 1


def test_what_is_to_be_corrected_is_said_where_one_corrects(
    world: World, as_: As, draft: Sheet
) -> None:
    life.submit(draft, by=world.maude)
    life.ask_corrections(draft, by=world.odile, words="Préciser les étapes.")
    maude = as_(world.maude)
    write = f"/pratiques/{draft.pk}/rediger/"

    for address in (write, f"{write}deroulement/", vie(draft), draft.get_absolute_url()):
        assert maude.get(address).content.decode().count("Préciser les étapes.") >= 1, address
    life.give_consent(draft, by=world.odile, words="Par courriel")
    assert maude.get(vie(draft)).context["answer"].words == "Préciser les étapes."
    life.submit(draft, by=world.maude)
    assert "Préciser les étapes." not in maude.get(write).content.decode()


def test_the_steps_are_read_by_bearers_and_animators_only(
    world: World, as_: As, draft: Sheet
) -> None:
    life.submit(draft, by=world.maude, words="zqmot")
    life.publish(draft, by=world.odile, words="zqreponse")
    for person in (world.maude, world.odile):
        shown = as_(person).get(vie(draft)).content.decode()
        assert "zqmot" in shown
        assert "zqreponse" in shown
    for person in (world.real, world.naima, None):
        for path in (vie(draft), again(draft).get_absolute_url()):
            shown = as_(person).get(path).content.decode()
            assert "zqmot" not in shown
            assert "zqreponse" not in shown


# ------------------------------------------------------------------------- what is asked first


def test_a_sheet_that_lacks_something_is_not_submitted_and_the_page_says_what(
    world: World, as_: As
) -> None:
    sheet = writing.begin_sheet(by=world.maude, bearer=world.relais, title="Le lien")
    maude = as_(world.maude)

    shown = maude.get(vie(sheet, "soumettre")).content.decode()
    assert f"/pratiques/{sheet.pk}/rediger/identite/" in shown
    assert do(maude, sheet, "soumettre").status_code == 400
    assert again(sheet).progress == "brouillon"


def test_what_could_identify_somebody_is_looked_at_before_the_sheet_goes_out(
    world: World, as_: As
) -> None:
    sheet = make_sheet(world.maude, besoin={"context": f"Appeler le {PHONE}."})
    maude = as_(world.maude)

    asked = do(maude, sheet, "soumettre")
    assert [one.name for one in asked.context["found"]] == ["besoin"]
    assert again(sheet).progress == "brouillon"
    do(maude, sheet, "soumettre", act="as-is")
    assert again(sheet).progress == "soumise"


def test_the_words_of_an_act_are_looked_at_too(world: World, as_: As, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)
    odile, words = as_(world.odile), f"La mère au {PHONE} s’y reconnaîtrait."

    asked = do(odile, draft, "refuser", words=words)
    assert "<mark>" in asked.content.decode()
    mended = do(odile, draft, "refuser", words=words, replace="words:0")
    assert PHONE not in mended.context["form"]["words"].value()
    assert again(draft).progress == "soumise"
    do(odile, draft, "refuser", words=words, act="as-is")
    assert again(draft).progress == "refusee"


def test_a_refusal_needs_its_reason(world: World, as_: As, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)

    assert do(as_(world.odile), draft, "refuser", words=" ").status_code == 400
    assert again(draft).progress == "soumise"


@pytest.mark.parametrize("days", [-1, 0, 5000])
def test_the_day_of_the_next_review_is_to_come(
    world: World, as_: As, draft: Sheet, days: int
) -> None:
    life.submit(draft, by=world.maude)
    day = timezone.localdate() + timedelta(days=days)

    answer = do(as_(world.odile), draft, "publier", review_on=day.isoformat())

    assert answer.status_code == 400
    assert again(draft).current is None


def test_an_act_that_came_too_late_says_so(world: World, as_: As, draft: Sheet) -> None:
    life.submit(draft, by=world.maude)
    life.publish(draft, by=world.odile)

    late = do(as_(world.odile), draft, "corriger", words="Trop tard")

    assert late.status_code == 409
    assert "Trop tard" in late.content.decode()


def test_grave_acts_are_asked_on_a_page_of_their_own_and_done_by_post_alone(
    world: World, as_: As, sheet: Sheet
) -> None:
    for name in ("archiver", "retirer", "confirmer"):
        assert as_(world.maude).get(vie(sheet, name)).status_code == 200
    assert as_(world.maude).get(vie(sheet, "desarchiver")).status_code == 302
    assert as_(world.maude).get(vie(sheet, "inconnu")).status_code == 404
    assert again(sheet).archived_at is None


# ---------------------------------------------------------------------- what the animator sees


def test_the_animator_sees_what_changed_since_the_published_version(
    world: World, as_: As, sheet: Sheet
) -> None:
    writing.save_section(sheet, "besoin", {"context": "Autrement"}, by=world.maude, revision=0)
    life.submit(sheet, by=world.maude)

    changes = as_(world.odile).get(vie(sheet)).context["changes"]

    assert [one.section.name for one in changes] == ["besoin"]
    assert [one.field.name for one in changes[0].differences] == ["context"]
    parts = changes[0].differences[0].items[0].parts[0]
    assert "".join(one.text for one in parts if one.change != "removed") == "Autrement"
    assert "Autrement" not in as_(world.real).get(sheet.get_absolute_url()).content.decode()


@pytest.mark.parametrize("days", [-3, 0, 30])
@pytest.mark.parametrize("ticked", [True, False])
def test_who_publishes_changes_says_whether_she_read_the_whole_of_it_again(
    world: World, as_: As, sheet: Sheet, days: int, ticked: bool
) -> None:
    due = noon(days=days).date()
    Sheet.objects.update(review_on=due)
    writing.save_section(sheet, "besoin", {"context": "Autrement"}, by=world.maude, revision=0)
    browser = as_(world.maude)

    asked = browser.get(vie(sheet, "publier-changements"))
    assert asked.context["form"]["reviewed"].value() is None
    told = do(browser, sheet, "publier-changements", **({"reviewed": "on"} if ticked else {}))

    said = browser.get(told["Location"]).content.decode()
    assert again(sheet).content["besoin"] == {"context": "Autrement"}
    assert (again(sheet).review_on == life.next_review()) is ticked
    assert (Step.objects.filter(sheet=sheet, act=Step.Act.REVIEWED, by=world.maude).exists()) is (
        ticked
    )
    assert ActionLog.objects.filter(verb="sheet.reviewed").exists() is ticked
    still = "reste à revoir le " if days > 0 else "reste à revoir depuis le "
    assert (still in said) is not ticked
    # Among the acts of the page, and in the message.
    assert said.count(f'href="{vie(sheet, "confirmer")}"') == (1 if ticked else 2)


def test_far_from_its_review_nothing_is_asked_of_it(world: World, as_: As, sheet: Sheet) -> None:
    due = noon(days=31).date()
    Sheet.objects.update(review_on=due)
    writing.save_section(sheet, "besoin", {"context": "Autrement"}, by=world.maude, revision=0)
    browser = as_(world.maude)

    assert "reviewed" not in browser.get(vie(sheet, "publier-changements")).context["form"].fields
    told = do(browser, sheet, "publier-changements", reviewed="on")

    assert "reste à revoir" not in browser.get(told["Location"]).content.decode()
    assert again(sheet).review_on == due


def test_what_is_not_published_is_not_reviewed_either(world: World, sheet: Sheet) -> None:
    Sheet.objects.update(review_on=noon(days=-3).date())

    with pytest.raises(NothingNew):
        life.publish_changes(sheet, by=world.maude, reviewed=True)

    assert again(sheet).is_due


def test_the_list_of_sections_says_that_changing_is_not_reviewing(
    world: World, as_: As, sheet: Sheet
) -> None:
    there, browser = f"/pratiques/{sheet.pk}/rediger/", as_(world.maude)
    assert vie(sheet, "confirmer") not in browser.get(there).content.decode()

    Sheet.objects.update(review_on=noon(days=-3).date())

    assert vie(sheet, "confirmer") in browser.get(there).content.decode()


def test_what_awaits_is_in_the_console_and_leads_where_it_is_decided(
    world: World, as_: As, draft: Sheet
) -> None:
    assert home.to_decide(world.odile, 5) == []
    life.submit(draft, by=world.maude)
    asked = home.to_decide(world.odile, 5)
    assert [one.url for one in asked] == [vie(draft)]
    assert as_(world.odile).get(asked[0].url).status_code == 200

    life.publish(draft, by=world.odile)
    life.give_consent(draft, by=world.odile, words="La directrice, par courriel")
    assert [one.url for one in home.to_decide(world.odile, 5)] == [vie(draft)]
    life.close_to_public(draft, by=world.odile)
    assert home.to_decide(world.odile, 5) == []
    life.withdraw_consent(draft, by=world.odile)
    life.give_consent(draft, by=world.odile, words="La directrice, par courriel")
    life.open_to_public(draft, by=world.odile)
    assert home.to_decide(world.odile, 5) == []
    assert home.to_decide(world.maude, 5) == []


def test_the_sheets_to_be_reviewed_are_a_list_for_animators(
    world: World, as_: As, sheet: Sheet
) -> None:
    Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=3))

    assert as_(world.odile).get("/pratiques/a-revoir/").context["sheets"] == [sheet]
    assert as_(world.maude).get("/pratiques/a-revoir/").status_code == 403
    assert vie(sheet) in as_(world.maude).get(sheet.get_absolute_url()).content.decode()


def test_each_row_of_the_list_leads_to_its_acts(world: World, as_: As, sheet: Sheet) -> None:
    Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=3))
    odile = as_(world.odile)
    name = f'href="{vie(sheet, "porteuses")}"'

    page = odile.get("/pratiques/a-revoir/").content.decode()
    assert "Le jour de leur révision est venu." in page
    for path in (vie(sheet, "confirmer"), vie(sheet, "archiver")):
        assert f'href="{path}"' in page
        assert odile.get(path).status_code == 200
    assert f'href="{world.relais.get_absolute_url()}"' in page
    assert name not in page
    sheet.bearers.all().delete()
    assert name in odile.get("/pratiques/a-revoir/").content.decode()


def test_the_list_is_reached_from_the_console_and_from_the_directory(world: World, as_: As) -> None:
    link = 'href="/pratiques/a-revoir/"'
    for path in ("/admin/", "/pratiques/"):
        assert link in as_(world.odile).get(path).content.decode()
    assert link not in as_(world.maude).get("/pratiques/").content.decode()


def test_a_sheet_that_nobody_reviewed_in_time_awaits_the_animators(
    world: World, sheet: Sheet
) -> None:
    def since(days: int) -> None:
        Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=days))

    since(29)
    assert home.to_decide(world.odile, 5) == []
    since(30)
    (silent,) = home.to_decide(world.odile, 5)
    assert (silent.url, silent.sort) == (vie(sheet), "sheet_late")
    assert sheet.title not in silent.quiet_title and world.relais.name in silent.quiet_title
    assert home.to_decide(world.maude, 5) == []

    since(1)
    sheet.bearers.all().delete()
    (alone,) = home.to_decide(world.odile, 5)
    assert alone.url == vie(sheet, "porteuses")
    assert alone.quiet_title != silent.quiet_title
    life.confirm_review(sheet, by=world.odile)
    assert home.to_decide(world.odile, 5) == []


def test_what_is_late_leaves_room_for_what_was_submitted(world: World, sheet: Sheet) -> None:
    """Of each sort so many are listed, and what is submitted again is listed once."""
    Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=40))
    life.submit(make_sheet(world.maude), by=world.maude)
    found = tasks_for(world.odile, each=1)
    assert {"sheet", "sheet_late"} <= {one.sort for one in found}
    writing.save_section(sheet, "besoin", {"context": "Autrement"}, by=world.maude, revision=0)
    life.submit(sheet, by=world.maude)
    assert [one.url for one in home.to_decide(world.odile, 5)].count(vie(sheet)) == 1


def test_mondays_mail_tells_of_late_sheets_and_of_expired_evidence(
    world: World, sheet: Sheet, work: Work
) -> None:
    evidence.decide(sheet, "1", by=world.maude)
    Evidence.objects.update(review_on=timezone.localdate() - timedelta(days=1))
    evidence.expire_evidence()
    Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=40))
    handlers.monday_mail()
    work()
    (monday,) = [one for one in mail.outbox if "attendent" in one.subject]
    assert monday.to == [world.odile.email]
    assert "que personne n’a revue à temps" in monday.body and vie(sheet) in monday.body
    assert "un niveau de preuve a expiré" in monday.body
    assert f"/pratiques/{sheet.pk}/preuve/" in monday.body
    assert sheet.title not in monday.body + str(monday.alternatives)


def test_the_bearer_has_a_notice_from_the_day_of_the_review_on(
    world: World, as_: As, sheet: Sheet
) -> None:
    def noticed(person: User) -> bool:
        return f'href="{vie(sheet)}"' in as_(person).get("/avis/").content.decode()

    assert not noticed(world.maude)
    for days in (0, 30, 61):
        Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=days))
        assert noticed(world.maude)
    assert not noticed(world.real) and not noticed(world.odile)
    life.confirm_review(sheet, by=world.maude)
    assert not noticed(world.maude)


def test_the_due_list_goes_on_past_its_first_page(
    world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("practices.views.life.SIZE", 2)
    for days in (3, 2, 1):
        sheet = make_published(world)
        day = timezone.localdate() - timedelta(days=days)
        Sheet.objects.filter(pk=sheet.pk).update(review_on=day)
    odile = as_(world.odile)

    first = odile.get("/pratiques/a-revoir/")
    rest = odile.get("/pratiques/a-revoir/" + first.context["next_url"])

    shown = [*first.context["sheets"], *rest.context["sheets"]]
    assert [sheet.pk for sheet in shown] == sorted(Sheet.objects.values_list("pk", flat=True))


def test_her_sheets_are_grouped_by_what_they_ask_of_her(world: World, as_: As) -> None:
    drafted, submitted, corrected, published = (make_sheet(world.maude) for _one in range(4))
    for sheet in (submitted, corrected, published):
        life.submit(sheet, by=world.maude)
    life.ask_corrections(corrected, by=world.odile, words="Plus court")
    life.publish(published, by=world.odile)

    groups = as_(world.maude).get("/pratiques/mes-fiches/").context["groups"]

    assert {one.name: one.sheets for one in groups} == {
        "hers": [corrected],
        "preparing": [drafted],
        "review": [submitted],
        "published": [published],
    }
    assert as_(world.real).get("/pratiques/mes-fiches/").context["groups"] == []


def test_her_sheets_lead_to_what_else_is_hers(world: World, as_: As) -> None:
    page = as_(world.maude).get("/pratiques/mes-fiches/").content.decode()
    body = page[page.index("<main") :]
    for path in ("gardees", "consentements", "livret"):
        assert f'href="/pratiques/{path}/"' in body


def test_what_one_can_do_is_offered_once_a_sheet_is_published_and_soon_reached(
    world: World, as_: As, draft: Sheet
) -> None:
    maude, skip = as_(world.maude), '<a class="skip" href="#actes">'
    page = maude.get(draft.get_absolute_url()).content.decode()
    assert 'id="actes"' not in page and skip not in page

    publish_sheet(draft, world.odile)
    page = maude.get(draft.get_absolute_url()).content.decode()
    assert 'id="actes" tabindex="-1"' in page
    assert page.index(skip) < page.index('class="bar"')


# ------------------------------------------------------------------------------------ budgets


def test_her_sheets_say_once_where_each_stands(world: World, as_: As, draft: Sheet) -> None:
    def chips() -> list[str]:
        page = as_(world.maude).get("/pratiques/mes-fiches/").content.decode()
        return re.findall(r'<span class="chip[^"]*">([^<]+)</span>', page.split("<main")[1])

    assert chips() == [], "its heading says it"
    life.submit(draft, by=world.maude)
    life.ask_corrections(draft, by=world.odile, words="Préciser.")
    assert len(chips()) == 1


def test_the_page_of_the_life_has_its_budget(
    world: World, as_: As, sheet: Sheet, django_assert_max_num_queries: Any
) -> None:
    for _time in range(6):
        life.confirm_review(sheet, by=world.maude, words="Encore bonne")
    odile = as_(world.odile)
    odile.get(vie(sheet))

    with django_assert_max_num_queries(9):
        odile.get(vie(sheet))


def test_what_is_late_costs_the_same_at_one_sheet_and_at_six(world: World, as_: As) -> None:
    pages = (
        (as_(world.odile), "/pratiques/a-revoir/"),
        (as_(world.odile), "/admin/"),
        (as_(world.maude), "/avis/"),
    )
    costs = []
    for more in (1, 5):
        for _sheet in range(more):
            make_published(world)
        Sheet.objects.update(review_on=timezone.localdate() - timedelta(days=40))
        for browser, path in pages:
            browser.get(path)
        found = []
        for browser, path in pages:
            with counted() as queries:
                browser.get(path)
            found.append(len(queries))
        costs.append(found)

    assert costs[0] == costs[1]


def test_who_looks_after_a_sheet_costs_its_readers_nothing(
    world: World, as_: As, sheet: Sheet, django_assert_max_num_queries: Any
) -> None:
    real = as_(world.real)
    real.get(sheet.get_absolute_url())

    with django_assert_max_num_queries(13):
        real.get(sheet.get_absolute_url())


def test_a_guest_named_by_mistake_still_only_reads(world: World, as_: As, sheet: Sheet) -> None:
    until = timezone.now() + timedelta(days=9)
    guest = make_person("Guy", role="invite", organisation=world.relais, access_until=until)
    sheet.bearers.create(user=guest)
    browser = as_(guest)

    for path in (vie(sheet), f"/pratiques/{sheet.pk}/rediger/"):
        assert browser.get(path).status_code == 403
    assert do(browser, sheet, "archiver").status_code == 403
    shown = browser.get(sheet.get_absolute_url()).content.decode()
    assert "/rediger/" not in shown
    assert vie(sheet) not in shown


def test_the_list_of_sections_and_the_animators_list_are_no_visitors(
    as_: As, public_sheet: Sheet
) -> None:
    visitor = as_(None)
    for path in (
        vie(public_sheet),
        f"/pratiques/{public_sheet.pk}/rediger/",
        "/pratiques/a-revoir/",
    ):
        assert visitor.get(path).status_code == 302
    shown = visitor.get(public_sheet.get_absolute_url()).content.decode()
    assert "/rediger/" not in shown
    assert "/vie/" not in shown


def test_the_page_of_an_organisation_shows_the_practices_that_it_bears(
    world: World, sheet: Sheet, draft: Sheet, as_: As
) -> None:
    page = as_(world.real).get(world.relais.get_absolute_url()).content.decode()
    assert sheet.get_absolute_url() in page
    assert draft.get_absolute_url() not in page

    life.hide_sheet(sheet, by=world.odile, reason="À vérifier")
    page = as_(world.real).get(world.relais.get_absolute_url()).content.decode()
    assert sheet.get_absolute_url() not in page
