"""The archive of a mailing list becomes threads: once each, with its authors, dates and files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client

from accounts.models import User
from core import events, mail
from core.models import ActionLog, OutgoingMail, StoredFile
from forums import services
from forums.importing import batch as importing
from forums.importing import mbox
from forums.importing.conversations import conversations
from forums.models import Post, ReadPosition, Thread
from notifications.models import Subscription
from tests.conftest import World
from tests.search.rooms import heard

pytestmark = pytest.mark.django_db
As = Callable[[User | None], Client]
DAY = datetime(2015, 3, 3, 14, tzinfo=UTC)


def letter(
    text: str = "Bonjour à tous.",
    *,
    subject: str = "Horaire du mardi",
    sender: str = "Paule Gendron <paule@ailleurs.example>",
    day: int = 0,
    name: str = "",
    answers: str = "",
    file: bytes = b"",
    **headers: str,
) -> EmailMessage:
    """A mail of a list, on the day so many days after the first; `name` is its Message-ID."""
    made = EmailMessage()
    given = {
        "From": sender,
        "Subject": subject,
        "Date": (DAY + timedelta(days=day)).strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "Message-ID": f"<{name}@x>" if name else "",
        "In-Reply-To": f"<{answers}@x>" if answers else "",
    } | {key.replace("_", "-"): value for key, value in headers.items()}
    for key, value in given.items():
        if value:
            made[key] = value
    made.set_content(text)
    if file:
        made.add_attachment(file, maintype="text", subtype="plain", filename="notes.txt")
    return made


class Desk:
    """The operator's: an archive, the command, its report."""

    def __init__(self, folder: Path) -> None:
        self.archive, self.report = folder / "liste.mbox", folder / "rapport.csv"
        self.said = ""

    def holds(self, *letters: EmailMessage | bytes) -> None:
        """Write the archive as lists do, "From " at the head of a line escaped."""
        whole = b""
        for one in letters:
            raw = one if isinstance(one, bytes) else one.as_bytes()
            body = b"\n".join(
                b">" + line if line.lstrip(b">").startswith(b"From ") else line
                for line in raw.splitlines()
            )
            whole += b"From liste@x Tue Mar  3 14:00:00 2015\n" + body + b"\n\n"
        self.archive.write_bytes(whole)

    def run(self, *options: str, space: str = "intervention") -> list[str]:
        """Run the command; what became of each mail, in the order of the archive."""
        out = io.StringIO()
        given = [str(self.archive), "--space", space, "--report", str(self.report)]
        call_command("import_mbox", *given, *options, stdout=out, stderr=io.StringIO())
        self.said = out.getvalue()
        return [line["résultat"] for line in self.lines()]

    def lines(self) -> list[dict[str, str]]:
        text = self.report.read_text(encoding="utf-8-sig")
        found = csv.DictReader(io.StringIO(text), delimiter=";")
        return sorted(found, key=lambda line: int(line["courriel"]))


@pytest.fixture
def desk(tmp_path: Path, world: World) -> Desk:
    return Desk(tmp_path)


def told(thread: Thread) -> list[str]:
    return list(thread.posts.order_by("position").values_list("text", flat=True))


# ----------------------------------------------------------------------------- what it makes


def test_a_conversation_becomes_a_thread_of_members_and_outsiders(
    world: World, desk: Desk, as_: As
) -> None:
    desk.holds(
        letter("Qui vient mardi ?", name="a", subject="[liste] Horaire du mardi"),
        letter(
            "J’y serai.\n\nLe 3 mars 2015 à 14:00, Paule a écrit :\n> Qui vient mardi ?\n",
            name="b",
            answers="a",
            day=1,
            sender=f"M. Tremblay <{world.maude.email.upper()}>",
            subject="Re: [liste] Horaire du mardi",
        ),
    )
    assert desk.run() == ["importés", "importés"]
    thread = Thread.objects.get()
    first, second = thread.posts.order_by("position")
    assert (thread.title, thread.owner, thread.outsider) == (
        "Horaire du mardi", None, "Paule Gendron",
    )  # fmt: skip
    assert (first.author, first.outsider, first.created_at) == (None, "Paule Gendron", DAY)
    assert (second.author, second.outsider, second.text) == (world.maude, "", "J’y serai.")
    assert second.parent == first
    assert thread.created_at == DAY and thread.last_post_at == DAY + timedelta(days=1)
    assert (thread.last_author, thread.reply_count) == (world.maude, 1)
    page = as_(world.maude).get(thread.get_absolute_url()).content.decode()
    assert "Paule Gendron" in page and "3 mars 2015" in page
    assert "paule@ailleurs" not in page
    assert "Paule Gendron" in as_(world.maude).get("/discussions/").content.decode()


def test_nobody_is_told_nobody_follows_and_old_messages_are_not_news(
    world: World, desk: Desk
) -> None:
    desk.holds(letter("Un", name="a", sender=world.odile.email), letter("Deux", answers="a", day=1))
    desk.run()
    while events.drain():
        pass
    while mail.deliver():
        pass
    assert not outbox.outbox and not OutgoingMail.objects.exists()
    assert not Subscription.objects.exists() and not ReadPosition.objects.exists()
    assert not Thread.objects.readable_by(world.maude).unread_by(world.maude).exists()


def test_it_is_found_by_the_search_and_written_in_the_journal(
    world: World, desk: Desk, as_: As
) -> None:
    desk.holds(letter("Une zibeline au local", name="a"), letter("Une hermine", answers="a"))
    desk.run()
    heard()
    for word in ("zibeline", "hermine"):
        page = as_(world.maude).get("/recherche/", {"q": word}).content.decode()
        assert "Horaire du mardi" in page
        assert (
            "Horaire du mardi"
            not in as_(world.real).get("/recherche/", {"q": word}).content.decode()
        )
    row = ActionLog.objects.get(verb="threads.imported")
    assert (row.space_id, row.data) == (world.intervention.pk, {"threads": 1, "posts": 2})


def test_its_files_come_through_their_door_and_a_refused_one_leaves_the_words(
    world: World, desk: Desk
) -> None:
    bad = letter("Voici.", name="b", subject="Autre")
    bad.add_attachment(b"MZ\x90\x00" * 50, maintype="application", subtype="x", filename="a.exe")
    desk.holds(letter("Voici.", name="a", file=b"Les notes."), bad)
    assert desk.run() == ["importés", "importés"]
    stored = StoredFile.objects.get()
    post = Post.objects.get(pk=stored.object_id)
    assert (stored.name, stored.kind, stored.uploaded_by) == ("notes.txt", "post", None)
    assert post.thread.title == "Horaire du mardi"
    assert "a.exe" in desk.lines()[1]["remarques"]


def test_a_mail_that_nobody_answered_awaits_nothing(world: World, desk: Desk) -> None:
    desk.holds(letter(name="a", subject="Seul"), letter(name="b"), letter(answers="b", day=1))
    desk.run()
    assert not Thread.objects.unanswered().exists()
    assert Thread.objects.get(title="Seul").kind == "annonce"


# -------------------------------------------------------------------- run again, stopped, grown


def rows() -> list[Any]:
    columns = ("pk", "thread_id", "position", "parent_id", "text", "created_at", "edited_at")
    files = list(StoredFile.objects.order_by("pk").values_list("pk", "object_id"))
    threads = list(Thread.objects.order_by("pk").values())
    return [*Post.objects.order_by("pk").values_list(*columns), *files, *threads]


def test_run_again_it_changes_nothing(world: World, desk: Desk) -> None:
    unnamed = letter("Sans identifiant de message.", subject="Sans nom")
    desk.holds(letter(name="a", file=b"Notes."), letter("Oui.", answers="a", day=1), unnamed)
    desk.run()
    before = rows()
    assert desk.run() == ["déjà là", "déjà là", "déjà là"]
    assert rows() == before
    assert ActionLog.objects.filter(verb="threads.imported").count() == 1


@pytest.mark.parametrize("stop", range(1, 5))
def test_killed_in_the_middle_it_goes_on_where_it_stopped(
    world: World, desk: Desk, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    """Killed while the transaction of that number was to end: nothing of it remains."""
    monkeypatch.setattr(importing, "CHUNK", 3)
    letters = []
    for number in range(8):
        letters += [
            letter(f"Question {number}", name=f"q{number}", subject=f"Sujet {number}", day=number),
            letter("Réponse", name=f"r{number}", answers=f"q{number}", day=number, file=b"Notes."),
        ]
    desk.holds(*letters)
    count = 0

    def killed(*args: Any) -> None:
        nonlocal count
        count += 1
        if count == stop:
            raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(importing, "bump", killed)
        with pytest.raises(SystemExit):
            desk.run()
    assert Post.objects.count() == 4 * (stop - 1)
    desk.run()
    assert Post.objects.count() == 16 and Thread.objects.count() == 8
    assert StoredFile.objects.filter(kind="post").count() == 8
    assert all(told(thread)[1:] == ["Réponse"] for thread in Thread.objects.all())


def test_a_longer_archive_adds_what_came_since_where_its_thread_is_now(
    world: World, desk: Desk
) -> None:
    first = [letter("Un", name="a"), letter("Deux", name="b", answers="a", day=1)]
    desk.holds(*first)
    desk.run()
    thread = Thread.objects.get()
    services.move_thread(thread, world.direction, by=world.odile)
    desk.holds(*first, letter("Trois", name="c", answers="b", day=2))
    assert desk.run() == ["déjà là", "déjà là", "importés"]
    thread.refresh_from_db()
    assert told(thread) == ["Un", "Deux", "Trois"]
    assert thread.space == world.direction and thread.reply_count == 2
    assert thread.last_post_at == DAY + timedelta(days=2)


def test_a_trial_writes_nothing_and_says_the_same(world: World, desk: Desk) -> None:
    desk.holds(letter(name="a", file=b"Notes."), letter("Oui.", answers="a"), letter("", name="c"))
    assert desk.run("--dry-run") == ["seraient importés", "seraient importés", "laissés de côté"]
    assert not Thread.objects.exists() and not StoredFile.objects.exists()
    assert not ActionLog.objects.filter(verb="threads.imported").exists()
    assert desk.run() == ["importés", "importés", "laissés de côté"]


# ------------------------------------------------------------------------------- the threading


def titles(*letters: EmailMessage, desk: Desk) -> list[list[str]]:
    """The texts of each conversation, in order."""
    desk.holds(*letters)
    with mbox.opened(desk.archive) as archive:
        return [
            [archive.raw(one).split(b"\n\n", 1)[1].decode().strip() for one in group]
            for group in conversations(archive.letters)
        ]


def test_the_order_of_the_file_changes_nothing(desk: Desk) -> None:
    letters = [
        letter("Un", name="a"),
        letter("Deux", name="b", answers="a", day=1),
        letter("Trois", name="c", answers="b", day=2, subject="Un tout autre sujet"),
        letter("Autre", name="d", day=1, subject="Re: Autre chose"),
    ]
    wanted = [["Un", "Deux", "Trois"], ["Autre"]]
    assert titles(*letters, desk=desk) == wanted
    assert titles(*reversed(letters), desk=desk) == wanted


def test_two_answers_to_a_mail_that_the_archive_lacks_are_together(desk: Desk) -> None:
    found = titles(
        letter("Un", name="a", answers="perdu", subject="Re: Perdu"),
        letter("Deux", name="b", answers="perdu", subject="Ré : tout autre", day=400),
        desk=desk,
    )
    assert found == [["Un", "Deux"]]


@pytest.mark.parametrize(
    ("subject", "day", "together"),
    [
        ("Re: Horaire du mardi", 3, True),
        ("RE : [liste] RÉ: horaire du mardi", 3, True),
        ("Horaire du mardi", 3, False),
        ("Re: Horaire du mardi", 300, False),
        ("Re: Autre", 3, False),
        ("Re:", 3, False),
    ],
)
def test_without_headers_the_subject_of_an_answer_says_it(
    desk: Desk, subject: str, day: int, together: bool
) -> None:
    others = [letter(f"Autre {n}", subject=f"[liste] {n}", day=500 + n) for n in range(2)]
    found = titles(
        letter("Un", subject="[liste] Horaire du mardi"),
        letter("Deux", subject=subject, day=day),
        *others,
        desk=desk,
    )
    assert (["Un", "Deux"] in found) is together


def test_the_conversations_of_gmail_are_kept(desk: Desk) -> None:
    found = titles(
        letter("Un", X_GM_THRID="17"), letter("Deux", X_GM_THRID="17", subject="Autre", day=1),
        letter("Trois", X_GM_THRID="18", day=2),
        desk=desk,
    )  # fmt: skip
    assert found == [["Un", "Deux"], ["Trois"]]


# -------------------------------------------------------------------------- what archives hold


@pytest.mark.parametrize(
    ("headers", "name", "address"),
    [
        ({"From": "Paule Gendron <P@x.example>"}, "Paule Gendron", "p@x.example"),
        ({"From": "p at x.example (Paule Gendron)"}, "Paule Gendron", "p@x.example"),
        ({"From": "=?utf-8?q?Zo=C3=A9?= <z@x.example>"}, "Zoé", "z@x.example"),
        (
            {"From": "Paule via Liste <liste@x.example>", "Reply-To": "Paule <p@y.example>"},
            "Paule",
            "p@y.example",
        ),
        ({"From": "Paule via groups.io <p=y.example@groups.io>"}, "Paule", "p@y.example"),
        ({"From": "z@x.example"}, "z", "z@x.example"),
        (
            {"From": "=?iso-8859-1?Q?B=E9langer=2C_Ren=E9e?= <r@x.example>"},
            "Bélanger, Renée",
            "r@x.example",
        ),
    ],
)
def test_who_wrote_it_is_read_whatever_the_list_did(
    desk: Desk, headers: dict[str, str], name: str, address: str
) -> None:
    raw = "\n".join([*(f"{key}: {value}" for key, value in headers.items()), "", "Bonjour"])
    desk.holds(raw.encode())
    with mbox.opened(desk.archive) as archive:
        assert [(one.name, one.sender) for one in archive.letters] == [(name, address)]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"subject": "Réponse automatique : absente"},
        {"sender": "MAILER-DAEMON@x.example"},
        {"X_Gmail_Labels": "Brouillons,Important"},
        {"X_Gmail_Labels": "Spam"},
        {"text": "> Ce que disait l’autre.\n"},
    ],
)
def test_what_nobody_sent_to_be_read_is_left_out(desk: Desk, headers: dict[str, str]) -> None:
    desk.holds(letter(**headers))
    assert desk.run() == ["laissés de côté"]
    assert not Thread.objects.exists() and desk.lines()[0]["remarques"]


def test_a_line_that_begins_with_from_stays_in_its_message(desk: Desk) -> None:
    raw = letter("x", name="a").as_bytes().replace(b"x\n", b"Vu :\n\nFrom Paris with love\n\nBien.")
    desk.holds(raw, letter("Autre", subject="Autre"))
    desk.archive.write_bytes(desk.archive.read_bytes().replace(b"\n>From Paris", b"\nFrom Paris"))
    assert desk.run() == ["importés", "importés"]
    assert "From Paris with love" in Thread.objects.get(title="Horaire du mardi").posts.get().text


def test_old_charsets_broken_dates_and_hostile_html_are_read(desk: Desk) -> None:
    old = (
        b"From: Ren\xe9e <r@x.example>\nSubject: \xc9t\xe9\nDate: jamais\n"
        b"Content-Type: text/plain; charset=iso-8859-1\n\nL\xe9a \x96 \x9cuf\n"
    )
    html = letter("x", subject="Page", day=1)
    html.clear_content()
    html.set_content(
        "<script>alert(1)</script><p onclick=x>Bonjour <b>vous</b></p>", subtype="html"
    )
    desk.holds(old, html)
    assert desk.run() == ["importés", "importés"]
    first = Thread.objects.get(title="Été").posts.get()
    assert (first.outsider, first.text) == ("Renée", "Léa – œuf")
    second = Thread.objects.get(title="Page").posts.get()
    assert "Bonjour" in second.text and "script" not in second.html and "alert" not in second.html


def test_the_same_mail_twice_in_an_archive_is_one_message_and_is_said(desk: Desk) -> None:
    desk.holds(letter("Un", name="a"), letter("Un", name="a"))
    assert sorted(desk.run()) == ["importés", "laissés de côté"]
    assert Post.objects.count() == 1


def test_a_mail_that_nobody_foresaw_does_not_stop_the_others(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = importing.parse

    def fails(raw: bytes) -> Any:
        if b"Deux" in raw:
            raise AssertionError("canari")
        return read(raw)

    monkeypatch.setattr(importing, "parse", fails)
    desk.holds(letter("Un", name="a"), letter("Deux", name="b"), letter("Trois", name="c"))
    assert desk.run() == ["importés", "laissés de côté", "importés"]
    assert "canari" not in desk.report.read_text()


def test_old_mails_that_a_longer_archive_adds_are_no_news(world: World, desk: Desk) -> None:
    desk.holds(letter("Un", name="a"))
    desk.run()
    thread = Thread.objects.get()
    services.mark_read(thread, 1, by=world.maude)
    services.reply(thread, by=world.maude, text="Sur le site.")
    desk.holds(letter("Un", name="a"), letter("Deux", answers="a", day=1))
    desk.run()
    assert not Thread.objects.unread_by(world.maude).exists()
    thread.refresh_from_db()
    assert thread.last_author == world.maude


def test_a_text_too_long_is_shortened_and_kept_whole_beside(desk: Desk) -> None:
    desk.holds(letter("Un mot bien à moi.\n" * 2000, name="a"))
    assert desk.run() == ["importés"]
    assert len(Post.objects.get().text) <= 20_000
    assert StoredFile.objects.get().size > 30_000


def test_what_could_identify_a_young_person_is_to_be_reread(desk: Desk) -> None:
    desk.holds(letter("Le dossier de TREL 0503 1512 est prêt.", name="a"))
    desk.run()
    assert "relisez" in desk.lines()[0]["remarques"]


def test_an_archive_that_is_none_or_a_space_that_is_not_there_is_said(desk: Desk) -> None:
    desk.archive.write_bytes(b"Rien.")
    with pytest.raises(CommandError, match="aucun courriel"):
        desk.run()
    desk.holds(letter())
    with pytest.raises(CommandError, match="pas d’espace"):
        desk.run(space="ailleurs")
    desk.archive.unlink()
    with pytest.raises(CommandError):
        desk.run()
