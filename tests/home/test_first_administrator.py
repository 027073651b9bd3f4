"""An empty community gets the person who will administer it, once."""

from __future__ import annotations

import io
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import Profile, User
from community.models import Membership, SubCommunity
from forums.models import Thread

pytestmark = pytest.mark.django_db

PASSWORD = "quatre mots tout simples"
ASKED = {"email": "Lise@exemple.test", "first_name": "Lise", "last_name": "Roy"}


@pytest.fixture(autouse=True)
def _founded(db: None) -> None:
    """An installation as `bin/run --empty` leaves it."""
    call_command("bootstrap")


def give(monkeypatch: pytest.MonkeyPatch, password: str, **options: object) -> str:
    monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
    out = io.StringIO()
    call_command("first_administrator", password_stdin=True, stdout=out, **(ASKED | options))
    return out.getvalue()


def test_she_administers_animates_and_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, PASSWORD)
    lise = User.objects.get(email="lise@exemple.test")
    assert lise.is_superuser
    assert lise.is_animator
    assert lise.check_password(PASSWORD)
    assert Profile.objects.filter(owner=lise).exists()


def test_she_animates_every_space_so_that_somebody_can_let_people_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give(monkeypatch, PASSWORD)
    hers = Membership.objects.filter(user__email="lise@exemple.test")
    assert {m.space for m in hers} == set(SubCommunity.objects.open())
    assert {m.role for m in hers} == {Membership.Role.ANIMATION}


def test_a_pinned_thread_about_the_platform_waits_for_the_first_members(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give(monkeypatch, PASSWORD)
    lise = User.objects.get(email="lise@exemple.test")
    thread = Thread.objects.readable_by(lise).get()
    assert thread.pinned and thread.space.is_common
    assert thread.title.startswith("Le chantier")


def test_there_is_only_one_first(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, PASSWORD)
    assert give(monkeypatch, PASSWORD, email="intrus@exemple.test") == ""
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("password", "options"),
    [
        ("motdepasse", {}),
        (PASSWORD, {"email": "pas une adresse"}),
        (PASSWORD, {"last_name": ""}),
    ],
    ids=["weak password", "not an address", "no name"],
)
def test_what_will_not_do_creates_nobody(
    monkeypatch: pytest.MonkeyPatch, password: str, options: dict[str, str]
) -> None:
    with pytest.raises(CommandError):
        give(monkeypatch, password, **options)
    assert not User.objects.exists()


def test_without_a_terminal_it_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    out = io.StringIO()
    call_command("first_administrator", stdout=out)
    assert "--password-stdin" in out.getvalue()
    assert not User.objects.exists()


def test_what_it_says_can_be_pasted_in_any_terminal(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    settings.HOME = Path("/srv/des données")
    out = io.StringIO()
    call_command("first_administrator", stdout=out)
    lines = [line.strip() for line in out.getvalue().splitlines() if line.startswith("  ")]
    # A shell takes for a setting only what begins without a quote.
    assert all(line.startswith("ANCRAGE_HOME=") for line in lines)
    asking, ready = map(shlex.split, lines)
    assert asking[:1] == ["ANCRAGE_HOME=/srv/des données"]
    python, manage, name = asking[1:]
    assert (Path(python).is_absolute(), Path(python).exists()) == (True, True)
    assert Path(manage) == settings.BASE_DIR / "manage.py"
    assert name == "first_administrator"
    assert ready[:4] == asking
    assert "--password-stdin" in ready
