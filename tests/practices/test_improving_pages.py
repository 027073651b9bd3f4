"""The pages of improvements, versions and adaptations: what they show, to whom, at what cost."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.writing import writer_token
from practices.models import Credit, Proposal, Sheet, Version
from practices.panels.improving import groups
from practices.services import adapting, improving, life
from tests.conftest import World, make_person
from tests.forums.test_budgets import counted
from tests.practices.conftest import make_published, make_sheet, publish_sheet, say_own

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
SHELL = 5
WHY = "Nous l’avons vu trois fois cet automne."
BETTER = {"context": "Surtout le lundi."}
CANARY = "canarimauve"


def url(name: str, *args: Any) -> str:
    return reverse(f"practices:{name}", args=args)


def form_of(user: User, **fields: Any) -> dict[str, Any]:
    return {"writer": writer_token(user), "submission": str(uuid.uuid4()), **fields}


@pytest.fixture
def proposal(world: World, sheet: Sheet) -> Proposal:
    return improving.propose(sheet, "besoin", BETTER, why=WHY, by=world.real)


# --------------------------------------------------------------------------------- proposing


def test_a_reader_proposes_from_the_sheet_and_reads_it_word_by_word(
    world: World, sheet: Sheet, as_: As
) -> None:
    client = as_(world.real)
    page = client.get(sheet.get_absolute_url())
    assert url("propose", sheet.pk, "besoin") in page.content.decode()
    assert url("improve", sheet.pk) in page.content.decode()
    form = client.get(url("propose", sheet.pk, "besoin")).content.decode()
    assert "Les appels de l’école devenaient une menace." in form

    answer = client.post(
        url("propose", sheet.pk, "besoin"),
        form_of(world.real, base=1, why=WHY, context="Les appels de l’école inquiétaient."),
    )

    made = Proposal.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    shown = client.get(made.get_absolute_url()).content.decode()
    assert re.search(r"<del><span class=\"sr\">[^<]+</span>devenaient une menace</del>", shown)
    assert re.search(r"<ins><span class=\"sr\">[^<]+</span>inquiétaient</ins>", shown)


def test_every_section_has_its_form(world: World, sheet: Sheet, as_: As) -> None:
    client = as_(world.real)
    listed = client.get(url("improve", sheet.pk)).content.decode()
    for name in re.findall(r"/proposer/([a-z]+)/", listed):
        page = client.get(url("propose", sheet.pk, name))
        assert page.status_code == 200, name
    assert client.get(url("propose", sheet.pk, "inconnue")).status_code == 404


def test_what_could_identify_somebody_is_shown_before_anything_is_proposed(
    world: World, sheet: Sheet, as_: As
) -> None:
    client, there = as_(world.real), url("propose", sheet.pk, "deroulement")
    typed = form_of(
        world.real, why="Voir le 418 555-0199", **{
            "steps-title": ["Choisir", ""], "steps-text": ["Appeler le 046 454 286", ""],
        },
    )  # fmt: skip

    warned = client.post(there, typed)
    assert warned.status_code == 200
    assert not Proposal.objects.exists()
    assert "046 454 286" in warned.content.decode()
    mended = client.post(there, typed | {"replace": "all"}).content.decode()
    assert "046 454 286" not in mended
    assert "418 555-0199" not in mended
    client.post(there, typed | {"act": "as-is"})
    assert Proposal.objects.get().values["steps"][0]["text"] == "Appeler le 046 454 286"


def test_the_steps_of_an_improvement_are_added_and_moved_without_javascript(
    world: World, sheet: Sheet, as_: As
) -> None:
    client, there = as_(world.real), url("propose", sheet.pk, "deroulement")
    steps = {"steps-title": ["Choisir", "Appeler"], "steps-text": ["Une personne", ""]}

    def rows(asked: str) -> list[str]:
        shown = client.post(there, form_of(world.real, why=WHY, step=asked, **steps))
        assert not shown.context["form"].errors
        return [one["title"] for one in shown.context["form"]["steps"].value()]

    assert rows("steps:add") == ["Choisir", "Appeler", ""]
    assert rows("steps:up:1") == ["Appeler", "Choisir"]
    assert rows("steps:remove:0") == ["Appeler"]
    assert not Proposal.objects.exists()
    client.post(there, form_of(world.real, why=WHY, **steps))
    assert [one["title"] for one in Proposal.objects.get().values["steps"]] == [
        "Choisir",
        "Appeler",
    ]


def test_all_that_is_to_be_mended_is_said_at_once_with_its_limits(
    world: World, sheet: Sheet, as_: As
) -> None:
    there = url("propose", sheet.pk, "identite")

    blank = form_of(world.real, title="x" * 161, summary=" \n ", since="x" * 41)
    form = as_(world.real).post(there, blank).context["form"]

    assert form.errors.keys() == {"title", "summary", "since", "why"}
    assert "160" in form.errors["title"][0]
    assert form["title"].value() == "x" * 161


def test_what_was_typed_comes_back_after_a_session_that_ended(
    world: World, sheet: Sheet, as_: As
) -> None:
    there = url("propose", sheet.pk, "besoin")

    answer = Client().post(there, form_of(world.real, why=WHY, context="Texte perdu?"))

    assert answer.status_code == 302
    assert not Proposal.objects.exists()
    again = as_(world.real).get(f"{there}?repris=1").content.decode()
    assert "Texte perdu?" in again
    assert "Texte perdu?" not in as_(world.eve).get(f"{there}?repris=1").content.decode()


def test_a_form_made_from_an_older_version_says_which_one_it_read(
    world: World, sheet: Sheet, as_: As, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Écrit par Maude.")

    as_(world.real).post(
        url("propose", sheet.pk, "besoin"), form_of(world.real, base=1, why=WHY, **BETTER)
    )

    made = Proposal.objects.get()
    assert made.base == sheet.versions.get(number=1)
    sheet.refresh_from_db()
    assert improving.is_conflict(made, sheet)


def test_extra_fields_are_ignored(world: World, sheet: Sheet, as_: As) -> None:
    extra = {"answer": "acceptee", "owner": world.maude.pk, "state": "hidden", "sheet": 99}

    as_(world.real).post(
        url("propose", sheet.pk, "besoin"), form_of(world.real, why=WHY, **BETTER, **extra)
    )

    made = Proposal.objects.get()
    assert (made.answer, made.owner, made.state) == ("attente", world.real, "published")


# ---------------------------------------------------------------------------------- answering


def test_a_bearer_accepts_on_the_page_and_the_sheet_thanks_the_author(
    world: World, sheet: Sheet, proposal: Proposal, as_: As
) -> None:
    client = as_(world.maude)
    assert url("proposals", sheet.pk) in client.get(sheet.get_absolute_url()).content.decode()

    client.post(proposal.get_absolute_url(), {"acte": "accepter", "reply": "Merci!"})

    sheet.refresh_from_db()
    assert sheet.content["besoin"] == BETTER
    page = client.get(sheet.get_absolute_url()).content.decode()
    assert "Le Phare des Battures" in page
    assert "Réal Lavoie" in page


def test_refusing_without_an_answer_says_so_on_the_page(
    world: World, proposal: Proposal, as_: As
) -> None:
    answer = as_(world.maude).post(proposal.get_absolute_url(), {"acte": "refuser", "reply": " "})

    assert answer.status_code == 400
    assert "data-errors" in answer.content.decode()
    proposal.refresh_from_db()
    assert proposal.is_waiting


def test_the_answer_too_is_looked_into_before_others_read_it(
    world: World, proposal: Proposal, as_: As
) -> None:
    client, there = as_(world.maude), proposal.get_absolute_url()
    said = {"acte": "refuser", "reply": "Appelez-moi au 418 555-0199."}

    warned = client.post(there, said).content.decode()
    assert 'name="voulu" value="refuser"' in warned
    proposal.refresh_from_db()
    assert proposal.is_waiting
    mended = client.post(there, {"voulu": "refuser", "reply": said["reply"], "replace": "all"})
    assert "418 555-0199" not in mended.content.decode()
    client.post(there, {"voulu": "refuser", "reply": said["reply"], "act": "as-is"})
    proposal.refresh_from_db()
    assert (proposal.answer, proposal.reply) == ("refusee", said["reply"])


def test_a_conflict_shows_the_three_texts_and_is_settled(
    world: World, sheet: Sheet, proposal: Proposal, as_: As, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Écrit par Maude.")
    client, there = as_(world.maude), url("settle", sheet.pk, proposal.pk)

    answer = client.post(proposal.get_absolute_url(), {"acte": "accepter"})
    assert answer["Location"] == there
    page = client.get(there).content.decode()
    for text in ("Les appels de l’école devenaient", "Écrit par Maude.", "Surtout le lundi."):
        assert text in page
    stale = client.post(there, form_of(world.maude, seen=1, context="Perdu?"))
    assert stale.status_code == 409
    assert "Perdu?" in stale.content.decode()
    both = "Écrit par Maude. Surtout le lundi."
    client.post(there, form_of(world.maude, seen=2, context=both, reply="Les deux."))

    sheet.refresh_from_db()
    assert sheet.content["besoin"] == {"context": both}


def first_shown(client: Client, there: str) -> dict[str, Any]:
    """The form of a page as it would be sent without touching it."""
    form = client.get(there).context["form"]
    return {bound.name: bound.value() for bound in form if bound.value() not in (None, False)}


def test_two_improvements_of_one_section_are_accepted_in_a_row_and_none_is_lost(
    world: World, sheet: Sheet, as_: As
) -> None:
    said = sheet.content["lecons"]
    adds = ({"obstacles": ["L’autobus"]}, {"mistakes": [*said["mistakes"], "Aller vite"]})
    first, second = (
        improving.propose(sheet, "lecons", said | one, why=WHY, by=world.real) for one in adds
    )
    client = as_(world.maude)
    client.post(first.get_absolute_url(), {"acte": "accepter"})
    moved = client.post(second.get_absolute_url(), {"acte": "accepter", "reply": "Merci encore."})

    there = moved["Location"]
    shown = first_shown(client, there)
    client.post(there, form_of(world.maude, seen=2, **shown))

    sheet.refresh_from_db()
    assert sheet.content["lecons"] == said | adds[0] | adds[1]
    second.refresh_from_db()
    # What she was answering went on with her.
    assert second.reply == "Merci encore."


def test_what_two_people_changed_is_marked_with_both_texts(
    world: World, sheet: Sheet, proposal: Proposal, as_: As, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Écrit par Maude.", objectives=["Reprendre le lien"])
    client, there = as_(world.maude), url("settle", sheet.pk, proposal.pk)

    page = client.get(there)

    assert page.context["form"]["context"].value() == "Surtout le lundi."
    assert page.context["form"]["objectives"].value() == "Reprendre le lien"
    beside = {bound.name: [one.lines for one in texts] for bound, texts in page.context["fields"]}
    assert beside == {"context": [["Écrit par Maude."], ["Surtout le lundi."]], "objectives": []}
    assert page.content.decode().count("other-text") == 2


def test_what_changes_while_it_is_settled_goes_into_the_text(
    world: World, sheet: Sheet, proposal: Proposal, as_: As, change: Callable[..., Version]
) -> None:
    client, there = as_(world.maude), url("settle", sheet.pk, proposal.pk)
    shown = first_shown(client, there)
    change(sheet, "besoin", objectives=["Reprendre le lien"])

    stale = client.post(there, form_of(world.maude, seen=1, **shown))

    assert stale.status_code == 409
    assert stale.context["form"]["objectives"].value() == "Reprendre le lien"
    assert stale.context["form"]["context"].value() == "Surtout le lundi."


@pytest.mark.parametrize("act", ["accepter", "refuser"])
def test_what_she_answered_is_not_lost_when_somebody_answers_first(
    world: World, sheet: Sheet, proposal: Proposal, as_: As, act: str
) -> None:
    improving.refuse(proposal, by=world.odile, reply="Déjà dit ailleurs.")

    late = as_(world.maude).post(
        proposal.get_absolute_url(), {"acte": act, "reply": "Trois lignes bien pesées."}
    )

    page = late.content.decode()
    assert late.status_code == 409
    assert "Trois lignes bien pesées." in page
    assert "Déjà dit ailleurs." in page
    assert world.odile.full_name in page
    assert "data-errors" in page


def test_a_text_settled_too_late_is_shown_to_be_copied(
    world: World, sheet: Sheet, proposal: Proposal, as_: As
) -> None:
    improving.accept(proposal, by=world.odile)

    late = as_(world.maude).post(
        url("settle", sheet.pk, proposal.pk),
        form_of(world.maude, seen=1, context="Surtout le lundi matin.", reply="Merci."),
    )

    assert late.status_code == 409
    assert "Surtout le lundi matin." in late.content.decode()
    assert late.context["unsent"][0][1] == "Merci."


def test_nobody_else_is_offered_to_answer_nor_may(
    world: World, sheet: Sheet, proposal: Proposal, as_: As
) -> None:
    for person in (world.real, world.eve, world.naima):
        client = as_(person)
        assert 'value="accepter"' not in client.get(proposal.get_absolute_url()).content.decode()
        done = client.post(proposal.get_absolute_url(), {"acte": "accepter"})
        assert done.status_code == 403
        assert client.get(url("settle", sheet.pk, proposal.pk)).status_code == 403
    sheet.refresh_from_db()
    assert sheet.content["besoin"] != BETTER


def test_a_proposal_is_reported_and_thanked_by_those_who_read_it(
    world: World, proposal: Proposal, as_: As
) -> None:
    client = as_(world.eve)
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert "genre=proposal" in page.replace("&amp;", "&")

    client.post(
        reverse("community:react"),
        {"kind": "proposal", "id": proposal.pk, "type": "merci", "wanted": "1"},
    )

    proposal.refresh_from_db()
    assert proposal.thanks_count == 1


def test_an_animator_sets_it_aside_and_puts_it_back_from_its_page(
    world: World, proposal: Proposal, as_: As
) -> None:
    there = proposal.get_absolute_url()
    assert as_(world.maude).post(there, {"acte": "ecarter", "reason": "x"}).status_code == 403
    animator = as_(world.odile)
    assert animator.post(there, {"acte": "ecarter", "reason": " "}).status_code == 400
    animator.post(there, {"acte": "ecarter", "reason": "Nomme un jeune"})

    assert as_(world.eve).get(there).status_code == 404
    assert as_(world.maude).get(there).status_code == 404
    assert 'value="remettre"' in animator.get(there).content.decode()
    animator.post(there, {"acte": "remettre"})
    assert as_(world.eve).get(there).status_code == 200


# ------------------------------------------------------------------------------------ versions


def test_any_two_versions_are_compared_and_one_is_brought_back(
    world: World, sheet: Sheet, as_: As, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Deux.")
    change(sheet, "besoin", context="Trois.")
    client = as_(world.eve)
    assert "Deux." in client.get(url("version", sheet.pk, 2)).content.decode()
    compared = client.get(f"{url('version', sheet.pk, 3)}?avec=2").content.decode()
    assert "</span>Trois</ins>" in compared
    assert "</span>Deux</del>" in compared
    assert client.get(f"{url('version', sheet.pk, 3)}?avec=9").status_code == 404
    assert client.get(url("version", sheet.pk, 9)).status_code == 404
    refused = client.post(url("version", sheet.pk, 1), {"acte": "restaurer"})
    assert refused.status_code == 403

    as_(world.maude).post(url("version", sheet.pk, 1), {"acte": "restaurer"})

    assert sheet.versions.count() == 4
    assert sheet.versions.get(number=4).content == sheet.versions.get(number=1).content


def test_the_history_says_who_proposed_and_who_accepted_or_rewrote(
    world: World, sheet: Sheet, proposal: Proposal, as_: As
) -> None:
    improving.amend(proposal, {"context": "Le lundi."}, by=world.maude, seen=1)
    client = as_(world.eve)

    for there in (url("versions", sheet.pk), url("version", sheet.pk, 2)):
        said = client.get(there).content.decode()
        assert "Réal Lavoie, Le Phare des Battures" in said
        assert "remaniée et publiée par Maude Tremblay" in said


def test_who_looks_after_a_sheet_is_told_that_she_may_simply_write(
    world: World, sheet: Sheet, as_: As
) -> None:
    pages = {url("improve", sheet.pk): "", url("propose", sheet.pk, "besoin"): "besoin/"}
    for there, section in pages.items():
        direct = f'href="/pratiques/{sheet.pk}/rediger/{section}"'
        assert direct in as_(world.maude).get(there).content.decode()
        assert direct not in as_(world.eve).get(there).content.decode()


def test_bringing_a_version_back_shows_first_what_it_changes(
    world: World, sheet: Sheet, as_: As, change: Callable[..., Version]
) -> None:
    change(sheet, "besoin", context="Écrit par Maude.")
    first, client = url("version", sheet.pk, 1), as_(world.maude)
    shown = client.get(first).content.decode()
    assert 'value="restaurer"' not in shown
    assert f"{first}?rendre=1" in shown

    asked = client.get(f"{first}?rendre=1").content.decode()
    assert "<del>" in asked
    assert 'value="restaurer"' in asked
    change(sheet, "besoin", context="Changé encore.")
    late = client.post(first, {"acte": "restaurer", "vu": "2"})
    assert late.status_code == 409
    assert "Changé" in late.content.decode()
    assert sheet.versions.count() == 3
    client.post(first, {"acte": "restaurer", "vu": "3"})
    assert sheet.versions.get(number=4).restored_from is not None
    assert as_(world.real).get(f"{first}?rendre=1").status_code == 403


# --------------------------------------------------------------------------------- adaptations


def test_a_practice_is_adapted_from_its_page_and_says_what_differs(
    world: World, sheet: Sheet, as_: As, work: Callable[[], None]
) -> None:
    client = as_(world.real)
    page = client.get(url("adapt", sheet.pk)).content.decode()
    assert "Une seule personne-pivot" in page

    client.post(
        url("adapt", sheet.pk),
        form_of(world.real, title="Le lien en ville", instead0="Deux personnes"),
    )

    made = Sheet.objects.get(derived_from=sheet)
    mine = client.get(made.get_absolute_url()).content.decode()
    assert "Deux personnes" in mine
    assert url("tree", made.pk) in mine
    client.post(url("differs", made.pk), form_of(world.real, instead0="Trois personnes"))
    made.refresh_from_db()
    assert made.differs[0]["instead"] == "Trois personnes"
    say_own(made, world.real)
    publish_sheet(made, world.odile)
    work()
    seen = as_(world.eve).get(sheet.get_absolute_url()).content.decode()
    assert "Le lien en ville" in seen


def test_the_right_to_adapt_is_said_and_kept(world: World, as_: As) -> None:
    refused = make_published(world, perennite={"adapting": "non"})
    asked = make_published(world, perennite={"adapting": "demande"})
    client = as_(world.real)
    for answer in (
        client.get(url("adapt", refused.pk)),
        client.post(url("adapt", refused.pk), form_of(world.real, title="x")),
    ):
        assert answer.status_code == 403
        assert "Racines et Relais" in answer.content.decode()
    page = client.get(url("adapt", asked.pk)).content.decode()
    assert 'name="agreed"' in page
    said = client.post(url("adapt", asked.pk), form_of(world.real, title="x"))
    assert said.status_code == 400
    client.post(url("adapt", asked.pk), form_of(world.real, title="x", agreed="on"))
    assert Sheet.objects.get(derived_from__isnull=False).derived_from == asked


# --------------------------------------------------------------------------------------- leaks


def addresses(sheet: Sheet, proposal: Proposal) -> list[str]:
    return [
        url("improve", sheet.pk),
        url("propose", sheet.pk, "besoin"),
        url("proposals", sheet.pk),
        proposal.get_absolute_url(),
        url("settle", sheet.pk, proposal.pk),
        url("versions", sheet.pk),
        url("version", sheet.pk, 1),
        f"{url('version', sheet.pk, 2)}?avec=1",
        url("adapt", sheet.pk),
        url("tree", sheet.pk),
    ]


def test_a_visitor_reads_nothing_of_it_even_of_a_public_sheet(
    world: World, public_sheet: Sheet, as_: As
) -> None:
    proposal = improving.propose(public_sheet, "besoin", BETTER, why=f"{CANARY} vu", by=world.real)
    improving.accept(proposal, by=world.maude, reply=CANARY)
    visitor = as_(None)
    for address in addresses(public_sheet, proposal):
        answer = visitor.get(address)
        assert answer.status_code == 302, address
        assert "/compte/connexion/" in answer["Location"]
    page = visitor.get(public_sheet.get_absolute_url()).content.decode()
    assert CANARY not in page
    assert "Réal" not in page
    assert "Maude" not in page
    assert "Le Phare des Battures" not in page
    # Those who gave are thanked among members.
    credits = public_sheet.credits.select_related("person", "organisation")
    group = groups(credits)[-1]
    assert [(one.organisation, one.people) for one in group.givers] == [
        ("Le Phare des Battures", ["Réal Lavoie"])
    ]
    for word in ("proposer", "bonifications", "versions", "adapter", "arbre"):
        assert f"/{word}/" not in page


def test_of_what_is_not_theirs_everybody_gets_the_same_404(
    world: World, sheet: Sheet, proposal: Proposal, as_: As
) -> None:
    life.hide_sheet(sheet, by=world.odile, reason="À vérifier")
    draft = make_sheet(world.maude)
    for person in (world.real, world.eve):
        client = as_(person)
        missing = client.get(url("proposals", 9_999_999))
        for address in [*addresses(sheet, proposal), url("versions", draft.pk)]:
            answer = client.get(address)
            assert answer.status_code == 404, address
            assert len(answer.content) == pytest.approx(len(missing.content), abs=400)


def test_a_proposal_is_not_read_below_another_sheet(
    world: World, sheet: Sheet, proposal: Proposal, as_: As
) -> None:
    other = make_published(world)

    assert as_(world.eve).get(url("proposal", other.pk, proposal.pk)).status_code == 404


def test_a_guest_reads_the_improvements_and_proposes_none(
    world: World, sheet: Sheet, proposal: Proposal, as_: As
) -> None:
    until = timezone.now() + timedelta(days=30)
    guest = make_person("Guy", role="invite", spaces=(world.common,), access_until=until)
    client = as_(guest)
    page = client.get(sheet.get_absolute_url()).content.decode()
    assert url("improve", sheet.pk) not in page
    assert WHY in client.get(proposal.get_absolute_url()).content.decode()
    for address in (url("improve", sheet.pk), url("propose", sheet.pk, "besoin"),
                    url("adapt", sheet.pk)):  # fmt: skip
        assert client.get(address).status_code == 403
    sent = form_of(guest, why=WHY, title="x", **BETTER)
    for address in (url("propose", sheet.pk, "besoin"), url("adapt", sheet.pk)):
        assert client.post(address, sent).status_code == 403
    assert Proposal.objects.count() == 1


def test_a_hidden_origin_is_named_nowhere(world: World, sheet: Sheet, as_: As) -> None:
    Sheet.objects.filter(pk=sheet.pk).update(title=f"Un {CANARY}")
    sheet.refresh_from_db()
    made = adapting.adapt(sheet, by=world.real, title="Chez nous", instead=["Autrement"])
    say_own(made, world.real)
    publish_sheet(made, world.odile)
    life.hide_sheet(sheet, by=world.odile, reason="À vérifier")

    for address in (made.get_absolute_url(), url("tree", made.pk), url("versions", made.pk)):
        assert CANARY not in as_(world.eve).get(address).content.decode()


# ------------------------------------------------------------------------------------- budgets


def fill(world: World, sheet: Sheet, number: int) -> None:
    """So many answered and waiting improvements, versions, credits and adaptations."""
    assert sheet.current is not None
    for n in range(number):
        Proposal.objects.create(
            sheet=sheet, section="besoin", values=BETTER, why=WHY, owner=world.real,
            organisation=world.phare, answer="refusee" if n % 2 else "attente",
        )  # fmt: skip
        version = Version.objects.create(
            sheet=sheet, number=100 + n, content=sheet.content, cause="porteuses", by=world.maude
        )
        person = make_person(f"P{n}", f"{number}", organisation=world.phare)
        Credit.objects.create(
            sheet=sheet, version=version, person=person, organisation=world.phare,
            role="bonification",
        )  # fmt: skip
        row = Sheet.objects.get(pk=sheet.pk)
        row.pk, row.derived_from = None, sheet
        row._state.adding = True
        row.save()
    Sheet.objects.filter(pk=sheet.pk).update(adaptation_count=number, waiting_count=number)


def test_no_page_costs_more_with_more_to_show(world: World, sheet: Sheet, as_: As) -> None:
    client = as_(world.eve)
    proposal = improving.propose(sheet, "besoin", BETTER, why=WHY, by=world.real)
    pages = {
        sheet.get_absolute_url(): 8,
        url("proposals", sheet.pk): 4,
        proposal.get_absolute_url(): 4,
        url("versions", sheet.pk): 4,
        f"{url('version', sheet.pk, 1)}?avec=1": 4,
        url("tree", sheet.pk): 3,
        url("adapt", sheet.pk): 2,
        url("improve", sheet.pk): 2,
    }
    costs = []
    for number in (3, 30):
        fill(world, sheet, number)
        found = {}
        for address in pages:
            client.get(address)
            with counted() as queries:
                assert client.get(address).status_code == 200
            found[address] = len(queries)
        costs.append(found)
        Version.objects.filter(sheet=sheet, number__gte=100).delete()
    assert costs[0] == costs[1]
    too_much = {one: cost for one, cost in costs[0].items() if cost > SHELL + pages[one]}
    assert too_much == {}


def test_the_public_page_stays_within_six_queries(
    world: World, public_sheet: Sheet, as_: As
) -> None:
    fill(world, public_sheet, 10)
    visitor = as_(None)
    with counted() as queries:
        visitor.get(public_sheet.get_absolute_url())
    assert len(queries) <= 6
