"""“I tried it”: who tells it, what is asked, who reads it, and counters that are a recount."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from community.services import react
from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog
from core.tasks import tick
from forums.services import create_thread, reply
from practices.errors import (
    FieldMissing,
    FieldTooLong,
    GuestsRead,
    NotACount,
    NotYourTrial,
    OneOfYourOrganisation,
    UnknownChoice,
    WrongStage,
)
from practices.models import Sheet, Trial
from practices.services import trials
from practices.services.common import Missing
from practices.services.life import hide_sheet, restore_sheet, withdraw
from search.models import SearchDocument
from tests.conftest import World, make_organisation, make_person
from tests.practices.conftest import make_sheet

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
FAR = datetime(2100, 1, 1, tzinfo=UTC)
SAID = {"period": "Automne 2025", "outcome": "mieux", "lesson": "Le perroquet a suffi."}
Outcome = Trial.Outcome


def tell(sheet: Sheet, by: User, **given: Any) -> Trial:
    return trials.tell(sheet, by=by, **(SAID | given))


def counters(sheet: Sheet) -> tuple[int, int]:
    sheet.refresh_from_db()
    return sheet.trial_count, sheet.abandoned_count


# ----------------------------------------------------------------------------------- telling


def test_three_answers_are_enough_and_her_organisation_says_the_rest(
    sheet: Sheet, world: World
) -> None:
    trial = tell(sheet, world.real)

    assert (trial.organisation, trial.setting, trial.region) == (world.phare, "urbain", "11")
    assert trial.version == sheet.current
    assert (trial.faithful, trial.young_people, trial.changed) == ("", None, "")
    assert counters(sheet) == (1, 0)
    assert ActionLog.objects.filter(verb="trial.told", actor=world.real).count() == 1


def test_an_abandoned_trial_counts_as_one_and_as_abandoned(sheet: Sheet, world: World) -> None:
    tell(sheet, world.real, outcome="abandonnee")

    assert counters(sheet) == (1, 1)


def test_a_guest_reads_and_tells_nothing(sheet: Sheet, world: World) -> None:
    guest = make_person("Gilles", role=User.Role.GUEST, access_until=FAR)

    with pytest.raises(GuestsRead):
        tell(sheet, guest)


def test_only_an_animator_tells_for_another_organisation(sheet: Sheet, world: World) -> None:
    with pytest.raises(OneOfYourOrganisation):
        tell(sheet, world.real, organisation=world.relais)

    trial = tell(sheet, world.odile, organisation=world.phare)

    assert (trial.organisation, trial.setting) == (world.phare, "urbain")


def test_nobody_tells_a_trial_of_what_is_not_published(world: World) -> None:
    draft = make_sheet(world.maude)

    with pytest.raises(Missing):
        tell(draft, world.real)
    with pytest.raises(WrongStage):
        tell(draft, world.maude)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"period": " "}, FieldMissing),
        ({"outcome": ""}, FieldMissing),
        ({"lesson": "\x00"}, FieldMissing),
        ({"lesson": "x" * 1501}, FieldTooLong),
        ({"outcome": "magnifique"}, UnknownChoice),
        ({"faithful": "peut-être"}, UnknownChoice),
        ({"region": "99"}, UnknownChoice),
        ({"young_people": "une douzaine"}, NotACount),
        ({"young_people": "-3"}, NotACount),
        ({"young_people": "999999999"}, NotACount),
    ],
)
def test_what_makes_no_sense_is_refused_beside_its_field(
    sheet: Sheet, world: World, given: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as refused:
        tell(sheet, world.real, **given)

    assert refused.value.field == next(iter(given))  # type: ignore[attr-defined]
    assert counters(sheet) == (0, 0)


def test_the_same_form_sent_twice_is_one_trial(sheet: Sheet, world: World) -> None:
    form = uuid.uuid4()

    assert tell(sheet, world.real, submission=form) == tell(sheet, world.real, submission=form)
    assert counters(sheet) == (1, 0)
    # Somebody else's form is nobody's.
    assert tell(sheet, world.eve, submission=form).owner == world.eve


def test_she_changes_her_own_and_nobody_elses(sheet: Sheet, world: World) -> None:
    trial = tell(sheet, world.real)

    changed = trials.change(trial, by=world.real, **(SAID | {"outcome": "abandonnee"}))

    assert changed.updated_at > trial.created_at and counters(sheet) == (1, 1)
    for other in (world.eve, world.odile):
        with pytest.raises(NotYourTrial):
            trials.change(trial, by=other, **SAID)


def test_saying_the_same_again_changes_nothing(sheet: Sheet, world: World) -> None:
    trial = tell(sheet, world.real)
    same = SAID | {"setting": trial.setting, "region": trial.region}

    assert trials.change(trial, by=world.real, **same).updated_at == trial.updated_at
    assert not ActionLog.objects.filter(verb="trial.changed").exists()


def test_an_animator_sets_it_aside_and_puts_it_back(sheet: Sheet, world: World) -> None:
    trial = tell(sheet, world.real, outcome="abandonnee")
    with pytest.raises(NotAllowed):
        trials.hide_trial(trial, by=world.maude, reason="Non")

    trials.hide_trial(trial, by=world.odile, reason="Nomme un jeune")
    assert counters(sheet) == (0, 0) and not trial.can_be_read_by(world.real)
    with pytest.raises(Missing):
        trials.change(trial, by=world.real, **SAID)

    trials.restore_trial(trial, by=world.odile)
    assert counters(sheet) == (1, 1) and trial.can_be_read_by(world.real)


def test_she_is_thanked_and_the_counter_follows(sheet: Sheet, world: World) -> None:
    trial = tell(sheet, world.real)
    react(trial, "merci", by=world.maude)
    trial.refresh_from_db()
    assert trial.thanks_count == 1
    react(trial, "merci", by=world.maude)
    trial.refresh_from_db()
    assert trial.thanks_count == 0


# ------------------------------------------------------------- counters are a recount, always


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("tell", "change", "hide", "restore")),
            st.integers(0, 5),
            st.sampled_from(Outcome.values),
        ),
        max_size=12,
    )
)
def test_whatever_happens_the_counters_are_a_recount(
    sheet: Sheet, world: World, steps: list[tuple[str, int, str]]
) -> None:
    for act, which, outcome in steps:
        found = list(Trial.objects.filter(sheet=sheet).order_by("pk"))
        chosen = found[which % len(found)] if found else None
        if act == "tell" or chosen is None:
            tell(sheet, world.real, outcome=outcome)
        elif act == "hide":
            trials.hide_trial(chosen, by=world.odile, reason="Essai")
        elif act == "restore":
            trials.restore_trial(chosen, by=world.odile)
        elif chosen.state == State.PUBLISHED:
            trials.change(chosen, by=world.real, **(SAID | {"outcome": outcome}))
        told = Trial.objects.filter(sheet=sheet, state=State.PUBLISHED)
        assert counters(sheet) == (told.count(), told.abandoned().count())


# -------------------------------------------------------------------------------- the pages


def test_a_member_tells_it_in_three_answers(sheet: Sheet, world: World, as_: As) -> None:
    real, url = as_(world.real), f"/pratiques/{sheet.pk}/essai/"
    page = real.get(url).content.decode()
    assert "Une seule personne-pivot" in page  # the essential components are listed

    answer = real.post(url, SAID)

    trial = Trial.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"#essai-{trial.pk}")
    page = real.get(sheet.get_absolute_url()).content.decode()
    assert "Le perroquet a suffi." in page and world.phare.name in page


def test_whether_the_essential_was_kept_is_asked_in_the_open_and_may_be_unknown(
    sheet: Sheet, world: World, as_: As
) -> None:
    real, url = as_(world.real), f"/pratiques/{sheet.pk}/essai/"
    page = real.get(url).content.decode()
    assert page.index("Une seule personne-pivot") < page.index('name="faithful"')
    assert page.index('name="faithful"') < page.index('<details class="fold">')

    real.post(url, SAID | {"faithful": "ne-sais-pas"})
    real.post(url, SAID | {"faithful": "partie"})
    told = Trial.objects.order_by("pk").values_list("faithful", flat=True)
    assert list(told) == ["", "partie"]


def test_all_that_is_missing_is_said_at_once(world: World, as_: As, sheet: Sheet) -> None:
    answer = as_(world.real).post(f"/pratiques/{sheet.pk}/essai/", {})
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"period", "outcome", "lesson"}


def test_what_is_missing_is_said_beside_its_field(sheet: Sheet, world: World, as_: As) -> None:
    answer = as_(world.real).post(f"/pratiques/{sheet.pk}/essai/", SAID | {"lesson": ""})

    assert answer.status_code == 400
    assert answer.context["form"].errors.keys() == {"lesson"}
    assert not Trial.objects.exists()


def test_an_identifier_is_shown_before_it_is_published(sheet: Sheet, world: World, as_: As) -> None:
    real, url = as_(world.real), f"/pratiques/{sheet.pk}/essai/"
    typed = SAID | {"lesson": "Appeler le 418 555-2368 le matin."}

    page = real.post(url, typed)
    assert page.status_code == 200 and page.context["parts"] and not Trial.objects.exists()

    mended = real.post(url, typed | {"replace": "lesson:0"})
    assert "418 555-2368" not in mended.context["form"]["lesson"].value()
    assert not Trial.objects.exists()

    real.post(url, typed | {"act": "as-is"})
    assert Trial.objects.get().lesson == typed["lesson"]


def test_a_double_submit_of_the_page_is_one_trial(sheet: Sheet, world: World, as_: As) -> None:
    real, url = as_(world.real), f"/pratiques/{sheet.pk}/essai/"
    typed = SAID | {"submission": str(real.get(url).context["submission"])}

    real.post(url, typed)
    real.post(url, typed)

    assert Trial.objects.count() == 1


def test_what_was_typed_survives_the_end_of_the_session(
    sheet: Sheet, world: World, as_: As
) -> None:
    real, url = as_(world.real), f"/pratiques/{sheet.pk}/essai/"
    writer = real.get(url).context["writer"]

    away = as_(None).post(url, SAID | {"writer": writer})

    assert away.status_code == 302 and not Trial.objects.exists()
    page = as_(world.real).get(f"{url}?repris=1")
    assert page.context["form"]["lesson"].value() == SAID["lesson"]
    # For her alone.
    assert as_(world.eve).get(f"{url}?repris=1").context["form"]["lesson"].value() is None


def test_the_words_of_her_own_message_are_taken_up_and_nobody_elses(
    sheet: Sheet, world: World, as_: As
) -> None:
    thread = create_thread(by=world.maude, space=world.common, text="Comment faire?")
    post = reply(thread, by=world.real, text="Nous avons essayé le toucan.")
    url = f"/pratiques/{sheet.pk}/essai/?message={post.pk}&resultat=pareil"

    form = as_(world.real).get(url).context["form"]
    assert form["lesson"].value() == "Nous avons essayé le toucan."
    assert form["outcome"].value() == "pareil"
    assert "toucan" not in as_(world.eve).get(url).content.decode()


def test_who_told_one_is_led_to_it_and_may_tell_another(
    sheet: Sheet, world: World, as_: As
) -> None:
    url = f"/pratiques/{sheet.pk}/essai/"
    trial = tell(sheet, world.real)
    page = as_(world.real).get(url)
    assert page.context["told"] == trial and trial.get_absolute_url() in page.content.decode()
    assert "Vous avez déjà raconté un essai" in page.content.decode()
    assert as_(world.eve).get(url).context["told"] is None
    as_(world.real).post(url, SAID)
    assert Trial.objects.count() == 2


def test_abandoned_trials_are_among_the_first_and_thanked(
    sheet: Sheet, world: World, as_: As
) -> None:
    tell(sheet, world.real, outcome="abandonnee", lesson="Le héron a renoncé.")
    for number in range(6):
        tell(sheet, world.eve, lesson=f"Essai {number}")

    page = as_(world.maude).get(sheet.get_absolute_url())
    first = page.context["trials"]
    assert len(first) == 4 and first[0].outcome == Outcome.ABANDONED
    assert page.context["some_abandoned"] and page.context["more_trials"]

    facet = as_(world.maude).get(f"/pratiques/{sheet.pk}/essais/?resultat=abandonnee")
    assert [one.lesson for one in facet.context["trials"]] == ["Le héron a renoncé."]
    every = as_(world.maude).get(f"/pratiques/{sheet.pk}/essais/?resultat=nimporte")
    assert len(every.context["trials"]) == 7


def test_what_became_of_the_trials_is_said_in_numbers(sheet: Sheet, world: World, as_: As) -> None:
    for outcome in ("mieux", "mieux", "abandonnee"):
        tell(sheet, world.real, outcome=outcome)
    trials.hide_trial(tell(sheet, world.eve, outcome="pire"), by=world.odile, reason="Nomme")
    for asked in ("", "?resultat=pareil"):
        outcomes = as_(world.maude).get(f"/pratiques/{sheet.pk}/essais/{asked}").context["outcomes"]
        assert {code: number for code, _label, number in outcomes} == {
            "": 3, "mieux": 2, "pareil": 0, "pire": 0, "abandonnee": 1,
        }  # fmt: skip


def test_when_the_change_was_decided_is_told_apart_from_who_decided_it(
    sheet: Sheet, world: World, as_: As
) -> None:
    tell(sheet, world.real, planned="prevu")
    page = as_(world.maude).get(sheet.get_absolute_url()).content.decode()
    assert "Le changement était</dt><dd>Prévu avant de commencer" in page
    assert "Qui a décidé du changement" not in page


def test_only_its_author_opens_the_form_that_changes_it(
    sheet: Sheet, world: World, as_: As
) -> None:
    trial = tell(sheet, world.real)
    url = f"/pratiques/{sheet.pk}/essais/{trial.pk}/modifier/"

    assert as_(world.eve).get(url).status_code == 403
    answer = as_(world.real).post(url, SAID | {"lesson": "Autrement."})
    trial.refresh_from_db()
    assert answer.status_code == 302 and trial.lesson == "Autrement."


def test_an_animator_sets_it_aside_from_its_page(sheet: Sheet, world: World, as_: As) -> None:
    trial = tell(sheet, world.real)
    url = f"/pratiques/{sheet.pk}/essais/{trial.pk}/ecarter/"
    assert as_(world.maude).get(url).status_code == 403

    odile = as_(world.odile)
    assert odile.post(url, {"reason": ""}).status_code == 200
    odile.post(url, {"reason": "Nomme un jeune"})
    assert counters(sheet) == (0, 0)
    odile.post(url, {"acte": "retablir"})
    assert counters(sheet) == (1, 0)


def test_the_page_costs_the_same_with_three_trials_and_with_thirty(
    sheet: Sheet, world: World, as_: As, django_assert_num_queries: Any
) -> None:
    maude, url = as_(world.maude), sheet.get_absolute_url()
    for number in range(3):
        tell(sheet, world.real, lesson=f"Essai {number}")
    maude.get(url)
    with django_assert_num_queries(_queries(maude, url)):
        maude.get(url)
    few = _queries(maude, url)
    for number in range(27):
        tell(sheet, world.eve, lesson=f"Encore {number}", outcome="abandonnee")
    maude.get(url)
    assert _queries(maude, url) == few
    # The list too: the shell, the sheet, its trials.
    assert _queries(maude, f"/pratiques/{sheet.pk}/essais/") <= 5 + 2


def _queries(client: Client, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


# ------------------------------------------------------------------------------ who reads it


def test_a_visitor_reads_no_trial_of_a_public_sheet(
    public_sheet: Sheet, world: World, as_: As
) -> None:
    trial = tell(public_sheet, world.real, changed="Le canari a changé.")
    visitor = as_(None)

    page = visitor.get(public_sheet.get_absolute_url())
    assert page.status_code == 200
    for word in ("perroquet", "canari", world.phare.name):
        assert word not in page.content.decode()
    for path in ("essai/", "essais/", "essayee/", f"essais/{trial.pk}/modifier/"):
        away = visitor.get(f"/pratiques/{public_sheet.pk}/{path}")
        assert away.status_code == 302 and "/compte/" in away["Location"]


def test_nobody_learns_of_the_trials_of_what_is_set_aside(
    sheet: Sheet, world: World, as_: As
) -> None:
    trial = tell(sheet, world.real)
    hide_sheet(sheet, by=world.odile, reason="À revoir")

    assert not trial.can_be_read_by(world.real) and not trial.can_be_read_by(world.maude)
    for path in ("essai/", "essais/", f"essais/{trial.pk}/modifier/"):
        assert as_(world.real).get(f"/pratiques/{sheet.pk}/{path}").status_code == 404


def found(word: str) -> list[SearchDocument]:
    tick()
    return list(SearchDocument.objects.filter(kind="trial"))


def test_the_search_finds_it_for_members_only_even_when_the_sheet_is_public(
    public_sheet: Sheet, world: World, as_: As
) -> None:
    tell(public_sheet, world.real)
    (document,) = found("perroquet")

    assert (document.level, document.state) == ("communaute", "published")
    readable = SearchDocument.objects.readable_by
    from django.contrib.auth.models import AnonymousUser

    assert not readable(AnonymousUser()).filter(kind="trial").exists()
    assert readable(world.eve).filter(kind="trial").exists()


def test_the_search_follows_what_becomes_of_the_sheet(sheet: Sheet, world: World) -> None:
    trial = tell(sheet, world.real)
    assert [one.state for one in found("perroquet")] == ["published"]
    hide_sheet(sheet, by=world.odile, reason="À revoir")
    assert [one.state for one in found("perroquet")] == ["hidden"]
    restore_sheet(sheet, by=world.odile)
    trials.hide_trial(trial, by=world.odile, reason="Nomme un jeune")
    assert [one.state for one in found("perroquet")] == ["hidden"]
    trials.restore_trial(trial, by=world.odile)
    assert [one.state for one in found("perroquet")] == ["published"]
    withdraw(sheet, by=world.maude, reason="Dépassée")
    assert found("perroquet") == []


def test_its_bearers_are_told_once_and_not_who_told_it(
    sheet: Sheet, world: World, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    tell(sheet, world.real)
    work()
    work()
    told = [one for one in mailoutbox if "Le perroquet" in one.body]
    assert [one.to for one in told] == [[world.maude.email]]

    mailoutbox.clear()
    tell(sheet, world.maude)
    work()
    assert not mailoutbox


def test_a_bearer_who_left_the_organisation_is_not_told(
    sheet: Sheet, world: World, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    tell(sheet, world.real)
    world.maude.organisation = make_organisation("Ailleurs")
    world.maude.save()
    work()
    assert not [one for one in mailoutbox if "Le perroquet" in one.body]
