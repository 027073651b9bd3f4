"""Which mails of an archive are one conversation: what their headers say, then their subjects.

The same file always gives the same conversations, whatever the order of its mails.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from core.text import fold
from forums.importing.mbox import Letter

# "Re: Réunion" answers the "Réunion" of this season, not the one of last year.
SAME_SUBJECT = timedelta(days=90)


class _Sets:
    """Disjoint sets of names."""

    def __init__(self) -> None:
        self.parents: dict[str, str] = {}

    def find(self, name: str) -> str:
        root = name
        while (above := self.parents.get(root, root)) != root:
            root = above
        while (above := self.parents.get(name, name)) != root:
            self.parents[name], name = root, above
        return root

    def join(self, one: str, other: str) -> None:
        self.parents[self.find(other)] = self.find(one)


def conversations(letters: list[Letter]) -> list[list[Letter]]:
    """The letters of each conversation in the order of their dates, the oldest conversation first;
    each letter gets what it `answers`, when that is in the archive. The same mail twice is one."""
    letters = list({letter.identity: letter for letter in reversed(letters)}.values())
    letters.sort(key=lambda letter: (letter.date, letter.number))
    by_id = {letter.message_id: letter for letter in letters if letter.message_id}
    sets = _Sets()
    for letter in letters:
        for name in (letter.message_id, letter.conversation, *letter.references):
            if name:
                sets.join(_own(letter), name)
        found = (by_id.get(name) for name in reversed(letter.references))
        letter.answers = next((one for one in found if one is not None), None)
    groups: dict[str, list[Letter]] = defaultdict(list)
    for letter in letters:
        groups[sets.find(_own(letter))].append(letter)
    return _by_subject(list(groups.values()))


def _own(letter: Letter) -> str:
    return f"letter:{letter.identity}"


def _by_subject(groups: list[list[Letter]]) -> list[list[Letter]]:
    """Answers that do not say to what, put under the last conversation of that subject."""
    found: list[list[Letter]] = []
    last_of: dict[str, list[Letter]] = {}
    for group in groups:
        first = group[0]
        key = fold(first.title)
        before = last_of.get(key) if key and first.is_reply and first.answers is None else None
        if before is not None and first.date - before[-1].date <= SAME_SUBJECT:
            before.extend(group)
            before.sort(key=lambda letter: (letter.date, letter.number))
        else:
            found.append(group)
            last_of[key] = group
    return found
