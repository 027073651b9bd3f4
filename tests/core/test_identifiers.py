"""What could identify a young person: each format, its near misses, what people really write."""

import ast
import json
import time
import unicodedata
from pathlib import Path

import phonenumbers
import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from core import identifiers
from core.identifiers import Kind, find_identifiers, kinds_in, replaced, segments, summary
from core.identifiers.kinds import LABELS, REPLACEMENTS
from core.identifiers.numbers import is_neq, passes_luhn

CODE, NAM, NAS, TEL, ADDRESS, BIRTH, FILE, COMBO = Kind

# (text, the stretches that must be found, each with its kind). All are invented.
FOUND = [
    # Permanent code: born before 2000, after 1999 (+62), women (+50).
    ("TREM12059834", [(CODE, "TREM12059834")]),
    ("Son code est TREM12559834.", [(CODE, "TREM12559834")]),
    ("TREM67051234", [(CODE, "TREM67051234")]),  # 5 mai 2012
    ("TREM93120801", [(CODE, "TREM93120801")]),  # 31 décembre 2008
    ("TREM93620801", [(CODE, "TREM93620801")]),
    ("trem67051234", [(CODE, "trem67051234")]),
    ("TREM 6705 1234", [(CODE, "TREM 6705 1234")]),
    ("TREM-670512-34", [(CODE, "TREM-670512-34")]),
    ("TREM 67 05 12 34", [(CODE, "TREM 67 05 12 34")]),
    ("code permanent : Trem 67051234", [(CODE, "Trem 67051234")]),
    ("CÔTÉ67051234", [(CODE, "CÔTÉ67051234")]),
    ("(TREM67051234)", [(CODE, "(TREM67051234)"[1:-1])]),
    ("bulletin_TREM67051234.pdf", [(CODE, "TREM67051234")]),
    ("GAGN91020404 et ROYX66520534", [(CODE, "GAGN91020404"), (CODE, "ROYX66520534")]),
    ("TREM91020412", [(CODE, "TREM91020412")]),  # 29 février 2004 existe
    # Health insurance number.
    ("TREM12551503", [(NAM, "TREM12551503")]),
    ("NAM : TREM 1205 1534", [(NAM, "TREM 1205 1534")]),
    ("TREM 1205 1534", [(NAM, "TREM 1205 1534")]),
    ("RAMQ TREM12051534", [(NAM, "TREM12051534")]),
    ("carte soleil tremblay? non: trem 1262 2903", [(NAM, "trem 1262 2903")]),
    ("TREM99123112", [(NAM, "TREM99123112")]),
    # Social insurance number: any first digit.
    ("046 454 286", [(NAS, "046 454 286")]),
    ("NAS: 046-454-286.", [(NAS, "046-454-286")]),
    ("046454286", [(NAS, "046454286")]),
    ("130 692 544", [(NAS, "130 692 544")]),
    ("812 345 676", [(NAS, "812 345 676")]),
    ("123.456.782", [(NAS, "123.456.782")]),
    ("NAS 046 454 286, courriel à suivre", [(NAS, "046 454 286")]),
    ("nas046454286", [(NAS, "046454286")]),
    ("(046 454 286)", [(NAS, "046 454 286")]),
    # Telephone.
    ("514 555-1234", [(TEL, "514 555-1234")]),
    ("(418) 555-0101", [(TEL, "(418) 555-0101")]),
    ("5145551234", [(TEL, "5145551234")]),
    ("+1 514 555 1234", [(TEL, "+1 514 555 1234")]),
    ("1-819-555-0134", [(TEL, "1-819-555-0134")]),
    ("450.555.0199", [(TEL, "450.555.0199")]),
    ("cell 438 - 555 - 0199", [(TEL, "438 - 555 - 0199")]),
    ("514 555-1234, poste 22", [(TEL, "514 555-1234, poste 22")]),
    ("Texte-le au 581-555-0142!", [(TEL, "581-555-0142")]),
    ("tél.:5145551234", [(TEL, "5145551234")]),
    ("+33 6 12 34 56 78", [(TEL, "+33 6 12 34 56 78")]),
    ("514 555-1234 ou 514 555-9876", [(TEL, "514 555-1234"), (TEL, "514 555-9876")]),
    ("226 555-1234", [(TEL, "226 555-1234")]),
    # Civic address.
    ("123, rue Principale", [(ADDRESS, "123, rue Principale")]),
    ("au 1250 boulevard René-Lévesque Est", [(ADDRESS, "1250 boulevard René-Lévesque Est")]),
    ("45, av. du Parc", [(ADDRESS, "45, av. du Parc")]),
    ("12 ch. de la Montagne", [(ADDRESS, "12 ch. de la Montagne")]),
    ("78, rang Saint-Joseph", [(ADDRESS, "78, rang Saint-Joseph")]),
    ("78, rang 4", [(ADDRESS, "78, rang 4")]),
    ("2040, route 132 Est", [(ADDRESS, "2040, route 132 Est")]),
    ("9 côte de l’Église", [(ADDRESS, "9 côte de l’Église")]),
    ("12, 5e Avenue", [(ADDRESS, "12, 5e Avenue")]),
    ("34 boul. Sainte-Anne, app. 3", [(ADDRESS, "34 boul. Sainte-Anne, app. 3")]),
    ("123A, rue Bellevue", [(ADDRESS, "123A, rue Bellevue")]),
    ("123-2 rue d’Auteuil", [(ADDRESS, "123-2 rue d’Auteuil")]),
    ("123 RUE PRINCIPALE", [(ADDRESS, "123 RUE PRINCIPALE")]),
    ("Elle vit au 8, impasse des Lilas.", [(ADDRESS, "8, impasse des Lilas")]),
    ("au 5, rue Mgr. Bégin", [(ADDRESS, "5, rue Mgr. Bégin")]),
    ("au 5, rue Mance. Elle attend.", [(ADDRESS, "5, rue Mance")]),
    ("56 montée Saint-Régis", [(ADDRESS, "56 montée Saint-Régis")]),
    ("en 2010, rue Fleury, au 2010, rue Fleury", [(ADDRESS, "2010, rue Fleury")]),
    # Birth date.
    ("né le 12 mars 2009", [(BIRTH, "12 mars 2009")]),
    ("née 2009-03-12", [(BIRTH, "2009-03-12")]),
    ("DDN: 12/03/2009", [(BIRTH, "12/03/2009")]),
    ("DDN 12-03-09", [(BIRTH, "12-03-09")]),
    ("D.D.N. 2009 03 12", [(BIRTH, "2009 03 12")]),
    ("Date de naissance : 1er avril 2010", [(BIRTH, "1er avril 2010")]),
    ("12 mars 2009 (date de naissance)", [(BIRTH, "12 mars 2009")]),
    ("naissance 20090312", [(BIRTH, "20090312")]),
    ("NÉE LE 12 MARS 2009", [(BIRTH, "12 MARS 2009")]),
    ("NE LE 12 MARS 2009", [(BIRTH, "12 MARS 2009")]),
    ("né à Matane, le 3 févr. 2011", [(BIRTH, "3 févr. 2011")]),
    ("jumeaux nés le 3 août 2011", [(BIRTH, "3 août 2011")]),
    ("né le 12 mars 2009 14 h 30", [(BIRTH, "12 mars 2009")]),
    ("born March 12, 2009", [(BIRTH, "March 12, 2009")]),
    # File number.
    ("dossier 123456", [(FILE, "123456")]),
    ("Dossier no 12345", [(FILE, "12345")]),
    ("no de fiche : 0012345", [(FILE, "0012345")]),
    ("matricule#1234567", [(FILE, "1234567")]),
    ("dossier de l’élève n° 98765", [(FILE, "98765")]),
    ("usager 20251234", [(FILE, "20251234")]),
    ("l’usagère: 555123", [(FILE, "555123")]),
    ("Dossier DPJ numéro 123 456", [(FILE, "123 456")]),
    ("dossier AB-12345", [(FILE, "AB-12345")]),
    ("dossier_123456.docx", [(FILE, "123456")]),
    ("matricule 12-345-67", [(FILE, "12-345-67")]),
    # First name + school + level: the first name is what is marked.
    ("Kim, secondaire 3, école Saint-Joseph", [(COMBO, "Kim")]),
    ("À la polyvalente Armand-Corbeil, Jérémie est en 2e secondaire.", [(COMBO, "Jérémie")]),
    ("Marie-Ève finit sa 6e année à l’école de la rivière", None),  # no proper name
    ("Marie-Ève finit sa 6e année à l’école de la Grande-Rivière", [(COMBO, "Marie-Ève")]),
    ("le petit Zorik, maternelle, école Notre-Dame", [(COMBO, "Zorik")]),
    ("Mon élève Untel de sec. 4 au collège Jean-Eudes", [(COMBO, "Untel")]),
    # Together.
    (
        "Kim née le 2009-03-12, TREM62530934, 514 555-1234 046 454 286",
        [
            (BIRTH, "2009-03-12"),
            (TEL, "514 555-1234"),
            (NAS, "046 454 286"),
        ],
    ),
]

# What looks like an identifier and is none.
NOTHING = [
    # Permanent code and NAM.
    "TREM32131234",  # day 32, month 13
    "TREM00001234",
    "TREM67131234",  # month 13 in both readings
    "TREM92023012",  # neither 30 février 2030 nor 30 février 1992
    "TRE67051234",
    "TREMB67051234",
    "TREM6705123",
    "TREM670512345",
    "pour 67051234",
    "Dans 6705 1234 cas",
    "NOËL 25-12-2014",
    "DATE 2014-12-25",
    "PLAN 2010-2011",
    "PLAN 2010-2011-2012",
    # NAS.
    "046 454 287",
    "000 000 000",
    "046454286RR0001",
    "046 454 286 RP 0001",
    "046 454 286 rc0001",
    "046454286 RT",
    "046-454-286-RM0001",
    "118 830 644 RR 0001",
    "Budget : 123 456 782 $",
    "123 456 782,50",
    "12 046 454 286",
    "046 454 286 123",
    "1046454286",
    "NE : 046454286",
    "numéro d’enregistrement 046454286",
    "https://exemple.example/doc/046454286",
    # Telephone.
    "555-1234",
    "114 555-1234",  # no such area
    "811",
    "9-1-1",
    "514 055-1234",
    "514 555-123",
    "514 555-12345",
    "1 800 263-2266",
    "1 866 APPELLE",
    "1 866 277-3553",
    "514 600-1002",  # the text line of Tel-jeunes
    "NEQ 1143920115",
    "2262345673",  # a valid NEQ, in a row
    "NEQ : 2264567890",
    "ISBN 9782764426",
    "https://exemple.example/5145551234",
    "Il y a 250 000 000 étoiles",
    "12 250,50 $",
    "2026-11-22 14 h 30",
    "10.5145551234",
    # Address.
    "3 rues plus loin",
    "123 rue principale",
    "à 40 minutes, rue Principale",
    "la rue Principale",
    "2 routes Possibles",
    "Depuis 2019, Avenue Jeunesse accompagne les familles",
    "En 2025, Place aux Jeunes a changé",
    "Édition 2025 Place aux Jeunes",
    "les 12 jeunes de la rue Principale",
    "route 132",
    "12 % rue Principale",
    "une place sur 20, place commune",
    "Il reste 3 places",
    # Birth date.
    "le 12 mars 2009",
    "2009-03-12",
    "né en mars 2009",
    "né en 2009",
    "né le 32 mars 2009",
    "née le 2009-13-45",
    "Je ne serai pas là le 12 mars 2026",
    "l’aîné arrive le 12 mars 2026",
    "les nouveau-nés, le 12 mars 2026",
    "la renaissance du quartier, 12 mars 2026",
    "née dans une famille de la région, et rencontrée le 12 mars 2026",
    "né ici.\n\nRéunion le 12 mars 2026",
    "jamais né 1999",
    # File number.
    "dossier 1234",
    "fiche 12",
    "dossier de 12 000 $",
    "un dossier de 15000 mots",
    "les dossiers 2025-2026",
    "dossier du 2026-11-22",
    "le dossier est complet, 12345 personnes",
    "Le dossier avance. 12345",
    "classeur 123456",
    "dossier 12 000 participants",
    "fiche-pratique 2025-2026",
    # Combination.
    "L’école Saint-Joseph accueille les élèves de 6e année",
    "Kim va à l’école Saint-Joseph",
    "Kim est en secondaire 3",
    "Kim est en secondaire 3\n\nL’école Saint-Joseph est fermée",
    "Mme Josée Untel, de l’école Saint-Paul, 3e année",
    "Merci Odile! Notre école Sainte-Marie a des 2e secondaire",
    "Kim, à l’école secondaire du coin, 3e secondaire",
    "",
    " ",
]


def found(text):
    return [(f.kind, text[f.start : f.end]) for f in find_identifiers(text)]


def case_id(value):
    return (value if isinstance(value, str) else "").encode("ascii", "replace").decode()[:40]


@pytest.mark.parametrize(("text", "expected"), FOUND, ids=case_id)
def test_an_identifier_is_found_where_it_is(text, expected):
    got = found(text)
    if expected is None:
        assert got == []
    else:
        for item in expected:
            assert item in got
        assert len(got) >= len(expected)


@pytest.mark.parametrize("text", [text for text, e in FOUND if e and len(e) == 1], ids=case_id)
def test_only_one_thing_is_found_in_a_text_that_holds_one(text):
    assert len(find_identifiers(text)) == 1


@pytest.mark.parametrize("text", NOTHING, ids=case_id)
def test_a_near_miss_gives_no_alarm(text):
    assert found(text) == []


def test_the_table_is_long_enough_to_be_worth_its_name():
    assert len(FOUND) + len(NOTHING) >= 150


# ------------------------------------------------------------------ disguises of the typography

DISGUISES = {
    "no-break spaces": lambda t: t.replace(" ", "\u00a0"),
    "narrow no-break spaces": lambda t: t.replace(" ", "\u202f"),
    "full-width digits": lambda t: "".join(chr(0xFEE0 + ord(c)) if c.isdigit() else c for c in t),
    "full-width letters": lambda t: "".join(
        chr(0xFEE0 + ord(c)) if c.isascii() and c.isalpha() else c for c in t
    ),
    "arabic digits": lambda t: "".join(chr(0x660 + int(c)) if c.isdigit() else c for c in t),
    "soft hyphens": lambda t: "\u00ad".join(t),
    "zero-width spaces": lambda t: "\u200b".join(t),
    "word joiners": lambda t: "\u2060".join(t),
    "line breaks at blanks": lambda t: t.replace(" ", "\n"),
    "windows line breaks": lambda t: t.replace(" ", "\r\n"),
    "en dashes": lambda t: t.replace("-", "–"),
    "no-break hyphens": lambda t: t.replace("-", "\u2011"),
    "a line break in the middle": lambda t: t[: len(t) - 3] + "\n" + t[len(t) - 3 :],
    "decomposed accents": lambda t: unicodedata.normalize("NFD", t),
    "a byte order mark": lambda t: "\ufeff" + t,
}
PLAIN = [
    (CODE, "TREM67051234"),
    (CODE, "TREM 67 05 12 34"),
    (NAM, "TREM12551503"),
    (NAS, "046 454 286"),
    (NAS, "046-454-286"),
    (TEL, "514 555-1234"),
    (TEL, "5145551234"),
    (ADDRESS, "123, rue Principale"),
    (BIRTH, "née le 12 mars 2009"),
    (BIRTH, "DDN 2009-03-12"),
    (FILE, "dossier no 123456"),
]


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize(("kind", "text"), PLAIN, ids=case_id)
def test_an_identifier_is_seen_through_typography(kind, text, disguise):
    hidden = DISGUISES[disguise](text)
    assert kinds_in(f"Voici : {hidden}. Merci") == {kind}


def test_a_find_covers_the_decorations_of_its_last_character():
    text = "dossier 12345\u20e3 oui"
    (finding,) = find_identifiers(text)
    assert text[finding.end :] == " oui"


def test_an_empty_line_separates_but_a_line_break_does_not():
    assert kinds_in("Le 514\n555-1234") == {TEL}
    assert kinds_in("Le 514\n\n555-1234") == set()
    assert kinds_in("Le 514\r\n \r\n555-1234") == set()


# ----------------------------------------------------------------------- kinds and confidence


def test_of_two_readings_the_one_of_a_young_person_or_of_the_words_around_is_kept():
    assert found("TREM67051234")[0][0] is CODE  # born in 2012, or by the other reading in 1967
    assert found("TREM05121434")[0][0] is NAM  # born in 2005, or by the other reading in 1914
    assert found("NAM TREM67051234")[0][0] is NAM
    assert found("code permanent TREM 0512 1434")[0][0] is CODE
    assert found("NAM ou code permanent: TREM05121434")[0][0] is CODE


def test_a_neighbour_that_was_glued_is_found_too():
    text = "Kim: 514 555-1234 046 454 286 418 555-0101"
    assert [kind for kind, _ in found(text)] == [TEL, NAS, TEL]


def test_only_the_combination_is_less_certain():
    assert [kind for kind in Kind if not kind.certain] == [COMBO]


def test_the_summary_says_kinds_and_nothing_else():
    text = "dossier 123456, 514 555-1234, dossier 654321"
    assert summary(find_identifiers(text)) == [TEL, FILE]


def test_segments_give_the_whole_text_back():
    text = "Bonjour, le 514 555-1234 et le dossier 123456."
    parts = segments(text, find_identifiers(text))
    assert "".join(part.text for part in parts) == text
    assert [part.text for part in parts if part.kind] == ["514 555-1234", "123456"]
    assert segments("", []) == []


def test_every_kind_has_a_label_and_a_replacement():
    assert set(LABELS) == set(REPLACEMENTS) == set(Kind)
    for kind in Kind:
        assert str(kind.label)
        assert kind.replacement


def test_the_checks_of_numbers():
    assert passes_luhn("046454286")
    assert not passes_luhn("046454287")
    assert is_neq("2262345673") is True
    assert is_neq("2262345674") is False
    assert is_neq("4462345673") is False


# ------------------------------------------------------------------------------ the real texts

DEMO = Path(settings.BASE_DIR) / "home" / "data" / "demo_fr.json"


def strings(node):
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from strings(value)
    elif isinstance(node, list):
        for value in node:
            yield from strings(value)


def demo():
    return json.loads(DEMO.read_text())


def test_the_demo_community_writes_without_a_false_alarm():
    data = demo()
    texts = list(strings(data["fils"]))
    assert len(texts) > 300
    assert {text: found(text) for text in texts if find_identifiers(text)} == {}


def test_in_all_the_demo_only_the_telephones_of_organisations_are_found():
    data = demo()
    telephones = {org.pop("telephone") for org in data["organisations"]}
    assert {kind for telephone in telephones for kind in kinds_in(telephone)} == {TEL}
    assert [text for text in strings(data) if find_identifiers(text)] == []


# ---------------------------------------------------------------------------------- properties

PIECES = st.sampled_from(
    [text for text, _ in FOUND]
    + NOTHING
    + [
        "né ",
        "née le ",
        "dossier ",
        " ",
        "\n",
        "\n\n",
        "\u00ad",
        "\u200b",
        "1",
        "0",
        "-",
        ".",
        ", ",
    ]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join)


@trials(max_examples=300, deadline=None)
@given(TEXTS)
def test_offsets_are_ordered_inside_the_text_and_disjoint(text):
    at = 0
    for finding in find_identifiers(text):
        assert at <= finding.start < finding.end <= len(text)
        assert text[finding.start : finding.end].strip()
        at = finding.end


@trials(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_corrected_text_holds_no_certain_identifier(text):
    corrected = replaced(text, find_identifiers(text))
    assert [f for f in find_identifiers(corrected) if f.certain] == []


@pytest.mark.parametrize("language", ["fr-ca", "en"])
def test_a_replacement_is_never_found_in_its_turn(language):
    with translation.override(language):
        words = [kind.replacement for kind in Kind]
    assert [found(f"dossier {word} né {word} code {word}") for word in words] == [[]] * len(words)


@trials(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.sampled_from(PLAIN), st.text(max_size=40))
def test_an_identifier_between_two_paragraphs_is_always_found(before, case, after):
    kind, text = case
    assert kind in kinds_in(f"{before}\n\n{text}\n\n{after}")


# ------------------------------------------------------------------------ discretion and time


def test_the_helper_has_no_way_to_keep_or_say_what_it_finds():
    for path in Path(identifiers.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text())
        names = {
            alias.name.split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        } | {
            (node.module or "").split(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.level == 0
        }
        assert not names & {"logging", "sys", "os", "io", "pathlib", "accounts", "forums"}
        modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not any(m and m.startswith("django.db") for m in modules)
        calls = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"print", "open"}


HOSTILE = {
    "digits": "1" * 200_000,
    "digits and blanks": "1 " * 100_000,
    "groups": "514 555 " * 25_000,
    "telephones": "514 555 1234 " * 15_000,
    "numbers that are none": "".join(f"514 555 {n:04d}{n % 7} " for n in range(9999)) * 2,
    "social numbers": "046 454 286 " * 16_000,
    "capitals": "A" * 200_000,
    "capitalised words": "Aa " * 66_000,
    "hyphened": "Aa-" * 66_000,
    "addresses": "1 rue de la " * 16_000,
    "streets": "rue A " * 33_000,
    "numbers of streets": "123456 " * 28_000,
    "births": "né " * 66_000,
    "births and dates": "né 2009-03-12 " * 14_000,
    "dates": "12 mars 2009 " * 15_000,
    "files": "dossier no de " * 14_000,
    "nested files": "dossier de la fiche du matricule " * 6_000,
    "codes": "TREM" * 50_000,
    "almost codes": "TREM1" * 40_000,
    "blanks": " " * 200_000,
    "line breaks": "1\n" * 100_000,
    "soft hyphens": "\u00ad" * 200_000,
    "marks": "\u0301" * 200_000,
    "schools": "école Kim secondaire 3 " * 8_000,
    "schools and levels": "école A secondaire 3 " * 9_000,
    "addresses of pages": "http://" * 28_000,
    "parentheses": "(514) " * 33_000,
    "international": "+33 " * 50_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_read_in_a_time_that_follows_its_length(name):
    text = HOSTILE[name]
    began = time.process_time()
    find_identifiers(text)
    # Some seconds at worst where a quadratic pattern would take minutes.
    assert time.process_time() - began < 20


def test_the_telephone_library_is_asked_once_for_each_number(monkeypatch):
    asked = []
    parse = phonenumbers.parse

    def counting(number, *args, **kwargs):
        asked.append(number)
        return parse(number, *args, **kwargs)

    monkeypatch.setattr(phonenumbers, "parse", counting)
    find_identifiers("le 514 555-1234 ou le 514-555-1234, pas 555-1234 ni 114 555-1234")
    # Once in the text, never again in the corrected one.
    assert len(asked) == 1
