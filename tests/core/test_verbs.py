"""The journal is read by people: each of its verbs has its words."""

import re
from pathlib import Path

import pytest

from core import log, verbs
from core.models import ActionLog

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = (
    "home", "search", "moderation", "forums", "library", "notifications", "community", "accounts",
    "core",
)  # fmt: skip
# A literal verb as the first argument of `record(`, or in a choice of two.
VERB = re.compile(r'"((?:[a-z_]+)\.(?:[a-z_]+))"(?: if [^\n]*? else "([a-z_.]+)")?')


def written_verbs() -> set[str]:
    found = set()
    for room in ROOMS:
        for source in (ROOT / room).rglob("*.py"):
            for call in re.findall(r"\brecord\(\s*([^\n]*)", source.read_text()):
                found |= {verb for pair in VERB.findall(call) for verb in pair if verb}
    return found


@pytest.mark.sqlite
def test_every_verb_that_is_written_has_words() -> None:
    assert "thread.moved" in written_verbs()
    assert sorted(written_verbs() - set(verbs.LABELS)) == []


@pytest.mark.django_db
def test_a_line_says_its_act_and_an_unknown_verb_says_itself() -> None:
    assert str(log.record("thread.locked")) == "Fil verrouillé"
    assert ActionLog(verb="inconnu.fait").what == "inconnu.fait"
