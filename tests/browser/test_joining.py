"""The request to join, in a real browser: the proof of work, the errors, the policy."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import MembershipRequest
from tests.accounts.joining import ANSWERS
from tests.browser.acts import agree
from tests.browser.house import House, work

pytestmark = pytest.mark.browser


def fill(page: Any) -> None:
    for name in ("organisation_name", "neq", "mission", "against_dropout"):
        page.fill(f"#id_{name}", ANSWERS[name])
    for name in ("first_name", "last_name", "email", "hopes"):
        page.fill(f"#id_{name}", ANSWERS[name])
    page.check("#id_non_profit")
    page.check("input[name=federated][value=non]")
    page.check("#id_consent")


def test_the_machine_proves_that_it_is_no_robot_under_the_strict_policy(house: House) -> None:
    """The house refuses any breach of the policy: the widget's worker and style obey it."""
    page = house.visit()
    page.goto("/adhesion/")
    fill(page)
    page.wait_for_selector("altcha-widget [data-state=verified]")
    page.click("button[value=send]")
    page.wait_for_url("**/adhesion/recue/")
    assert ANSWERS["email"] in page.content()
    request = MembershipRequest.objects.get()
    assert not request.to_verify


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_without_javascript_the_request_goes_and_is_to_be_checked(house: House, size: str) -> None:
    page = house.visit(js=False, size=size)
    page.goto("/adhesion/")
    assert not page.locator("altcha-widget").is_visible()
    fill(page)
    page.click("button[value=send]")
    page.wait_for_url("**/adhesion/recue/")
    assert MembershipRequest.objects.get().to_verify


def test_a_hurried_person_who_sends_before_the_proof_is_not_lost(house: House) -> None:
    page = house.visit()
    page.route("**/adhesion/preuve/", lambda route: route.abort())
    page.goto("/adhesion/")
    fill(page)
    page.click("button[value=send]")
    page.wait_for_url("**/adhesion/recue/")
    assert MembershipRequest.objects.get().to_verify
    house.watch(page).troubles.clear()


def test_the_summary_of_errors_takes_the_focus_and_leads_to_the_field(house: House) -> None:
    page = house.visit(size="phone")
    page.goto("/adhesion/")
    page.fill("#id_neq", "114392011")
    page.fill("#id_mission", "Accompagner")
    page.click("button[value=send]")
    page.wait_for_selector("[data-errors]")
    assert page.evaluate("document.activeElement.matches('[data-errors]')")
    page.click("[data-errors] a[href='#id_neq']")
    assert page.evaluate("document.activeElement.id") == "id_neq"
    assert page.input_value("#id_neq") == "114392011"
    assert page.input_value("#id_mission") == "Accompagner"


def test_from_the_request_to_the_first_step_inside(house: House, world: Any) -> None:
    """The first paragraph of the story: asked, followed, approved, invited, inside."""
    visitor = house.visit()
    visitor.goto("/adhesion/")
    fill(visitor)
    visitor.wait_for_selector("altcha-widget [data-state=verified]")
    visitor.click("button[value=send]")
    visitor.wait_for_url("**/adhesion/recue/")
    work()
    visitor.goto(house.mailbox.link(ANSWERS["email"], "/adhesion/suivi/"))
    assert ANSWERS["organisation_name"] in visitor.content()

    odile = house.visit(world.odile)
    odile.goto(house.mailbox.link(world.odile.email, "/admin/"))
    odile.click("button[value=approve]")
    agree(odile)
    odile.wait_for_selector(".chip.ok")
    work()

    visitor.goto(house.mailbox.link(ANSWERS["email"], "/invitation/"))
    visitor.fill("#id_job_title", "Direction")
    visitor.click("main button:has-text('Ouvrir mon compte')")
    visitor.wait_for_url(lambda url: "/invitation/" not in url)
    assert MembershipRequest.objects.get().state == "approved"
    assert "/compte/code-de-conduite/" in visitor.url, "the first thing inside is to agree on it"
