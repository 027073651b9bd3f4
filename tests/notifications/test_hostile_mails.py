"""Mails that were made to deceive, to hurt or to last: nothing of them counts as a member's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core import mail as outbox
from django.test import Client

from forums import services
from forums.models import Post, Thread
from notifications.incoming.addresses import reply_address, space_address
from notifications.incoming.errors import Unreadable
from notifications.incoming.message import parse
from notifications.incoming.proof import Proof, proof_of
from notifications.incoming.receiving import receive
from notifications.incoming.trim import trim
from tests.conftest import World
from tests.notifications.conftest import SERVER, sent, written

pytestmark = pytest.mark.django_db
Work = Callable[[], None]


@pytest.mark.parametrize(
    ("results", "proof"),
    [
        ("dmarc=pass header.from=victime.test", Proof.PASSED),
        ("dmarc=pass (p=reject; dis=none) header.from=victime.test", Proof.PASSED),
        ("dmarc=pass header.from=ailleurs.test", Proof.NONE),
        ("dmarc=pass", Proof.NONE),
        (
            'spf=pass smtp.mailfrom="a; dmarc=pass header.from=victime.test; b"@ailleurs.test; '
            "dmarc=fail header.from=victime.test",
            Proof.FAILED,
        ),
        (
            'dkim=pass header.d=ailleurs.test header.i="x; dkim=pass header.d=victime.test; '
            'y"@ailleurs.test',
            Proof.NONE,
        ),
        ('spf=pass smtp.mailfrom="a\\"; dmarc=pass header.from=victime.test; b"@x', Proof.NONE),
        ('spf=pass smtp.mailfrom="a; dmarc=pass header.from=victime.test', Proof.NONE),
        ("spf=pass (a; dmarc=pass header.from=victime.test", Proof.NONE),
        ("dmarc=pass header.from=victime.test; dmarc=fail header.from=victime.test", Proof.FAILED),
    ],
)
def test_what_the_sender_chooses_proves_nothing(mail_in: None, results: str, proof: Proof) -> None:
    head = f"Authentication-Results: {SERVER}; {results}\nFrom: maude@victime.test\n\nBonjour"
    assert proof_of(parse(head.encode())) is proof


def test_a_mail_that_its_domain_disowns_is_published_nowhere(world: World, asked: Post) -> None:
    address = reply_address(asked, to=world.odile)
    assert sent(written(world.odile, address, "Faux.", proof="fail")).error == "NotAuthenticated"
    assert not Post.objects.filter(text="Faux.").exists()


@pytest.mark.parametrize(
    ("author", "address"),
    [
        ("Maude <maude@exemple.test>", "maude@exemple.test"),
        ("M. Tremblay <maude@exemple.test>", "maude@exemple.test"),
        ('"maude@victime.test" <autre@ailleurs.test>', "autre@ailleurs.test"),
        ("maude@victime.test <autre@ailleurs.test>", "autre@ailleurs.test"),
        ('"<maude@victime.test>" <autre@ailleurs.test>', "autre@ailleurs.test"),
        ("<maude@victime.test> <autre@ailleurs.test>", None),
        ("maude@victime.test, autre@ailleurs.test", None),
        ("<>", None),
    ],
)
def test_a_name_that_looks_like_an_address_is_a_name(author: str, address: str | None) -> None:
    raw = f"From: {author}\n\nBonjour".encode()
    if address is None:
        with pytest.raises(Unreadable):
            parse(raw)
    else:
        assert parse(raw).sender == address


def test_whoever_forwards_our_mail_does_not_publish_her_keys(
    world: World, asked: Post, work: Work
) -> None:
    services.reply(asked.thread, by=world.odile, text="Un café, alors.")
    work()
    [ours] = outbox.outbox
    text = (
        "Je partage ceci.\n\n---------- Forwarded message ---------\nDe : Ancrage <a@b.test>\n"
        f"Répondre à : {ours.extra_headers['Reply-To']}\nDate : mardi\nObjet : {ours.subject}\n"
        f"À : {world.maude.email}\n\n{ours.body}"
    )
    address = space_address(world.intervention)
    made = sent(written(world.maude, address, text, proof="pass", subject="TR: Un titre")).obj
    assert "Un café, alors." in made.text
    local = ours.extra_headers["Reply-To"].partition("@")[0]
    for key in ("/courriel/arret/", local):
        assert key in text and key not in made.text and key not in made.html


@pytest.mark.parametrize(
    "title",
    [
        "Avis d’absence aux parents : quel libellé?",
        "Message d'absence : à qui l'envoyer?",
        "Accusé de réception des signalements",
        "Lu : Comme un roman",
    ],
)
def test_a_thread_about_absences_is_answered_like_another(
    world: World, mail_in: None, title: str
) -> None:
    thread = services.create_thread(
        by=world.maude, space=world.intervention, title=title, text="Question"
    )
    mail = written(
        world.odile,
        reply_address(thread.posts.get(), to=world.odile),
        "Nous avons un modèle.",
        subject=f"Re: {title}",
    )
    assert sent(mail).error == ""


@pytest.mark.parametrize("name", ["..", ".", "/", "dossier/", "..\\..\\", "../../etc/passwd"])
def test_a_file_has_no_folder(world: World, asked: Post, name: str) -> None:
    mail = written(world.odile, reply_address(asked, to=world.odile), "Voici.")
    mail.add_attachment(b"Des notes.", maintype="text", subtype="plain", filename=name)
    assert sent(mail).error == ""
    assert Post.objects.filter(text="Voici.").exists()


@pytest.mark.parametrize(
    "junk",
    ["<![foo[", "<![ bar", "<!DOCTYPE [<!ELEMENT", "<![CDATA[", "<?xml ", "<![foo[>", "<!--"],
)
def test_html_that_no_library_reads_is_still_read(junk: str) -> None:
    raw = f"From: a@b.test\nContent-Type: text/html\n\n<p>Bonjour</p>{junk} <p>vous</p>"
    assert "Bonjour" in parse(raw.encode()).text


SHAPES = (
    "<!--", "<a ", "<", '<a b="', "<!-- x --", "</", "&", "<script>", "<![CDATA[", "<?", '<a b=">',
)  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_html_without_an_end_is_read_at_once(shape: str) -> None:
    """The library takes minutes for half of these, and hours for twice as much."""
    raw = f"From: a@b.test\nContent-Type: text/html\n\n<p>Bonjour</p>{shape * 20_000}"
    assert parse(raw.encode()).text.startswith("Bonjour")


def test_rules_without_an_end_are_cut_at_once() -> None:
    for blank in ([], [""]):
        text = "\n".join([*(["_" * 25, *blank] * 9_000), "Bonjour"])
        assert trim(text).kept.endswith("Bonjour")


def test_drafts_are_told_each_time_to_who_is_proven_to_have_written(
    world: World, asked: Post, work: Work
) -> None:
    for number in range(5):
        text = f"Texte {number} : son NAS est le 046 454 286."
        mail = written(world.odile, reply_address(asked, to=world.odile), text, proof="pass")
        assert sent(mail).notes == ("MightIdentify",)
    work()
    assert len([one for one in outbox.outbox if one.to == [world.odile.email]]) == 5


def test_answering_by_mail_is_having_read(world: World, asked: Post, work: Work) -> None:
    """Who never opens the site is told of what comes after her answer."""
    thread = Thread.objects.get()
    first = services.reply(thread, by=world.odile, text="Un.")
    sent(written(world.maude, reply_address(first, to=world.maude), "Je réponds."))
    assert not Thread.objects.unread_by(world.maude).exists()
    services.reply(thread, by=world.odile, text="Deux.")
    work()
    bodies = [one.body for one in outbox.outbox if one.to == [world.maude.email]]
    assert ["Deux." in body for body in bodies] == [True]


def test_who_is_unnamed_in_a_thread_stays_so_by_mail(
    world: World, mail_in: None, work: Work, as_: Callable[..., Client]
) -> None:
    thread = services.create_thread(
        by=world.naima, space=world.psychosocial, text="Une question?", unnamed=True
    )
    answer = services.reply(thread, by=world.odile, text="Une réponse.")
    work()
    [told] = [one for one in outbox.outbox if one.to == [world.naima.email]]
    assert "sans votre nom" in told.body or "without your name" in told.body
    mail = written(
        world.naima, reply_address(answer, to=world.naima), "Merci à vous.", proof="pass"
    )
    assert sent(mail).obj.unnamed
    page = as_(world.naima).get(thread.get_absolute_url()).content.decode()
    assert 'name="unnamed" id="id_unnamed" checked' in page.replace("  ", " ") or (
        page.count("checked") and "id_unnamed" in page
    )


@pytest.mark.parametrize("word", ["Arrêter", "STOP", "désabonnement.", "silence"])
def test_a_word_that_asks_to_stop_stops(world: World, asked: Post, word: str) -> None:
    sent(written(world.maude, reply_address(asked, to=world.maude), word))
    assert asked.thread.posts.count() == 1


def test_a_mail_without_end_of_a_stranger_is_refused(mail_in: None) -> None:
    raw = b"From: x@ailleurs.test\nContent-Type: text/html\n\n" + b'<a b="' * 20_000
    [outcome] = receive(raw, to="nimporte@reponse.ancrage.test", envelope_sender="x@ailleurs.test")
    assert outcome.error == "UnknownAddress"
