"""Members write by mail: what is published, what is refused, and what nobody learns from it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import time_machine
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from community.models import Membership, Reaction
from core.audience import State
from core.models import OutgoingMail, StoredFile
from forums import services
from forums.models import Draft, Post, Thread
from notifications.incoming.addresses import reply_address, space_address
from notifications.incoming.receiving import receive
from notifications.keeping import forget_originals
from notifications.models import IncomingMail
from notifications.services import follow, is_following
from tests.conftest import World, make_person
from tests.core.samples import picture
from tests.forums.test_concurrency import at_once
from tests.notifications.conftest import DOMAIN, Work, sent, written

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
ANSWER = "Un café avec la famille.\n\nLe 3 nov. 2026 à 14 h 05, Ancrage <a@b.test> a écrit :\n\n"
QUOTED = f"{ANSWER}> Question canari\n> https://x.test/courriel/arret/cle/\n"


def replies(thread: Thread) -> list[str]:
    return list(thread.posts.filter(position__gt=1).values_list("text", flat=True))


def refusal_mails() -> list[Any]:
    return [one for one in outbox.outbox if one.subject == "À propos de votre courriel"
            or one.subject == "About your e-mail"]  # fmt: skip


# ----------------------------------------------------------------------------- what goes out


def test_each_copy_has_its_own_reply_address(world: World, asked: Post, work: Work) -> None:
    follow(asked.thread, by=world.odile, by_hand=True)
    Membership.objects.create(user=world.eve, space=world.intervention)
    follow(asked.thread, by=world.eve, by_hand=True)
    services.reply(asked.thread, by=world.maude, text="Je précise.")
    work()
    addresses = {one.to[0]: one.extra_headers["Reply-To"] for one in outbox.outbox}
    assert len(set(addresses.values())) == len(addresses) == 2
    assert all(re.fullmatch(rf"[a-z2-7]{{56}}@{DOMAIN}", one) for one in addresses.values())
    assert "nobody would read it" not in outbox.outbox[0].body
    assert "au-dessus" in outbox.outbox[0].body or "above this line" in outbox.outbox[0].body


def test_without_a_domain_nothing_changes(
    world: World, asked: Post, work: Work, settings: Any
) -> None:
    settings.MAIL_DOMAIN = ""
    services.reply(asked.thread, by=world.odile, text="Un café.")
    work()
    assert "Reply-To" not in outbox.outbox[0].extra_headers


def test_who_may_not_reply_gets_no_reply_address(world: World, asked: Post, work: Work) -> None:
    services.reply(asked.thread, by=world.odile, text="Un café.")
    services.lock(asked.thread, by=world.odile)
    work()
    assert [one.to[0] for one in outbox.outbox] == [world.maude.email]
    assert "Reply-To" not in outbox.outbox[0].extra_headers


# ---------------------------------------------------------------------------------- a reply


def test_a_reply_by_mail_is_a_reply(world: World, asked: Post, as_: As) -> None:
    Membership.objects.create(user=world.eve, space=world.intervention)
    address = reply_address(asked, to=world.eve)
    outcome = sent(written(world.eve, address, QUOTED))
    assert outcome.error == "" and outcome.notes == ()
    post = outcome.obj
    assert (post.thread, post.author, post.text) == (
        asked.thread,
        world.eve,
        "Un café avec la famille.",
    )
    assert post.by_mail and post.parent == asked
    page = as_(world.eve).get(post.thread.get_absolute_url()).content.decode()
    assert "/courriel/arret/cle/" in page
    others = as_(world.maude).get(post.thread.get_absolute_url()).content.decode()
    assert "Un café avec la famille." in others and "/courriel/arret/" not in others


def test_the_address_of_another_letter_case_is_the_same(world: World, asked: Post) -> None:
    address = reply_address(asked, to=world.maude)
    assert sent(written(world.maude, address.upper(), "Oui, mardi.")).error == ""
    assert replies(asked.thread) == ["Oui, mardi."]


def test_the_same_mail_twice_is_one_post(world: World, asked: Post) -> None:
    mail = written(world.maude, reply_address(asked, to=world.maude), "Oui, mardi.")
    assert sent(mail).error == ""
    assert sent(mail).error == "AlreadyReceived"
    assert replies(asked.thread) == ["Oui, mardi."]


def test_only_the_person_of_the_copy_replies_with_it(world: World, asked: Post, work: Work) -> None:
    address = reply_address(asked, to=world.maude)
    outcome = sent(written(world.odile, address, "Un intrus.", proof="pass"))
    assert outcome.error == "ReplyFromStranger"
    assert sent(written("x@ailleurs.test", address, "Un autre.")).error == "ReplyFromStranger"
    assert replies(asked.thread) == []
    work()
    # One for Odile, whose provider vouches for her; none to an address that anybody may write.
    assert [one.to[0] for one in refusal_mails()] == [world.odile.email]


@pytest.mark.parametrize("at", [0, 20, 55])
def test_a_key_with_one_letter_changed_is_no_key(world: World, asked: Post, at: int) -> None:
    address = reply_address(asked, to=world.maude)
    other = "b" if address[at] != "b" else "c"
    wrong = address[:at] + other + address[at + 1 :]
    # The last letter holds padding bits too.
    if at < 55:
        assert sent(written(world.maude, wrong, "Oui.")).error == "UnknownAddress"
        assert replies(asked.thread) == []


def test_a_key_expires(world: World, asked: Post) -> None:
    address = reply_address(asked, to=world.maude)
    with time_machine.travel(timezone.now() + timedelta(days=89), tick=False):
        assert sent(written(world.maude, address, "À temps.")).error == ""
    with time_machine.travel(timezone.now() + timedelta(days=92), tick=False):
        assert sent(written(world.maude, address, "Trop tard.")).error == "AddressExpired"


def test_permission_is_asked_when_the_mail_arrives(world: World, asked: Post, work: Work) -> None:
    stay = Membership.objects.create(user=world.eve, space=world.intervention)
    address = reply_address(asked, to=world.eve)
    assert sent(written(world.eve, address, "Avant.")).error == ""
    stay.ended_at = timezone.now()
    stay.save()
    assert sent(written(world.eve, address, "Après.")).error == "UnknownAddress"
    assert replies(asked.thread) == ["Avant."]
    work()
    [told] = [one for one in refusal_mails() if one.to == [world.eve.email]]
    assert "canari" not in told.subject + told.body and "Après" not in told.body


def test_a_deactivated_person_is_not_told_anything(world: World, asked: Post, work: Work) -> None:
    address = reply_address(asked, to=world.maude)
    User.objects.filter(pk=world.maude.pk).update(is_active=False)
    assert sent(written(world.maude, address, "Encore moi.")).error == "UnknownAddress"
    work()
    assert refusal_mails() == []


def test_a_locked_thread_takes_no_mail_and_says_so_once(
    world: World, asked: Post, work: Work
) -> None:
    address = reply_address(asked, to=world.maude)
    services.lock(asked.thread, by=world.odile)
    mail = written(world.maude, address, "Trop tard.")
    assert sent(mail).error == "ThreadClosed"
    assert sent(mail).error == "AlreadyReceived"
    work()
    [told] = refusal_mails()
    assert told.to == [world.maude.email] and "canari" not in told.subject + told.body


def test_polite_mails_are_few(world: World, asked: Post, work: Work) -> None:
    address = reply_address(asked, to=world.maude)
    services.lock(asked.thread, by=world.odile)
    for number in range(6):
        sent(written(world.maude, address, f"Essai {number}"))
    work()
    assert len(refusal_mails()) == 3


def test_a_reply_follows_the_thread_where_it_went(world: World, asked: Post) -> None:
    address = reply_address(asked, to=world.maude)
    services.move_thread(asked.thread, world.common, by=world.odile)
    outcome = sent(written(world.maude, address, "Je suis là."))
    assert outcome.obj.thread.space == world.common


def test_too_many_mails_wait(world: World, asked: Post, monkeypatch: Any) -> None:
    monkeypatch.setattr("notifications.incoming.receiving.MAILS_AN_HOUR", 2)
    address = reply_address(asked, to=world.maude)
    errors = [sent(written(world.maude, address, f"Message {n}")).error for n in range(3)]
    assert errors == ["", "", "TooManyMails"]


def test_too_large_a_mail_is_refused_by_its_headers(
    world: World, asked: Post, settings: Any
) -> None:
    settings.MAIL_MAX_BYTES = 1_000
    address = reply_address(asked, to=world.maude)
    assert sent(written(world.maude, address, "mot " * 500)).error == "MailTooLarge"
    assert sent(written(world.maude, address, "Court.")).error == ""


# -------------------------------------------------------------------------- three small words


@pytest.mark.parametrize("word", ["merci", "Merci !", "MERCI.", "thanks"])
def test_merci_thanks(world: World, asked: Post, word: str) -> None:
    Membership.objects.create(user=world.eve, space=world.intervention)
    assert sent(written(world.eve, reply_address(asked, to=world.eve), word)).error == ""
    assert replies(asked.thread) == []
    assert Reaction.objects.get().user == world.eve


def test_a_thank_you_of_more_than_a_word_is_a_reply(world: World, asked: Post) -> None:
    Membership.objects.create(user=world.eve, space=world.intervention)
    sent(written(world.eve, reply_address(asked, to=world.eve), "Merci beaucoup, Maude"))
    assert replies(asked.thread) == ["Merci beaucoup, Maude"]
    assert not Reaction.objects.exists()


def test_silence_and_suivre(world: World, asked: Post) -> None:
    address = reply_address(asked, to=world.maude)
    assert is_following(asked.thread, world.maude)
    sent(written(world.maude, address, "silence\n\n-- \nMaude Tremblay"))
    assert not is_following(asked.thread, world.maude)
    sent(written(world.maude, address, "Suivre", message_id="<2@x>"))
    assert is_following(asked.thread, world.maude)
    assert replies(asked.thread) == []


# ------------------------------------------------------------------------------ a new thread


def test_the_address_of_a_space_opens_a_thread(world: World, mail_in: None) -> None:
    mail = written(
        world.maude, space_address(world.intervention), "Qui a un modèle d’horaire ?",
        proof="pass", subject="Tr : Horaire de l’aide aux devoirs",
    )  # fmt: skip
    post = sent(mail).obj
    assert post.thread.title == "Horaire de l’aide aux devoirs"
    assert (post.thread.space, post.thread.owner) == (world.intervention, world.maude)
    assert post.by_mail and post.is_opening


@pytest.mark.parametrize("proof", ["", "fail", "none"])
def test_nobody_opens_a_thread_under_a_name_that_is_not_proven(
    world: World, mail_in: None, proof: str
) -> None:
    mail = written(world.maude, space_address(world.intervention), "Faux.", proof=proof)
    assert sent(mail).error == "NotAuthenticated"
    assert not Thread.objects.exists()


def test_a_space_that_she_does_not_know_is_no_address(world: World, mail_in: None) -> None:
    world.direction.listed = False
    world.direction.save()
    mail = written(world.maude, space_address(world.direction), "Bonjour.", proof="pass")
    assert sent(mail).error == "UnknownAddress"
    mail = written(world.maude, f"nulle-part@{DOMAIN}", "Bonjour.", proof="pass")
    assert sent(mail).error == "UnknownAddress"


def test_who_is_not_a_member_opens_no_thread(world: World, mail_in: None) -> None:
    mail = written(world.eve, space_address(world.intervention), "Bonjour.", proof="pass")
    assert sent(mail).error == "NotAMember"
    assert not Thread.objects.exists()


def test_a_stranger_hears_nothing_but_when_her_provider_vouches(
    world: World, mail_in: None, work: Work
) -> None:
    to = space_address(world.intervention)
    assert sent(written("faux@ailleurs.test", to, "Un.")).error == "UnknownAddress"
    assert sent(written("vraie@ailleurs.test", to, "Deux.", proof="pass")).error == "UnknownAddress"
    work()
    assert [one.to[0] for one in refusal_mails()] == ["vraie@ailleurs.test"]


# --------------------------------------------------------------------------- confidentiality


def test_a_confidential_space_wants_a_proven_sender(world: World, secret: Post) -> None:
    address = reply_address(secret, to=world.odile)
    for number, proof in enumerate(("", "fail", "none")):
        mail = written(world.odile, address, f"Non {number}", proof=proof)
        assert sent(mail).error == "NotAuthenticated"
    assert sent(written(world.odile, address, "Oui.", proof="pass")).error == ""
    assert replies(secret.thread) == ["Oui."]


def test_a_verdict_is_believed_only_on_top_and_from_our_server(world: World, secret: Post) -> None:
    address = reply_address(secret, to=world.odile)
    domain = world.odile.email.rpartition("@")[2]
    for number, server in enumerate(("mx.ailleurs.test", "mx.ancrage.test.ailleurs.test", "")):
        mail = written(world.odile, address, f"Faux {number}")
        mail["Authentication-Results"] = f"{server}; dmarc=pass header.from={domain}"
        assert sent(mail).error == "NotAuthenticated"
    mail = written(world.odile, address, "Faux encore", proof="fail")
    mail["Authentication-Results"] = f"mx.ancrage.test; dmarc=pass header.from={domain}"
    assert sent(mail).error == "NotAuthenticated"
    mail = written(world.odile, address, "Un autre domaine")
    mail["Authentication-Results"] = "mx.ancrage.test; dmarc=pass header.from=ailleurs.test"
    assert sent(mail).error == "NotAuthenticated"
    mail = written(world.odile, address, "Signé sans politique")
    mail["Authentication-Results"] = f"mx.ancrage.test; dmarc=none; dkim=pass header.d={domain}"
    assert sent(mail).error == ""


def test_the_mails_of_a_confidential_space_say_nothing_of_it(
    world: World, secret: Post, work: Work
) -> None:
    services.lock(secret.thread, by=world.odile)
    sent(written(world.naima, reply_address(secret, to=world.naima), "Tard.", proof="pass"))
    work()
    [told] = refusal_mails()
    text = f"{told.subject}{told.body}{told.alternatives}{told.extra_headers}".lower()
    assert "perroquet" not in text and "psychosoc" not in text and "tard." not in text


def test_what_could_identify_a_young_person_waits_for_its_author(
    world: World, asked: Post, as_: As, work: Work
) -> None:
    address = reply_address(asked, to=world.maude)
    outcome = sent(written(world.maude, address, "Appelle sa mère au 418 555-2368."))
    assert (outcome.error, outcome.notes) == ("", ("MightIdentify",))
    assert replies(asked.thread) == []
    assert Draft.objects.get().body == "Appelle sa mère au 418 555-2368."
    work()
    [told] = refusal_mails()
    assert "555-2368" not in told.body
    link = re.search(r"/discussions/\S+", told.body)
    assert link is not None
    page = as_(world.maude).get(link[0].partition("#")[0]).content.decode()
    assert "418 555-2368" in page
    rows = list(OutgoingMail.objects.values_list("data", flat=True))
    assert "555-2368" not in str(rows)


def test_a_new_thread_that_could_identify_waits_too(world: World, mail_in: None) -> None:
    mail = written(
        world.maude, space_address(world.intervention), "Que faire ?",
        proof="pass", subject="Jeune TREL12345678, NAS 046 454 286",
    )  # fmt: skip
    assert sent(mail).notes == ("MightIdentify",)
    assert not Thread.objects.exists()
    assert Draft.objects.get().space == world.intervention


# ------------------------------------------------------------------------------------- files


def test_a_file_passes_by_the_one_door(world: World, asked: Post) -> None:
    mail = written(world.maude, reply_address(asked, to=world.maude), "Voici l’affiche.")
    mail.add_attachment(picture("PNG"), maintype="image", subtype="png", filename="affiche.png")
    mail.add_attachment(b"MZ\x90\x00", maintype="application", subtype="pdf", filename="a.pdf")
    outcome = sent(mail)
    assert outcome.notes and outcome.obj.text == "Voici l’affiche."
    [stored] = StoredFile.objects.filter(kind="post")
    assert (stored.object_id, stored.name) == (outcome.obj.pk, "affiche.png")


def test_a_mail_of_files_alone_is_published(world: World, asked: Post) -> None:
    mail = written(world.maude, reply_address(asked, to=world.maude), "")
    mail.add_attachment(picture("PNG"), maintype="image", subtype="png", filename="affiche.png")
    assert sent(mail).obj.text
    bad = written(world.maude, reply_address(asked, to=world.maude), " ", message_id="<b@x>")
    bad.add_attachment(b"MZ\x90\x00", maintype="application", subtype="pdf", filename="a.pdf")
    assert sent(bad).error in ("UnknownType", "TypeMismatch")


# ---------------------------------------------------------------------------------- originals


def test_the_original_is_its_author_s_for_a_month(world: World, asked: Post, as_: As) -> None:
    sent(written(world.maude, reply_address(asked, to=world.maude), QUOTED))
    row = IncomingMail.objects.get()
    address = f"/courriel/recu/{row.pk}/"
    answer = as_(world.maude).get(address)
    assert b"Un caf" in b"".join(answer)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert as_(world.odile).get(address).status_code == 404
    assert row.original is not None
    assert as_(world.maude).get(f"/fichiers/{row.original.pk}/").status_code == 404
    forget_originals()
    assert as_(world.maude).get(address).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_originals()
    row.refresh_from_db()
    assert row.original is None and row.elided and row.error == ""
    assert not StoredFile.objects.exists()


def test_a_refused_mail_leaves_its_name_alone_then_nothing(world: World, asked: Post) -> None:
    services.lock(asked.thread, by=world.odile)
    sent(written(world.maude, reply_address(asked, to=world.maude), "Trop tard."))
    row = IncomingMail.objects.get()
    assert (row.error, row.elided, row.original, row.object_id) == ("ThreadClosed", "", None, None)
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        forget_originals()
    assert not IncomingMail.objects.exists()


def test_a_failure_of_ours_leaves_nothing_so_that_the_mail_can_be_brought_again(
    world: World, asked: Post, monkeypatch: Any
) -> None:
    mail = written(world.maude, reply_address(asked, to=world.maude), "Oui, mardi.")

    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr("core.files.keep_original", fail)
        with pytest.raises(OSError):
            receive(mail.as_bytes())
    assert replies(asked.thread) == [] and not IncomingMail.objects.exists()
    assert sent(mail).error == ""


def test_two_spaces_at_once_get_one_thread_each(world: World, mail_in: None) -> None:
    to = f"{space_address(world.intervention)}, {space_address(world.common)}"
    mail = written(
        world.maude, to, "Bonjour à vous.", proof="pass", subject=f"Sujet {uuid.uuid4()}"
    )
    assert [one.error for one in receive(mail.as_bytes())] == ["", ""]
    assert Thread.objects.filter(state=State.PUBLISHED).count() == 2


def test_garbage_is_no_mail(world: World, mail_in: None) -> None:
    for raw in (b"", b"\x00\xff" * 50, b"From: \r\n\r\n", b"From: a@b.c, d@e.f\nTo: x@y.z\n\nA"):
        [outcome] = receive(raw)
        assert outcome.error == "Unreadable"


def test_a_broken_attachment_header_does_not_stop_the_words(world: World, asked: Post) -> None:
    mail: EmailMessage = written(
        world.maude, reply_address(asked, to=world.maude), "Bien reçu ici."
    )
    raw = mail.as_bytes().replace(b"Subject: ", b"Subject: =?utf-8?b?w6k?= =?x?q?=FF?= ")
    [outcome] = receive(raw)
    assert outcome.error == "" and replies(asked.thread) == ["Bien reçu ici."]


@pytest.mark.parametrize("number", [3, 18])
def test_the_thread_costs_one_query_more_however_many_came_by_mail(
    world: World, asked: Post, as_: As, number: int
) -> None:
    """One for all that Maude sent by mail, none for who sent nothing."""
    for n in range(number):
        post = services.reply(asked.thread, by=world.maude, text=f"Message {n}", by_mail=True)
        IncomingMail.objects.create(
            identity=f"{n}", target="x", person=world.maude, kind="post", object_id=post.pk
        )
    counts = {}
    for person in (world.maude, world.odile):
        browser = as_(person)
        browser.get(asked.thread.get_absolute_url())
        with CaptureQueriesContext(connection) as queries:
            browser.get(asked.thread.get_absolute_url())
        counts[person.first_name] = [
            one["sql"] for one in queries if "notifications_incomingmail" in one["sql"]
        ]
    assert [len(found) for found in counts.values()] == [1, 0]


@pytest.mark.postgres
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs row locks")
@pytest.mark.django_db(transaction=True)
def test_the_same_mail_brought_eight_times_at_once_is_one_post(world: World, asked: Post) -> None:
    mail = written(world.maude, reply_address(asked, to=world.maude), "Oui, mardi.").as_bytes()
    outcomes = at_once(8, lambda _number: receive(mail)[0].error)
    assert sorted(outcomes) == ["", *["AlreadyReceived"] * 7]
    assert replies(asked.thread) == ["Oui, mardi."]


def test_who_is_asked_answers_from_her_mailbox(world: World, asked: Post, work: Work) -> None:
    julie = make_person("Julie", "Aide", spaces=(world.intervention,))
    services.ask(asked.thread, julie, by=world.odile)
    work()
    [told] = [one for one in outbox.outbox if one.to == [julie.email]]
    assert "Question canari" in told.body
    outcome = sent(written(julie, told.extra_headers["Reply-To"], "Nous l’avons essayé."))
    assert outcome.error == "" and outcome.obj.parent == asked
    assert replies(asked.thread) == ["Nous l’avons essayé."]


def test_a_request_of_a_confidential_space_says_nothing_of_it(
    world: World, secret: Post, work: Work
) -> None:
    julie = make_person("Julie", "Aide", spaces=(world.psychosocial,))
    services.ask(secret.thread, julie, by=world.odile)
    work()
    [told] = [one for one in outbox.outbox if one.to == [julie.email]]
    whole = f"{told.subject}{told.body}{told.alternatives}{told.extra_headers}".lower()
    assert "perroquet" not in whole and "psychosoc" not in whole
