"""Nobody deals with what is reported of her own words, nor learns who reported them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.audience import State
from core.errors import NotAllowed
from core.models import ActionLog, OutgoingMail
from core.tasks import tick
from forums.models import Post, Thread
from forums.services import create_thread, reply
from moderation import console, services
from moderation.models import Report
from tests.conftest import World, make_person

As = Callable[[User | None], Client]


@pytest.fixture
def lead(world: World, settings: Any) -> User:
    """Léa co-animates Intervention, with her second factor."""
    settings.COANIMATION = True
    lea = make_person("Léa", organisation=world.relais, spaces=(world.common, world.intervention))
    world.intervention.memberships.filter(user=lea).update(role="coanimation")
    Authenticator.objects.create(user=lea, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    return lea


@pytest.fixture
def against_lead(world: World, lead: User) -> Report:
    """Maude reports what Léa answered her."""
    thread = create_thread(by=world.maude, space=world.intervention, text="Une question.")
    post = reply(thread, by=lead, text="Une réponse trop vive.")
    return services.file_report(post, by=world.maude, reason="blessant", details="Le ton.")


def change(report: Report) -> str:
    return reverse("admin:moderation_report_change", args=(report.pk,))


def told(name: str) -> set[str]:
    return {
        mail.recipient.first_name
        for mail in OutgoingMail.objects.filter(name=name, state="sent")
        if mail.recipient
    }


def test_a_coanimator_meets_no_trace_of_the_report_against_her(
    world: World, as_: As, lead: User, against_lead: Report
) -> None:
    browser = as_(lead)
    for page in ("change", "history"):
        name = f"admin:moderation_report_{page}"
        missing = browser.get(reverse(name, args=(987654,)))
        there = browser.get(reverse(name, args=(against_lead.pk,)))
        assert there.status_code == missing.status_code != 200
    assert browser.get(change(against_lead)).status_code == 404
    assert against_lead not in Report.objects.moderated_by(lead)
    assert "report" not in [task.sort for task in console.tasks_for(lead)]
    for page in ("admin:index", "admin:moderation_report_changelist"):
        assert change(against_lead) not in browser.get(reverse(page)).content.decode(), page
    # The same pages do show it to Odile: they are where it would be.
    assert change(against_lead) in as_(world.odile).get(reverse("admin:index")).content.decode()


def test_she_neither_decides_of_it_nor_undoes_the_decision(
    world: World, as_: As, lead: User, against_lead: Report
) -> None:
    with pytest.raises(NotAllowed):
        services.close_report(against_lead, by=lead, outcome=Report.Outcome.KEPT)
    assert as_(lead).post(change(against_lead), {"outcome": "garde"}).status_code == 404

    services.close_report(
        against_lead, by=world.odile, outcome=Report.Outcome.HIDDEN, reason="Le ton"
    )

    with pytest.raises(NotAllowed):
        services.restore(against_lead, by=lead)
    url = reverse("admin:moderation_report_restore", args=(against_lead.pk,))
    assert as_(lead).post(url).status_code == 404
    assert Post.objects.get(pk=against_lead.object_id).state == State.HIDDEN


def test_the_mail_goes_to_whoever_else_moderates_the_space(
    world: World, lead: User, against_lead: Report
) -> None:
    tick()

    assert told("report_filed") == {"Odile"}
    assert not OutgoingMail.objects.filter(recipient=lead, name__startswith="report").exists()


def test_an_unnamed_message_of_an_animator_is_her_own_too(world: World, as_: As) -> None:
    second = make_person(
        "Karim", organisation=world.federation, role="animation", spaces=(world.psychosocial,)
    )
    thread = create_thread(by=world.naima, space=world.psychosocial, text="Un mot.")
    post = reply(thread, by=world.odile, text="Sans mon nom.", unnamed=True)
    report = services.file_report(post, by=world.naima, reason="autre")
    tick()

    assert not Report.objects.moderated_by(world.odile).exists()
    assert as_(world.odile).get(change(report)).status_code == 404
    assert list(Report.objects.moderated_by(second)) == [report]
    assert told("report_filed") == {"Karim"}


def test_a_thread_is_its_author_s_and_a_reply_in_it_is_not(world: World) -> None:
    thread = create_thread(by=world.odile, space=world.common, text="Une annonce.")
    services.file_report(thread, by=world.maude, reason="autre")
    answer = reply(thread, by=world.eve, text="Une réponse.")
    other = services.file_report(answer, by=world.maude, reason="autre")

    assert list(Report.objects.moderated_by(world.odile)) == [other]


def test_the_author_stays_away_even_from_what_is_there_no_more(
    world: World, lead: User, against_lead: Report
) -> None:
    Post.objects.filter(pk=against_lead.object_id).delete()

    assert against_lead not in Report.objects.moderated_by(lead)


def test_a_report_that_nobody_else_may_read_is_said_to_wait_and_nothing_more(
    world: World, mailoutbox: list[Any]
) -> None:
    """Odile is the one animator of the psychosocial space, and the report is about her words."""
    make_person("Karim", organisation=world.federation, role="animation")
    thread = create_thread(by=world.odile, space=world.psychosocial, title="CANARI", text="CANARI")
    report = services.file_report(thread, by=world.naima, reason="danger", details="CANARI")
    tick()

    assert told("report_filed") == set()
    assert told("report_stuck") == {"Karim"}
    [mail] = [one for one in mailoutbox if one.to == ["karim.test@exemple.test"]]
    whole = mail.subject + mail.body + "".join(str(part[0]) for part in mail.alternatives)
    assert world.psychosocial.name in whole
    for secret in ("CANARI", "Naïma", "Odile", f"report/{report.pk}"):
        assert secret not in whole
    # A second animator of the space finds it in her console.
    second = make_person(
        "Ines", organisation=world.federation, role="animation", spaces=(world.psychosocial,)
    )
    assert list(Report.objects.moderated_by(second)) == [report]


def test_the_only_animator_of_a_federation_is_not_alone_to_be_told(world: World) -> None:
    make_person("Ada", is_superuser=True)
    thread = create_thread(by=world.odile, space=world.common, text="Une annonce.")
    services.file_report(thread, by=world.maude, reason="autre")
    tick()

    assert told("report_filed") == set()
    assert told("report_stuck") == {"Ada"}


def test_the_neutral_mail_does_not_leave_once_somebody_may_look(world: World) -> None:
    make_person("Karim", organisation=world.federation, role="animation")
    thread = create_thread(by=world.odile, space=world.psychosocial, text="Un mot.")
    report = services.file_report(thread, by=world.naima, reason="autre")
    services.tell_moderators(report)
    make_person(
        "Ines", organisation=world.federation, role="animation", spaces=(world.psychosocial,)
    )
    tick()

    assert told("report_stuck") == set()


def test_her_own_report_on_her_own_words_is_another_s_to_look_at(world: World, as_: As) -> None:
    """She said too much and asks for help: it is hers to follow, not to decide."""
    thread = create_thread(by=world.odile, space=world.common, text="J’en ai trop dit.")
    report = services.file_report(thread, by=world.odile, reason="identifie")

    assert not Report.objects.moderated_by(world.odile).exists()
    followed = as_(world.odile).get(reverse("moderation:report", args=(report.pk,)))
    assert followed.status_code == 200


def test_the_journal_keeps_the_acts_on_her_report_from_her(
    world: World, lead: User, against_lead: Report, as_: As
) -> None:
    services.close_report(against_lead, by=world.odile, outcome=Report.Outcome.KEPT)
    rows = ActionLog.objects.filter(kind="report", object_id=against_lead.pk)
    assert rows.count() == 2

    def shown(user: User) -> set[int]:
        page = as_(user).get(reverse("admin:core_actionlog_changelist"))
        return {row.pk for row in page.context["cl"].result_list}

    mine = set(rows.values_list("pk", flat=True))
    assert not mine & shown(lead)
    assert mine <= shown(world.odile)
    for pk in mine:
        url = reverse("admin:core_actionlog_change", args=(pk,))
        assert as_(lead).get(url).status_code != 200
        assert as_(world.odile).get(url).status_code == 200


def test_who_wrote_is_shown_nowhere_on_the_report(world: World, as_: As) -> None:
    thread = create_thread(
        by=world.naima, space=world.psychosocial, text="Sans mon nom.", unnamed=True
    )
    simon = make_person("Simon", spaces=(world.psychosocial,))
    report = services.file_report(thread, by=simon, reason="autre")

    assert report.author == world.naima
    page = as_(world.odile).get(change(report)).content.decode()
    assert "Naïma" not in page
    assert Thread.objects.get(pk=thread.pk).owner == world.naima
