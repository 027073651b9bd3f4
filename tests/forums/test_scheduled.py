"""Messages published later: as if written then, or given back to their author."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from community.models import Membership, SubCommunity
from core.models import ActionLog, OutboxEvent, StoredFile
from forums import attachments, errors, services
from forums.models import Draft, Post, ScheduledPost, Thread
from forums.services.common import Missing
from forums.services.scheduled import publish_due
from tests.conftest import World

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
LIST = "/discussions/a-venir/"


def put_off(by: User, space: SubCommunity, **fields: Any) -> ScheduledPost:
    given: dict[str, Any] = {
        "publish_at": timezone.now() + timedelta(hours=3),
        "submission": uuid.uuid4(),
        "text": "Le héron passera.",
    }
    return services.schedule_post(by=by, space=space, **(given | fields))


def reply_later(by: User, thread: Thread, **fields: Any) -> ScheduledPost:
    return put_off(by, thread.space, thread=thread, **fields)


def its_hour_comes() -> None:
    ScheduledPost.objects.update(publish_at=timezone.now() - timedelta(seconds=1))
    publish_due()


def test_nothing_is_published_before_its_hour(world: World, question: Thread) -> None:
    events, acts = OutboxEvent.objects.count(), ActionLog.objects.count()
    put_off(world.maude, world.intervention)
    reply_later(world.maude, question)
    publish_due()
    assert Thread.objects.count() == 1 and Post.objects.count() == 1
    assert ScheduledPost.objects.count() == 2
    assert (OutboxEvent.objects.count(), ActionLog.objects.count()) == (events, acts)


def test_at_its_hour_a_thread_is_as_if_written_then(world: World) -> None:
    put_off(
        world.maude,
        world.intervention,
        title="Retour du héron",
        details={"kind": "bon-coup", "tags": ["oiseaux"]},
    )
    before = timezone.now()
    its_hour_comes()
    its_hour_comes()
    thread = Thread.objects.get()
    assert (thread.title, thread.owner, thread.kind) == ("Retour du héron", world.maude, "bon-coup")
    assert thread.created_at >= before
    assert list(thread.tags.names()) == ["oiseaux"]
    assert not ScheduledPost.objects.exists()


def test_at_its_hour_a_reply_is_told_to_followers(
    world: World, question: Thread, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    reply_later(world.odile, question)
    its_hour_comes()
    work()
    assert [mail.to for mail in mailoutbox] == [[world.maude.email]]
    assert question.posts.get(position=2).author == world.odile


def test_it_stays_unnamed(world: World) -> None:
    put_off(world.naima, world.psychosocial, details={"unnamed": True})
    its_hour_comes()
    thread = Thread.objects.get()
    assert thread.unnamed and thread.posts.get().unnamed
    assert ActionLog.objects.get(verb="thread.created").actor is None


@pytest.mark.parametrize("days", [-1, 0, 120])
def test_the_hour_is_to_come_and_near(world: World, days: int) -> None:
    with pytest.raises(errors.WrongHour):
        put_off(world.maude, world.intervention, publish_at=timezone.now() + timedelta(days=days))


def test_what_would_be_refused_now_is_refused_now(
    world: World, question: Thread, secret: Thread
) -> None:
    with pytest.raises(errors.NotAMember):
        put_off(world.maude, world.psychosocial)
    with pytest.raises(Missing):
        reply_later(world.maude, secret)
    with pytest.raises(errors.UnnamedNotAllowed):
        put_off(world.maude, world.intervention, details={"unnamed": True})
    with pytest.raises(errors.EmptyMessage):
        put_off(world.maude, world.intervention, text=" ")
    with pytest.raises(errors.CouldIdentify):
        put_off(world.maude, world.intervention, text="Appeler le 418 555-0143.")
    services.lock(question, by=world.odile)
    with pytest.raises(errors.ThreadClosed):
        reply_later(world.maude, question)


def test_the_same_form_sent_twice_is_one_message(world: World) -> None:
    submission = uuid.uuid4()
    for _time in range(2):
        put_off(world.maude, world.intervention, submission=submission)
    its_hour_comes()
    assert Thread.objects.count() == 1


def test_twenty_wait_at_most(world: World) -> None:
    for _number in range(20):
        put_off(world.maude, world.intervention)
    with pytest.raises(errors.TooManyScheduled):
        put_off(world.maude, world.intervention)
    put_off(world.odile, world.intervention)


# ----------------------------------------------------------------- what changed in the meantime


def leaves(world: World, thread: Thread) -> None:
    Membership.objects.filter(user=world.maude, space=world.intervention).update(
        ended_at=timezone.now()
    )


def is_locked(world: World, thread: Thread) -> None:
    services.lock(thread, by=world.odile)


def is_set_aside(world: World, thread: Thread) -> None:
    services.hide_thread(thread, by=world.odile, reason="Essai")


def is_moved(world: World, thread: Thread) -> None:
    services.move_thread(thread, world.common, by=world.odile)


def is_archived(world: World, thread: Thread) -> None:
    SubCommunity.objects.filter(pk=thread.space_id).update(archived_at=timezone.now())


@pytest.mark.parametrize("change", [leaves, is_locked, is_set_aside, is_moved, is_archived])
def test_what_may_no_longer_be_published_comes_back_as_a_draft_and_its_author_is_told(
    world: World,
    question: Thread,
    mailoutbox: list[Any],
    work: Callable[[], None],
    as_: As,
    change: Callable[[World, Thread], None],
) -> None:
    reply_later(world.maude, question)
    work()
    mailoutbox.clear()
    change(world, question)
    its_hour_comes()
    work()
    assert Post.objects.count() == 1
    assert not ScheduledPost.objects.exists()
    (draft,) = Draft.objects.of(world.maude)
    assert draft.body == "Le héron passera."
    (mail,) = mailoutbox
    whole = mail.subject + mail.body + str(mail.alternatives)
    assert mail.to == [world.maude.email]
    assert "héron" not in whole and "canari" not in whole
    assert draft.get_absolute_url().split("#")[0] in mail.body
    found = as_(world.maude).get(draft.get_absolute_url(), follow=True)
    assert "Le héron passera." in found.content.decode()


def test_a_space_that_is_no_longer_confidential_is_not_the_place_that_was_chosen(
    world: World, secret: Thread
) -> None:
    reply_later(world.naima, secret)
    put_off(world.naima, world.psychosocial)
    SubCommunity.objects.filter(pk=world.psychosocial.pk).update(confidentiality="courante")
    its_hour_comes()
    assert Post.objects.count() == 1
    assert Draft.objects.of(world.naima).count() == 2


def test_a_space_that_no_longer_takes_unnamed_messages_publishes_nobody_s_name(
    world: World,
) -> None:
    put_off(world.naima, world.psychosocial, details={"unnamed": True})
    SubCommunity.objects.filter(pk=world.psychosocial.pk).update(unnamed_posts=False)
    its_hour_comes()
    assert not Thread.objects.exists()
    assert Draft.objects.get().details["unnamed"]


def test_a_closed_account_publishes_nothing(
    world: World, mailoutbox: list[Any], work: Callable[[], None]
) -> None:
    put_off(world.maude, world.intervention)
    User.objects.filter(pk=world.maude.pk).update(is_active=False)
    its_hour_comes()
    work()
    assert not Thread.objects.exists() and not ScheduledPost.objects.exists()
    assert mailoutbox == []


def test_the_text_is_looked_at_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    put_off(world.maude, world.intervention, title="Premier")
    put_off(world.maude, world.intervention, title="Second", as_is=True)
    monkeypatch.setattr("forums.services.scheduled.warning.look", lambda *a, **k: ["trouvé"])
    its_hour_comes()
    assert Thread.objects.get().title == "Second"
    assert Draft.objects.get().title == "Premier"


def test_one_that_fails_does_not_hold_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from forums.services import scheduled

    put_off(world.maude, world.intervention, title="Cassé")
    put_off(world.maude, world.intervention, title="Entier")
    create = scheduled.create_thread

    def breaks(**given: Any) -> Thread:
        if given["title"] == "Cassé":
            raise RuntimeError
        return create(**given)

    monkeypatch.setattr(scheduled, "create_thread", breaks)
    its_hour_comes()
    assert Thread.objects.get().title == "Entier"
    assert ScheduledPost.objects.get().title == "Cassé"
    monkeypatch.undo()
    publish_due()
    assert Thread.objects.count() == 2


def test_its_files_wait_with_it_and_come_with_it(world: World) -> None:
    upload = SimpleUploadedFile("a.txt", b"contenu", "text/plain")
    kept = attachments.keep(upload, by=world.maude)
    put_off(world.maude, world.intervention, attachments=[kept.pk])
    kept.refresh_from_db()
    assert kept.kind == "scheduledpost"
    with pytest.raises(errors.ForeignAttachment):
        put_off(world.maude, world.intervention, attachments=[kept.pk])
    its_hour_comes()
    kept.refresh_from_db()
    assert (kept.kind, kept.object_id) == ("post", Post.objects.get().pk)


def test_nobody_else_opens_a_file_that_waits(world: World, as_: As) -> None:
    upload = SimpleUploadedFile("a.txt", b"contenu", "text/plain")
    kept = attachments.keep(upload, by=world.maude)
    put_off(world.maude, world.intervention, attachments=[kept.pk])
    assert as_(world.odile).get(f"/fichiers/{kept.pk}/").status_code == 404


# ----------------------------------------------------------------------------------------- pages


def later(**changes: Any) -> dict[str, Any]:
    moment = timezone.localtime() + timedelta(days=2)
    return {
        "text": "Le héron passera.",
        "submission": str(uuid.uuid4()),
        "later": moment.strftime("%Y-%m-%dT%H:%M"),
    } | changes


def test_maude_schedules_from_both_boxes_and_takes_back(
    world: World, question: Thread, as_: As
) -> None:
    maude = as_(world.maude)
    answer = maude.post("/discussions/nouveau/", later(space="intervention", title="Oiseaux"))
    assert answer.headers["Location"] == LIST
    assert maude.post(f"/discussions/{question.pk}/repondre/", later()).headers["Location"] == LIST
    assert Post.objects.count() == 1
    page = maude.get(LIST).content.decode()
    assert "Oiseaux" in page and question.title in page
    assert page.count("Le héron passera.") == 2
    assert question.title not in as_(world.odile).get(LIST).content.decode()
    for row in ScheduledPost.objects.all():
        back = maude.post(f"{LIST}{row.pk}/brouillon/", follow=True)
        assert "Le héron passera." in back.content.decode()
    assert not ScheduledPost.objects.exists()


def test_a_laid_out_text_is_shown_without_its_marks(world: World, as_: As) -> None:
    html = {"text": "<p>Le <strong>héron</strong></p>", "text_format": "html"}
    as_(world.maude).post("/discussions/nouveau/", later(space="intervention", **html))
    assert ">Le héron</p>" in as_(world.maude).get(LIST).content.decode()


def test_a_wrong_hour_is_said_beside_its_field(world: World, question: Thread, as_: As) -> None:
    url = f"/discussions/{question.pk}/repondre/"
    for wrong in ("2020-01-01T10:00", "bientôt"):
        page = as_(world.maude).post(url, later(later=wrong))
        assert page.status_code == 400
        assert "later" in page.context["form"].errors
        assert "Le héron passera." in page.content.decode()
    assert Post.objects.count() == 1


def test_the_warning_comes_before_the_hour(world: World, question: Thread, as_: As) -> None:
    maude, url = as_(world.maude), f"/discussions/{question.pk}/repondre/"
    risky = later(text="Appeler le 418 555-0143.")
    page = maude.post(url, risky)
    assert page.status_code == 200 and not ScheduledPost.objects.exists()
    assert page.context["form"]["later"].value() == risky["later"]
    maude.post(url, risky | {"act": "as-is"})
    its_hour_comes()
    assert Post.objects.count() == 2


def test_nobody_takes_back_what_is_not_hers(world: World, question: Thread, as_: As) -> None:
    row = reply_later(world.maude, question)
    assert as_(world.odile).post(f"{LIST}{row.pk}/brouillon/").status_code == 404
    with pytest.raises(Http404):
        services.unschedule(row.pk, by=world.odile)
    services.unschedule(row.pk, by=world.maude)


def test_a_thread_that_she_no_longer_reads_is_not_named(
    world: World, question: Thread, as_: As
) -> None:
    reply_later(world.maude, question)
    services.move_thread(question, world.direction, by=world.odile)
    page = as_(world.maude).get(LIST).content.decode()
    assert question.title not in page and "/brouillon/" in page


@pytest.mark.parametrize("rows", [3, 20])
def test_the_list_costs_the_same_at_any_length(
    world: World, question: Thread, as_: As, rows: int
) -> None:
    for _number in range(rows):
        reply_later(world.maude, question)
    maude = as_(world.maude)
    maude.get(LIST)
    with CaptureQueriesContext(connection) as queries:
        maude.get(LIST)
    assert len(queries) <= 5, "\n".join(q["sql"] for q in queries.captured_queries)
    assert not StoredFile.objects.exists()
