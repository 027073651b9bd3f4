"""Levels of evidence: who decides, with what, and when a decision expires."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from accounts.models import Organisation, User
from core import formats, probing, terms
from core.errors import Refused
from core.fetching import NotAnAddress, NotRead
from core.models import ActionLog, Term
from practices import trial_kind
from practices.errors import (
    FieldMissing,
    GuestsRead,
    InThePast,
    NotABearer,
    OnlyAnimators,
    UnknownChoice,
    WrongStage,
)
from practices.exchange import pages
from practices.exchange.paper import paper_of
from practices.models import Evidence, EvidenceRequest, Sheet, Trial
from practices.services import evidence, trials
from practices.services.common import Missing
from practices.services.evidence import ask_for, check_sources, decide, expire_evidence
from practices.shown import expiry_said, level_said
from tests.clock import noon
from tests.conftest import World, make_organisation, make_person
from tests.practices.conftest import make_published, make_sheet

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
Expiry = Evidence.Expiry
LINK = "https://exemple.org/rapport"
ELSEWHERE = "https://ailleurs.exemple.org/etude"


def newest(sheet: Sheet) -> Evidence:
    found = Evidence.objects.filter(sheet=sheet).first()
    assert found is not None
    return found


def expiry(sheet: Sheet) -> str:
    sheet.refresh_from_db()
    assert sheet.evidence_expiry == newest(sheet).expiry
    return sheet.evidence_expiry


# ----------------------------------------------------------------------------------- deciding


@pytest.mark.parametrize("level", ["0", "1", "2"])
def test_its_bearers_decide_up_to_two(sheet: Sheet, world: World, level: str) -> None:
    decide(sheet, level, by=world.maude, source="Registre 2025")

    sheet.refresh_from_db()
    assert (sheet.evidence, sheet.evidence_expiry) == (level, "")
    assert newest(sheet).review_on > timezone.localdate() + timedelta(days=300)  # type: ignore[operator]


@pytest.mark.parametrize("level", ["3", "4", "5", "NE"])
def test_from_three_on_and_for_no_effect_an_animator_decides(
    sheet: Sheet, world: World, level: str
) -> None:
    with pytest.raises(OnlyAnimators):
        decide(sheet, level, by=world.maude, source="Étude")

    decide(sheet, level, by=world.odile, source="Étude")

    assert newest(sheet).by == world.odile
    assert ActionLog.objects.filter(verb="evidence.decided").count() == 1


@pytest.mark.parametrize("level", ["2", "3", "NE"])
def test_from_two_on_it_names_its_source(sheet: Sheet, world: World, level: str) -> None:
    with pytest.raises(FieldMissing) as refused:
        decide(sheet, level, by=world.odile, source=" ", source_url=LINK)
    assert refused.value.field == "source"


def test_its_bearers_do_not_replace_what_an_animator_decided(sheet: Sheet, world: World) -> None:
    decide(sheet, "NE", by=world.odile, source="Étude")

    with pytest.raises(OnlyAnimators):
        decide(sheet, "2", by=world.maude, source="Registre")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"level": "7"}, UnknownChoice),
        ({"level": ""}, UnknownChoice),
        ({"source_url": "javascript:alert(1)"}, NotAnAddress),
        ({"review_on": timezone.localdate()}, InThePast),
    ],
)
def test_what_makes_no_sense_is_refused(
    sheet: Sheet, world: World, given: dict[str, Any], error: type[Refused]
) -> None:
    with pytest.raises(error):
        decide(sheet, **({"level": "2", "source": "x", "by": world.odile} | given))


def test_neither_a_reader_nor_a_guest_decides_nor_anybody_of_a_draft(
    sheet: Sheet, world: World
) -> None:
    until = datetime(2100, 1, 1, tzinfo=UTC)
    guest = make_person("Gilles", role=User.Role.GUEST, access_until=until)
    draft = make_sheet(world.maude)
    for by, which, error in (
        (world.eve, sheet, NotABearer),
        (guest, sheet, GuestsRead),
        (world.eve, draft, Missing),
        (world.maude, draft, WrongStage),
    ):
        with pytest.raises(error):
            decide(which, "1", by=by)


def test_a_request_waits_on_the_desk_until_an_animator_settles_it(
    sheet: Sheet, world: World
) -> None:
    ask_for(sheet, "3", by=world.maude, source="Étude", words="Cohorte comparée")
    ask_for(sheet, "4", by=world.maude, source="Deux études")

    (decision,) = trial_kind.to_decide(world.odile, 5)
    assert decision.title == sheet.title and sheet.title not in decision.quiet_title
    assert trial_kind.to_decide(world.eve, 5) == []
    decide(sheet, "4", by=world.odile, source="Deux études")
    request = EvidenceRequest.objects.get()
    assert request.evidence == newest(sheet) and trial_kind.to_decide(world.odile, 5) == []


def test_what_its_bearers_decide_meanwhile_does_not_answer_their_request(
    sheet: Sheet, world: World
) -> None:
    request = ask_for(sheet, "3", by=world.maude, source="Étude")
    decide(sheet, "2", by=world.maude, source="Registre")
    assert len(trial_kind.to_decide(world.odile, 5)) == 1

    with pytest.raises(OnlyAnimators):
        evidence.decline(request, by=world.maude)
    evidence.decline(request, by=world.odile)
    assert trial_kind.to_decide(world.odile, 5) == []


def test_an_expired_level_waits_on_the_desk_until_somebody_decides_again(
    sheet: Sheet, world: World
) -> None:
    decide(sheet, "1", by=world.maude)
    assert trial_kind.to_decide(world.odile, 5) == []
    Evidence.objects.update(review_on=timezone.localdate() - timedelta(days=1))
    evidence.expire_evidence()

    (decision,) = trial_kind.to_decide(world.odile, 5)
    assert decision.url == f"/pratiques/{sheet.pk}/preuve/"
    assert sheet.title not in decision.quiet_title
    assert trial_kind.to_decide(world.maude, 5) == []
    ask_for(sheet, "3", by=world.maude, source="Étude")
    assert len(trial_kind.to_decide(world.odile, 5)) == 1, "the request says it already"
    decide(sheet, "3", by=world.odile, source="Étude")
    assert trial_kind.to_decide(world.odile, 5) == []


# ------------------------------------------------------------------------------------- expiry


def test_it_expires_once_its_review_date_has_passed_and_a_new_decision_ends_that(
    sheet: Sheet, world: World
) -> None:
    day = timezone.localdate() + timedelta(days=30)
    decide(sheet, "2", by=world.maude, source="Registre", review_on=day)
    for days, why in ((30, ""), (31, Expiry.DATE), (40, Expiry.DATE)):
        with time_machine.travel(noon(days=days), tick=False):
            expire_evidence()
            assert expiry(sheet) == why
    assert ActionLog.objects.filter(verb="evidence.expired").count() == 1

    decide(sheet, "2", by=world.maude, source="Registre relu")
    assert expiry(sheet) == ""
    assert [one.expiry for one in Evidence.objects.filter(sheet=sheet)] == ["", Expiry.DATE]


class Web:
    """What the link answers, and how often it was asked; `elsewhere`, what the others answer."""

    def __init__(self) -> None:
        self.status: Any = 200
        self.elsewhere: Any = 200
        self.asked = 0

    def fetch(self, url: str, **how: Any) -> Any:
        self.asked += url == LINK
        status = self.status if url == LINK else self.elsewhere
        if isinstance(status, type):
            raise status
        from core.fetching import Answer

        return Answer(url, status, "text/html", b"")


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    web = Web()
    monkeypatch.setattr(probing, "fetch", web.fetch)
    monkeypatch.setattr(evidence, "wait", lambda since: None)
    return web


def on_day(day: int) -> None:
    with time_machine.travel(noon(days=day), tick=False):
        check_sources()
        check_sources()  # run again after a cut, the same day: nothing more is asked


def test_a_source_is_gone_after_three_bad_days_and_not_before(
    sheet: Sheet, world: World, web: Web
) -> None:
    decide(sheet, "2", by=world.maude, source="Rapport", source_url=LINK)
    decide(make_published(world), "2", by=world.maude, source="Étude", source_url=ELSEWHERE)
    web.status = NotRead
    on_day(1)
    on_day(2)
    assert expiry(sheet) == "" and newest(sheet).link_failures == 2
    web.status = 200
    on_day(3)
    assert newest(sheet).link_failures == 0
    web.status = 404
    for day in (4, 5):
        on_day(day)
    assert expiry(sheet) == ""
    on_day(6)
    assert expiry(sheet) == Expiry.SOURCE
    # What is gone is not asked any more.
    asked = web.asked
    on_day(9)
    assert web.asked == asked


def test_without_a_network_nothing_is_counted_and_a_dead_page_is(
    sheet: Sheet, world: World, web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    other = make_published(world)
    decide(sheet, "2", by=world.maude, source="Rapport", source_url=LINK)
    decide(other, "2", by=world.maude, source="Étude", source_url=ELSEWHERE)
    web.status = web.elsewhere = NotRead
    for day in range(1, 6):
        on_day(day)
    assert expiry(sheet) == expiry(other) == "" and newest(sheet).link_failures == 0
    assert "2 failures do not count" in caplog.text

    # The network was there until yesterday: what is silent at once does not die of it.
    web.status = web.elsewhere = 200
    on_day(6)
    web.status = web.elsewhere = NotRead
    for day in range(7, 12):
        on_day(day)
    assert expiry(sheet) == expiry(other) == ""

    # One that says so itself is gone, and shows that we have a network.
    web.status, web.elsewhere = NotRead, 404
    for day in range(12, 16):
        on_day(day)
    assert expiry(sheet) == expiry(other) == Expiry.SOURCE


def test_a_link_that_does_not_answer_says_so_to_whoever_reads_the_level(
    public_sheet: Sheet, world: World, web: Web, as_: As
) -> None:
    url = f"/pratiques/{public_sheet.pk}/preuve/"
    given = {"level": "2", "source": "Rapport", "source_url": LINK}
    page = as_(world.maude).post(url, given, follow=True).content.decode()
    # No hour is promised: a lone link whose host is gone is not told from our own lost network.
    assert "est vérifié une fois par jour" in page and "d’ici une heure" not in page
    assert web.asked == 0
    web.status = 404
    on_day(1)
    # A link that says to come back later, or that we could not ask, did not fail that day.
    web.status = 503
    on_day(2)
    page = as_(None).get(url).content.decode()
    assert "1 fois sans réponse" in page
    assert formats.day(noon(days=2).date()) not in page
    web.status = 404
    on_day(3)
    assert "2 fois sans réponse" in as_(None).get(url).content.decode()
    on_day(4)
    for person in (None, world.maude):
        page = as_(person).get(url).content.decode()
        assert f"ne répond plus (constaté le {formats.day(noon(days=4).date())})" in page
        assert "quelqu’un regarde d’abord la source" in page
    # It answers again: nothing but a decision ends the expiry.
    web.status = 200
    on_day(5)
    assert expiry(public_sheet) == Expiry.SOURCE


def test_a_site_that_asks_who_we_are_or_to_come_back_is_there(
    sheet: Sheet, world: World, web: Web
) -> None:
    decide(sheet, "2", by=world.maude, source="Rapport", source_url=LINK)
    for day, status in enumerate((403, 503, 401, 429, 503), start=1):
        web.status = status
        on_day(day)
    assert expiry(sheet) == "" and newest(sheet).link_failures == 0


def test_only_the_link_of_the_newest_decision_is_asked(
    sheet: Sheet, world: World, web: Web
) -> None:
    decide(sheet, "2", by=world.maude, source="Rapport", source_url=LINK)
    decide(sheet, "2", by=world.maude, source="Registre")
    on_day(1)
    assert web.asked == 0


def told(sheet: Sheet, outcome: str, organisation: Organisation, faithful: str = "oui") -> Trial:
    person = make_person(f"Gens{Trial.objects.count()}", organisation=organisation)
    return trials.tell(
        sheet,
        by=person,
        period="Hiver",
        outcome=outcome,
        lesson="À retenir.",
        faithful=faithful,
    )


def many(number: int) -> list[Organisation]:
    return [make_organisation(f"Organisme {one}") for one in range(number)]


@pytest.mark.parametrize(
    ("level", "outcomes", "contradicted"),
    [
        ("3", ["pire", "pareil"], False),  # two organisations are not enough
        ("3", ["pire", "pareil", "abandonnee"], True),
        ("3", ["pire", "pareil", "mieux"], True),
        ("3", ["pire", "pareil", "mieux", "mieux"], False),  # half is no majority
        ("3", ["mieux", "mieux", "pire"], False),
        ("2", ["pire", "pire", "pire"], True),
        ("1", ["pire", "pire", "pire"], False),  # it claimed no effect
        ("0", ["abandonnee", "abandonnee", "abandonnee"], False),
        ("NE", ["mieux", "mieux", "pareil"], True),
        ("NE", ["pareil", "pareil", "pire"], False),
    ],
)
def test_trials_contradict_it_by_the_rule_that_is_written(
    sheet: Sheet,
    world: World,
    work: Callable[[], None],
    level: str,
    outcomes: list[str],
    contradicted: bool,
) -> None:
    decide(sheet, level, by=world.odile, source="Étude")
    for outcome, organisation in zip(outcomes, many(len(outcomes)), strict=True):
        told(sheet, outcome, organisation)
    work()
    assert expiry(sheet) == (Expiry.TRIALS if contradicted else "")
    # The clock finds the same.
    Evidence.objects.update(expiry="", expired_at=None)
    Sheet.objects.update(evidence_expiry="")
    expire_evidence()
    assert expiry(sheet) == (Expiry.TRIALS if contradicted else "")


def test_one_organisation_alone_contradicts_nothing(
    sheet: Sheet, world: World, work: Callable[[], None]
) -> None:
    decide(sheet, "3", by=world.odile, source="Étude")
    for _time in range(4):
        told(sheet, "pire", world.phare)
    work()
    assert expiry(sheet) == ""


def test_trials_that_changed_the_essential_or_came_before_do_not_count(
    sheet: Sheet, world: World, work: Callable[[], None]
) -> None:
    for organisation in many(3):
        told(sheet, "pire", organisation)
    decide(sheet, "3", by=world.odile, source="Étude")
    for number, faithful in enumerate(("non", "partie", "", "non")):
        told(sheet, "pire", make_organisation(f"Autre {number}"), faithful)
    work()
    assert expiry(sheet) == ""


def test_trials_that_do_not_say_put_it_in_doubt_and_those_who_decide_are_told_once(
    sheet: Sheet, world: World, work: Callable[[], None], as_: As, mailoutbox: list[Any]
) -> None:
    decide(sheet, "2", by=world.maude, source="Registre")
    url = f"/pratiques/{sheet.pk}/preuve/"
    for number in range(4):
        assert as_(world.eve).get(url).context["doubted"] is (number > 2)
        told(sheet, "pire", make_organisation(f"Silencieux {number}"), "" if number else "oui")
        work()
    mails = [one for one in mailoutbox if "contredire" in one.subject]
    assert sorted(one.to[0] for one in mails) == [world.maude.email, world.odile.email]
    assert expiry(sheet) == "" and url in mails[0].body
    page = as_(world.eve).get(url).content.decode()
    assert f"/pratiques/{sheet.pk}/essais/" in page and "pourraient le contredire" in page

    decide(sheet, "2", by=world.maude, source="Registre relu")
    assert not as_(world.eve).get(url).context["doubted"]


def test_trials_of_another_practice_put_nothing_in_doubt_and_a_visitor_reads_of_none(
    public_sheet: Sheet, world: World, work: Callable[[], None], as_: As, mailoutbox: list[Any]
) -> None:
    decide(public_sheet, "2", by=world.maude, source="Registre")
    url = f"/pratiques/{public_sheet.pk}/preuve/"
    for organisation in many(3):
        told(public_sheet, "pire", organisation, "non")
    assert not as_(world.eve).get(url).context["doubted"]
    for number in range(3):
        told(public_sheet, "pire", make_organisation(f"Silencieux {number}"), "")
    assert as_(world.eve).get(url).context["doubted"]
    assert not as_(None).get(url).context["doubted"]


def test_one_trial_set_aside_or_changed_is_weighed_again(
    sheet: Sheet, world: World, work: Callable[[], None]
) -> None:
    decide(sheet, "3", by=world.odile, source="Étude")
    organisations = many(3)
    told(sheet, "pire", organisations[0])
    told(sheet, "pire", organisations[1])
    good = told(sheet, "mieux", organisations[2], "non")
    work()
    assert expiry(sheet) == ""
    assert good.owner is not None
    said = {"period": "Hiver", "lesson": "À retenir.", "outcome": "mieux", "faithful": "oui"}
    trials.change(good, by=good.owner, **said)
    work()
    assert expiry(sheet) == Expiry.TRIALS


def test_thanks_change_no_level(sheet: Sheet, world: World) -> None:
    decide(sheet, "1", by=world.maude)
    Sheet.objects.filter(pk=sheet.pk).update(thanks_count=900, useful_count=900)
    expire_evidence()
    sheet.refresh_from_db()
    assert (sheet.evidence, sheet.evidence_expiry) == ("1", "")


def test_bearers_and_animators_are_told_once_and_nobody_once_it_was_decided_again(
    sheet: Sheet, world: World, work: Callable[[], None], mailoutbox: list[Any]
) -> None:
    work()
    # Its publication was told too.
    mailoutbox.clear()
    day = timezone.localdate() + timedelta(days=1)
    decide(sheet, "2", by=world.maude, source="Registre", review_on=day)
    Evidence.objects.update(review_on=day - timedelta(days=3))
    work()
    mailoutbox.clear()
    expire_evidence()
    work()
    expire_evidence()
    work()
    assert sorted(one.to[0] for one in mailoutbox) == [world.maude.email, world.odile.email]

    mailoutbox.clear()
    decide(sheet, "2", by=world.maude, source="Registre", review_on=day)
    Evidence.objects.filter(expiry="").update(review_on=day - timedelta(days=3))
    expire_evidence()
    decide(sheet, "2", by=world.maude, source="Registre relu")
    work()
    assert not mailoutbox


# --------------------------------------------------------------------------------- the pages


def test_the_page_explains_decides_and_asks(sheet: Sheet, world: World, as_: As) -> None:
    url = f"/pratiques/{sheet.pk}/preuve/"
    reader = as_(world.eve).get(url)
    assert reader.status_code == 200 and reader.context["form"] is None
    assert as_(world.eve).post(url, {"level": "1"}).status_code == 403

    maude = as_(world.maude)
    assert maude.post(url, {"level": "2", "source": ""}).status_code == 400
    maude.post(url, {"level": "2", "source": "Registre 2025"})
    assert newest(sheet).level == "2"
    maude.post(url, {"level": "4", "source": "Deux études", "reason": "Ailleurs aussi"})
    assert newest(sheet).level == "2"

    odile = as_(world.odile)
    begins = odile.get(url).context["form"]
    assert (begins["level"].value(), begins["source"].value()) == ("4", "Deux études")
    assert "Deux études" not in as_(world.eve).get(url).content.decode()
    odile.post(url, {"acte": "ne-pas-accorder"})
    assert odile.get(url).context["waiting"] is None


def test_a_level_has_one_name_the_one_of_the_taxonomy(sheet: Sheet, world: World, as_: As) -> None:
    Term.objects.filter(scheme="niveaux_preuve", code="2").update(label="Des nombres")
    caches["local"].clear()
    decide(sheet, "2", by=world.maude, source="Registre")
    scale = as_(world.eve).get(f"/pratiques/{sheet.pk}/preuve/").context["scale"]
    assert [code for code, _name, _words in scale] == Sheet.EvidenceLevel.values
    assert {code: name for code, name, _words in scale}["2"] == "Des nombres"
    assert all(name == terms.label("niveaux_preuve", code) for code, name, _words in scale)


def test_an_expired_level_says_one_date_of_review(sheet: Sheet, world: World, as_: As) -> None:
    decide(sheet, "2", by=world.maude, source="Registre")
    due = timezone.localdate() - timedelta(days=1)
    Evidence.objects.update(review_on=due)
    expire_evidence()
    page = as_(world.eve).get(f"/pratiques/{sheet.pk}/preuve/").content.decode()
    note = page[page.index('class="note danger"') :]
    assert formats.day(timezone.localdate()) not in note[: note.index("</div>")]
    assert formats.day(due) in page


def test_what_could_identify_a_young_person_is_shown_before_it_is_published(
    sheet: Sheet, world: World, as_: As
) -> None:
    maude, url = as_(world.maude), f"/pratiques/{sheet.pk}/preuve/"
    typed = {"level": "1", "reason": "Appeler le 418 555-2368."}
    page = maude.post(url, typed)
    assert page.context["parts"] and not Evidence.objects.exists()
    mended = maude.post(url, typed | {"replace": "reason:0"})
    assert "418 555-2368" not in mended.context["form"]["reason"].value()
    maude.post(url, typed | {"act": "as-is"})
    assert newest(sheet).level == "1"


def test_a_visitor_of_the_showcase_reads_the_level_and_nobody_s_name_nor_words(
    public_sheet: Sheet, world: World, as_: As
) -> None:
    decide(public_sheet, "2", by=world.maude, source="Registre", reason="Le canari compte.")
    ask_for(public_sheet, "3", by=world.maude, source="Étude perroquet")
    url = f"/pratiques/{public_sheet.pk}/preuve/"
    page = as_(None).get(url).content.decode()
    assert "Registre" in page
    for word in ("canari", "perroquet", "Tremblay"):
        assert word not in page


def test_an_expired_level_is_shown_with_its_reason(sheet: Sheet, world: World, as_: As) -> None:
    decide(sheet, "2", by=world.maude, source="Registre")
    Evidence.objects.update(review_on=timezone.localdate() - timedelta(days=1))
    expire_evidence()
    page = as_(world.eve).get(sheet.get_absolute_url())
    assert page.context["evidence_expiry"]
    assert page.context["evidence_expiry"] in page.content.decode()


def test_no_effect_is_said_as_such_and_drawn_on_no_scale_of_five(
    sheet: Sheet, world: World, as_: As
) -> None:
    decide(sheet, "NE", by=world.odile, source="Étude")
    page = as_(world.eve).get(sheet.get_absolute_url()).content.decode()
    assert ">NE</abbr>" in page and 'class="meter"' not in page


# They say the level and, apart, why it expired.
SAY_WHY = ("sheet", "public sheet", "record", "records", "table")
# They strike it, and a badge says that it has expired.
STRUCK = ("list", "card", "comparison", "comparison of a visitor")
# Papers say it in words, and why.
PAPERS = ("pdf", "booklet", "page to print")
STRUCK_LEVEL = re.compile(r'<s class="muted">[^<]+</s> <span class="chip danger">Expiré</span>')


def outputs_of(sheet: Sheet, as_: As, user: User) -> dict[str, str]:
    """All that says the level of a sheet: on the screen, on paper, to a program."""
    paper = paper_of(sheet, user)
    lists, compared = "/pratiques/", f"/pratiques/comparer/?fiche={sheet.pk}"
    member = as_(user)
    told = {
        "list": member.get(lists).content,
        "card": as_(None).get(lists).content,
        "comparison": member.get(compared).content,
        "comparison of a visitor": as_(None).get(compared).content,
        "sheet": member.get(sheet.get_absolute_url()).content,
        "public sheet": as_(None).get(sheet.get_absolute_url()).content,
        "page to print": member.get(f"/pratiques/{sheet.pk}/imprimer/").content,
        "record": member.get(f"/pratiques/{sheet.pk}/fiche.json").content,
        "records": streamed(member.get("/pratiques/export.json")),
        "table": streamed(member.get("/pratiques/export.csv")),
    }
    said = {name: content.decode() for name, content in told.items()}
    return said | {
        "pdf": pages.sheet_page(paper),
        "booklet": pages.booklet_page("Livret", timezone.localdate(), [paper]),
    }


def streamed(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.parametrize("level", ["2", "NE"])
def test_an_expired_level_leaves_by_no_door_as_if_it_still_held(
    public_sheet: Sheet, world: World, as_: As, level: str
) -> None:
    decide(public_sheet, level, by=world.odile, source="Registre")
    said, why = level_said(level, Expiry.DATE), expiry_said(Expiry.DATE)
    public_sheet.refresh_from_db()
    for name, page in outputs_of(public_sheet, as_, world.eve).items():
        assert terms.label("niveaux_preuve", level) in page, name
        assert said not in page and why not in page and "<s " not in page, name

    Evidence.objects.update(review_on=timezone.localdate() - timedelta(days=1))
    expire_evidence()
    public_sheet.refresh_from_db()
    for name, page in outputs_of(public_sheet, as_, world.eve).items():
        assert name not in SAY_WHY or why in page, name
        assert name not in PAPERS or (said in page and why in page), name
        assert name not in STRUCK or STRUCK_LEVEL.search(page), name
