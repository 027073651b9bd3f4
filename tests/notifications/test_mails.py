"""The mails of `mails/`: what each program sends, and what its author wrote of it.

Beside each .eml, a .txt says what is to be found: “kept:” then the text, “elided:” then what must
have been taken away, a line each; or “error:” and its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forums.models import Post
from notifications.incoming.addresses import reply_address
from notifications.incoming.errors import MailRefused
from notifications.incoming.message import parse
from notifications.incoming.proof import require_a_person
from notifications.incoming.receiving import receive
from notifications.incoming.trim import trim
from tests.conftest import World
from tests.notifications.conftest import DOMAIN

FOLDER = Path(__file__).parent / "mails"
MAILS = sorted(FOLDER.glob("*.eml"))
LEAST = 120


@dataclass
class Expected:
    kept: str = ""
    elided: list[str] = field(default_factory=list)
    error: str = ""


def expected(mail: Path) -> Expected:
    said = mail.with_suffix(".txt").read_text()
    if said.startswith("error:"):
        return Expected(error=said.removeprefix("error:").strip())
    kept, _elided, elided = said.removeprefix("kept:\n").partition("\nelided:\n")
    return Expected(kept.strip("\n"), elided.splitlines())


def found(mail: Path, settings: Any) -> Expected:
    """What the parser makes of a mail, as a reply to a thread."""
    settings.MAIL_DOMAIN = DOMAIN
    try:
        read = parse(mail.read_bytes())
        require_a_person(read)
    except MailRefused as refusal:
        return Expected(error=type(refusal).__name__)
    cut = trim(read.text, sender_name=read.sender_name)
    if not cut.kept.strip() and not read.attachments:
        return Expected(error="NothingWritten")
    return Expected(cut.kept, cut.elided.splitlines())


def agrees(wanted: Expected, got: Expected) -> bool:
    if (wanted.error, wanted.kept) != (got.error, got.kept):
        return False
    taken = "\n".join(got.elided)
    return all(words in taken for words in wanted.elided)


@pytest.mark.sqlite
@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_the_author_s_words_are_kept_and_the_rest_is_not(mail: Path, settings: Any) -> None:
    wanted, got = expected(mail), found(mail, settings)

    assert (got.error, got.kept) == (wanted.error, wanted.kept)
    taken = "\n".join(got.elided)
    assert [words for words in wanted.elided if words not in taken] == []


@pytest.mark.sqlite
def test_the_suite_is_large_and_half_french_and_its_accuracy_is_printed(
    settings: Any, capsys: Any
) -> None:
    right = [mail for mail in MAILS if agrees(expected(mail), found(mail, settings))]
    english = [mail for mail in MAILS if "-en" in mail.stem]
    with capsys.disabled():
        print(f"\nmails read as their authors wrote them: {len(right)} of {len(MAILS)}")  # noqa: T201
    assert len(MAILS) >= LEAST
    assert len(english) <= len(MAILS) / 2
    assert right == MAILS


@pytest.mark.django_db
def test_every_mail_comes_in_and_none_gives_an_empty_post(
    world: World, asked: Post, monkeypatch: Any
) -> None:
    """Through the real door: as many posts as mails that a person wrote, each with words."""
    monkeypatch.setattr("notifications.incoming.receiving.MAILS_AN_HOUR", 10_000)
    key = reply_address(asked, to=world.maude).encode()
    errors = []
    for mail in MAILS:
        raw = mail.read_bytes().replace(b"cle@reponse.ancrage.test", key)
        [outcome] = receive(raw)
        if outcome.error != expected(mail).error:
            errors.append((mail.stem, outcome))
    assert errors == []
    posts = Post.objects.filter(thread=asked.thread, position__gt=1)
    assert posts.count() == sum(not expected(mail).error for mail in MAILS)
    assert all(post.text.strip() for post in posts)


@pytest.mark.sqlite
@given(st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30), max_size=12))
def test_no_line_is_lost_whatever_is_written(lines: list[str]) -> None:
    """What is not kept is elided: nothing disappears between the two."""
    cut = trim("\n".join(lines))
    have = f"{cut.kept}\n{cut.elided}"
    for line in lines:
        assert line.strip().lstrip(">| \u00a0").rstrip() in have


@pytest.mark.sqlite
@given(st.sampled_from(MAILS), st.integers(0), st.binary(max_size=8))
def test_a_mail_broken_anywhere_is_read_or_refused(mail: Path, where: int, bytes_: bytes) -> None:
    raw = mail.read_bytes()
    at = where % (len(raw) + 1)
    try:
        read = parse(raw[:at] + bytes_ + raw[at + len(bytes_) :])
    except MailRefused:
        return
    trim(read.text, sender_name=read.sender_name, keep_forwarded=True)


@pytest.mark.sqlite
def test_parts_in_parts_without_end_are_refused() -> None:
    depth = 3_000
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth)
    )
    with pytest.raises(MailRefused):
        parse(f"From: a@b.test\n{parts}Content-Type: text/plain\n\nBonjour".encode())


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "line", ["-- ", "--", "> x", "Avis de confidentialité : x", "Le 12 h 30, x <a@b.ca", "De : x",
             "Maude", "Envoyé de mon x", "____________________"],
)  # fmt: skip
def test_thousands_of_lines_are_cut_at_once(line: str) -> None:
    """With a cost that grew as their square, this would last for minutes."""
    cut = trim(f"Bonjour\n{line}\n" * 9_000, sender_name="Maude")
    assert cut.kept.startswith("Bonjour")
