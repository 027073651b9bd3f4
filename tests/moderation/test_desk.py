"""The frame of every page of the admin: where one may go, what awaits there, one box to search."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import MembershipRequest, User
from community.models import JoinRequest
from forums.models import Thread
from forums.services import create_thread, hide_thread
from moderation import services
from moderation.console import tasks_for
from practices.models import Evidence, EvidenceRequest, Proposal, Sheet
from practices.services import life
from tests.conftest import World, make_person
from tests.practices.conftest import make_published, make_sheet
from tests.practices.test_improving import proposed

As = Callable[[User | None], Client]


@pytest.fixture
def lead(world: World, settings: Any) -> User:
    """Léa co-animates Intervention, with her second factor."""
    settings.COANIMATION = True
    lea = make_person("Léa", organisation=world.relais, spaces=(world.common, world.intervention))
    world.intervention.memberships.filter(user=lea).update(role="coanimation")
    Authenticator.objects.create(user=lea, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    return lea


def counts(page: Any) -> dict[str, int]:
    """By the last part of its address, what the side navigation says of each list."""
    return {
        link.url.rstrip("/").rpartition("/")[2]: link.count for link in page.context["desk"].links
    }


def test_the_navigation_counts_what_awaits_in_each_list(world: World, as_: As) -> None:
    thread = create_thread(by=world.real, space=world.common, text="Une question.")
    services.file_report(thread, by=world.eve, reason="autre")
    JoinRequest.objects.create(user=world.eve, space=world.direction)
    for number in range(2):
        MembershipRequest.objects.create(
            organisation_name=f"Organisme {number}",
            email=f"a{number}@b.test",
            first_name="Luce",
            state="submitted",
            submitted_at=timezone.now(),
        )

    said = counts(as_(world.odile).get(reverse("admin:accounts_user_changelist")))

    assert (said["report"], said["membershiprequest"], said["joinrequest"]) == (1, 2, 1)
    assert said["thread"] == 0


def test_the_room_of_practices_counts_what_the_console_lists_of_it(world: World, as_: As) -> None:
    day, now = timezone.localdate() - timedelta(days=60), timezone.now()
    life.submit(make_sheet(world.maude), by=world.maude)
    for state in ({"review_on": day}, {"awaits_opening": True, "consented_at": now}):
        Sheet.objects.filter(pk=make_published(world).pk).update(**state)
    asked, expired, improved = (make_published(world) for _sheet in range(3))
    EvidenceRequest.objects.create(sheet=asked, level="3", source="Un rapport", by=world.maude)
    Evidence.objects.create(sheet=expired, level="1", by=world.maude, expiry="date", expired_at=now)
    proposed(improved, world.real, context="Autrement dit.")
    Proposal.objects.filter(sheet=improved).update(created_at=now - timedelta(days=30))
    odile = as_(world.odile)
    url = reverse("admin:accounts_user_changelist")

    sorts = {"sheet", "sheet_late", "proposal", "trial", "evidence_expired"}
    listed = [one.sort for one in tasks_for(world.odile, each=100) if one.sort in sorts]

    assert set(listed) == sorts
    assert counts(odile.get(url))["sheet"] == len(listed)


@pytest.mark.parametrize(
    "name", ["index", "moderation_report_changelist", "accounts_organisation_add", "search"]
)
def test_every_page_leads_back_to_the_console_and_says_where_one_is(
    world: World, as_: As, name: str
) -> None:
    page = as_(world.odile).get(reverse(f"admin:{name}"))

    links = page.context["desk"].links
    assert links[0].url == reverse("admin:index")
    assert f'<a href="{links[0].url}"' in page.content.decode()
    assert len([link for link in links if link.current]) == 1


def test_a_coanimator_is_shown_her_own_lists_only(world: World, as_: As, lead: User) -> None:
    elsewhere = create_thread(by=world.real, space=world.direction, text="Ailleurs.")
    services.file_report(elsewhere, by=world.real, reason="autre")
    here = create_thread(by=world.maude, space=world.intervention, text="Ici.")
    services.file_report(here, by=world.maude, reason="autre")
    mine = create_thread(by=lead, space=world.intervention, text="De moi.")
    services.file_report(mine, by=world.maude, reason="autre")

    said = counts(as_(lead).get(reverse("admin:index")))

    assert said["report"] == 1
    assert {"user", "organisation", "membershiprequest", "invitation"}.isdisjoint(said)


def test_a_popup_has_no_navigation(world: World, as_: As) -> None:
    page = as_(world.odile).get(reverse("admin:accounts_organisation_changelist") + "?_popup=1")

    assert b'class="console side"' not in page.content
    whole = as_(world.odile).get(reverse("admin:accounts_organisation_changelist"))
    assert b'class="console side"' in whole.content


def test_one_box_finds_a_member_an_organisation_and_a_thread(world: World, as_: As) -> None:
    thread = create_thread(
        by=world.maude, space=world.intervention, title="Le phare dans la brume", text="Bonjour."
    )
    browser = as_(world.odile)

    def found(words: str) -> set[str]:
        page = browser.get(reverse("admin:search"), {"q": words})
        return {hit.url for one in page.context["found"] for hit in one.hits}

    real = reverse("admin:accounts_user_change", args=(world.real.pk,))
    phare = reverse("admin:accounts_organisation_change", args=(world.phare.pk,))
    there = reverse("admin:forums_thread_change", args=(thread.pk,))
    # Réal and Ève work at Le Phare: a member is found by her organisation too.
    assert {real, phare, there} <= found("phare")
    assert found("lavoie") == {real}
    assert found("rien de tel") == found("") == set()


def test_the_box_leads_to_the_whole_list_when_there_are_more(world: World, as_: As) -> None:
    for number in range(9):
        make_person("Homonyme", f"Numéro{number}")

    page = as_(world.odile).get(reverse("admin:search"), {"q": "homonyme"})

    [members] = [one for one in page.context["found"] if one.hits]
    assert len(members.hits) == 8
    assert members.all_url == reverse("admin:accounts_user_changelist") + "?q=homonyme"
    assert as_(world.odile).get(members.all_url).context["cl"].result_count == 9


def test_the_box_finds_what_each_list_shows_and_no_more(world: World, as_: As, lead: User) -> None:
    karim = make_person("Karim", organisation=world.federation, role="animation")
    Authenticator.objects.create(user=karim, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    for space, by in ((world.psychosocial, world.naima), (world.direction, world.real),
                      (world.intervention, world.maude)):  # fmt: skip
        create_thread(by=by, space=space, title=f"Canari de {space.slug}", text="Bonjour.")
    hide_thread(Thread.objects.get(space=world.intervention), by=world.odile, reason="Essai")

    def titles(user: User, words: str = "canari") -> set[str]:
        page = as_(user).get(reverse("admin:search"), {"q": words})
        return {hit.title.removeprefix("Canari de ") for one in page.context["found"]
                for hit in one.hits}  # fmt: skip

    assert titles(world.odile) == {"suivis-psychosociaux", "direction-administration",
                                   "intervention"}  # fmt: skip
    assert titles(karim) == {"direction-administration", "intervention"}
    assert titles(lead) == {"intervention"}
    # Neither members nor organisations are a co-animator's.
    assert titles(lead, "naïma") == titles(lead, "phare") == set()
    assert "Naïma Belkacem" in titles(karim, "naïma")


def test_an_unnamed_author_is_not_found_by_her_name(world: World, as_: As) -> None:
    create_thread(
        by=world.naima, space=world.psychosocial, title="Un titre", text="Mot.", unnamed=True
    )

    page = as_(world.odile).get(reverse("admin:search"), {"q": "Naïma"})

    hits = [hit.title for one in page.context["found"] for hit in one.hits]
    assert hits == ["Naïma Belkacem"]


def test_the_frame_and_the_box_cost_the_same_whatever_they_hold(world: World, as_: As) -> None:
    """Three counts in the frame, three lists for the box."""
    browser = as_(world.odile)
    costs = []
    for rows in (3, 30):
        for number in range(rows):
            thread = create_thread(
                by=world.maude, space=world.intervention, title="Phare", text="?"
            )
            services.file_report(thread, by=world.maude, reason="autre")
            make_person("Phare", f"Numéro{rows}-{number}", organisation=world.phare)
        browser.get(reverse("admin:search"), {"q": "phare"})
        with CaptureQueriesContext(connection) as captured:
            browser.get(reverse("admin:search"), {"q": "phare"})
        costs.append(len(captured))
    assert costs[0] == costs[1]
