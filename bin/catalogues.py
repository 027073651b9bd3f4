"""Tidies the catalogues that makemessages has just written; see bin/messages.

Guesses of msgmerge are emptied (a wrong sentence is worse than an English one), dates that change
at each run are fixed, and what has no French is printed. Exit code 1 when something is missing, or,
with `--against`, when the catalogues there lack a text that was just gathered.
"""

import argparse
import sys
from pathlib import Path

import polib

PLURALS = {"fr": "nplurals=2; plural=(n > 1);", "en": "nplurals=2; plural=(n != 1);"}
UNDATED = ("POT-Creation-Date", "PO-Revision-Date")


def tidy(path: Path, language: str) -> polib.POFile:
    """The catalogue without guesses, former texts and moving dates; saved."""
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
    for name in UNDATED:
        catalogue.metadata[name] = "2026-11-22 12:00-0500"
    catalogue.metadata["Plural-Forms"] = PLURALS[language]
    catalogue.metadata["Language"] = language
    catalogue.save()
    return catalogue


def keys(catalogue: polib.POFile) -> set[tuple[str | None, str]]:
    return {(entry.msgctxt, entry.msgid) for entry in catalogue if not entry.obsolete}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("locale", type=Path)
    parser.add_argument("--against", type=Path, help="the catalogues that must hold everything")
    options = parser.parse_args()
    missing = 0
    for language in PLURALS:
        inside = Path(language, "LC_MESSAGES", "django.po")
        catalogue = tidy(options.locale / inside, language)
        lacking = (
            keys(catalogue) - keys(polib.pofile(str(options.against / inside)))
            if options.against
            else set()
        )
        untranslated = {(e.msgctxt, e.msgid) for e in catalogue.untranslated_entries()}
        if language == "en":
            untranslated = set()  # message identifiers are English already
        for _context, text in sorted(lacking | untranslated, key=lambda key: key[1]):
            sys.stdout.write(f"{language}: {text!r}\n")
        missing += len(lacking | untranslated)
        sys.stdout.write(f"{language}: {len(catalogue)} textes\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
