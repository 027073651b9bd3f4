"""The catalogues speak French on a machine that has no gettext."""

from __future__ import annotations

import gettext
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Reply"
msgstr "Répondre"

msgid "%(n)s reply"
msgid_plural "%(n)s replies"
msgstr[0] "%(n)s réponse"
msgstr[1] "%(n)s réponses"

#, fuzzy
msgid "Sign in"
msgstr "Signer dedans"
"""


@pytest.fixture
def source(tmp_path: Path, settings: Any) -> Path:
    source = tmp_path / "fr" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")
    settings.LOCALE_PATHS = [tmp_path]
    return source


def read(source: Path) -> gettext.GNUTranslations:
    with source.with_suffix(".mo").open("rb") as stream:
        return gettext.GNUTranslations(stream)


def test_words_and_plurals_are_compiled_and_guesses_are_not(source: Path) -> None:
    call_command("compile_catalogues")
    french = read(source)
    assert french.gettext("Reply") == "Répondre"
    zero = french.ngettext("%(n)s reply", "%(n)s replies", 0)
    assert zero == "%(n)s réponse", "in French, zero is singular"
    assert french.gettext("Sign in") == "Sign in"
    assert sorted(p.name for p in source.parent.iterdir()) == ["django.mo", "django.po"]


def test_a_catalogue_up_to_date_is_left_alone_and_an_old_one_is_not(source: Path) -> None:
    compiled = source.with_suffix(".mo")
    compiled.write_bytes(b"as it was")
    call_command("compile_catalogues")
    assert compiled.read_bytes() == b"as it was"
    later = compiled.stat().st_mtime + 5
    os.utime(source, (later, later))
    call_command("compile_catalogues")
    assert read(source).gettext("Reply") == "Répondre"


def test_it_can_be_forced(source: Path) -> None:
    source.with_suffix(".mo").write_bytes(b"as it was")
    call_command("compile_catalogues", force=True)
    assert read(source).gettext("Reply") == "Répondre"
