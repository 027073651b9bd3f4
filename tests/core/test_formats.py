"""Dates, hours, money and numbers, as the language check-list of the project writes them."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from django.utils.formats import date_format

from core import formats

MONTREAL = ZoneInfo("America/Toronto")
NOW = datetime(2026, 11, 22, 14, 30, tzinfo=MONTREAL)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MONTREAL)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("value", "lang", "options", "shown"),
    [
        (date(2026, 11, 22), "fr", {}, "22 novembre 2026"),
        (date(2026, 12, 1), "fr", {}, "1er décembre 2026"),
        (date(2026, 12, 1), "fr", {"year": False}, "1er décembre"),
        (date(2026, 8, 21), "fr", {"short": True, "year": False}, "21 août"),
        (date(2026, 2, 3), "fr", {"short": True}, "3 févr. 2026"),
        (date(2026, 11, 22), "en", {}, "November 22, 2026"),
        (date(2026, 12, 1), "en", {"short": True, "year": False}, "Dec. 1"),
        # an evening in Montréal is already the next day in UTC: the house's day wins
        (datetime(2026, 11, 23, 2, 0, tzinfo=ZoneInfo("UTC")), "fr", {}, "22 novembre 2026"),
    ],
)
def test_a_day_is_written_out(value, lang, options, shown):
    assert formats.day(value, lang, **options) == shown


@pytest.mark.parametrize(
    ("value", "lang", "shown"),
    [
        (at(2026, 11, 22, 13, 30), "fr", "13\u00a0h\u00a030"),
        (at(2026, 11, 22, 9, 5), "fr", "9\u00a0h\u00a005"),
        (at(2026, 11, 22, 12, 0), "fr", "12\u00a0h"),
        (at(2026, 11, 22, 0, 0), "fr", "0\u00a0h"),
        (at(2026, 11, 22, 13, 30), "en", "1:30\u00a0p.m."),
        (at(2026, 11, 22, 0, 5), "en", "12:05\u00a0a.m."),
        (at(2026, 11, 22, 12, 0), "en", "12\u00a0p.m."),
    ],
)
def test_an_hour_has_its_no_break_spaces(value, lang, shown):
    assert formats.hours(value, lang) == shown


@pytest.mark.parametrize(
    ("value", "lang", "shown"),
    [
        (at(2026, 11, 22, 8, 5), "fr", "aujourd’hui, 8\u00a0h\u00a005"),
        (at(2026, 11, 21, 23, 59), "fr", "hier, 23\u00a0h\u00a059"),
        (at(2026, 11, 17, 9, 12), "fr", "17 nov., 9\u00a0h\u00a012"),
        (at(2026, 12, 1, 9, 0), "fr", "1er déc., 9\u00a0h"),
        (at(2025, 11, 17, 9, 12), "fr", "17 nov. 2025, 9\u00a0h\u00a012"),
        (at(2026, 11, 22, 8, 5), "en", "today, 8:05\u00a0a.m."),
        (at(2026, 11, 21, 8, 5), "en", "yesterday, 8:05\u00a0a.m."),
        (at(2026, 11, 17, 9, 12), "en", "Nov. 17, 9:12\u00a0a.m."),
    ],
)
def test_a_moment_is_said_as_it_is_lived(value, lang, shown):
    assert formats.moment(value, lang, now=NOW) == shown


@pytest.mark.parametrize(
    ("value", "lang", "shown"),
    [
        (NOW + timedelta(seconds=30), "fr", "à l’instant"),
        (NOW - timedelta(seconds=59), "fr", "à l’instant"),
        (NOW - timedelta(minutes=40), "fr", "il y a 40\u00a0min"),
        (NOW - timedelta(hours=2), "fr", "il y a 2\u00a0h"),
        # fifteen hours ago, but yesterday evening
        (NOW - timedelta(hours=15), "fr", "hier"),
        (NOW - timedelta(days=2), "fr", "il y a 2 jours"),
        (NOW - timedelta(days=6), "fr", "il y a 6 jours"),
        (NOW - timedelta(days=7), "fr", "15 nov."),
        (at(2025, 3, 1, 12), "fr", "1er mars 2025"),
        (NOW - timedelta(minutes=40), "en", "40\u00a0min ago"),
        (NOW - timedelta(days=2), "en", "2 days ago"),
        (NOW - timedelta(days=1), "en", "yesterday"),
    ],
)
def test_how_long_ago(value, lang, shown):
    assert formats.ago(value, lang, now=NOW) == shown


@pytest.mark.parametrize(
    ("waited", "lang", "shown"),
    [
        (timedelta(seconds=-5), "fr", "0\u00a0min"),
        (timedelta(minutes=40), "fr", "40\u00a0min"),
        (timedelta(hours=52), "fr", "52\u00a0h"),
        (timedelta(days=4, hours=3), "fr", "4\u00a0j"),
        (timedelta(days=4), "en", "4\u00a0d"),
    ],
)
def test_how_long_something_has_waited(waited, lang, shown):
    assert formats.age(NOW - waited, lang, now=NOW) == shown


@pytest.mark.parametrize(
    ("function", "value", "french", "english"),
    [
        (formats.grouped, 0, "0", "0"),
        (formats.grouped, 1250, "1\u00a0250", "1,250"),
        (formats.grouped, 1_234_567, "1\u00a0234\u00a0567", "1,234,567"),
        (formats.grouped, 0.5, "0,5", "0.5"),
        (formats.money, 1250.5, "1\u00a0250,50\u00a0$", "$1,250.50"),
        (formats.money, 25000, "25\u00a0000\u00a0$", "$25,000"),
        (formats.money, "0.005", "0,01\u00a0$", "$0.01"),
        (formats.money, -12, "-12\u00a0$", "-$12"),
        (formats.percent, 78, "78\u00a0%", "78%"),
        (formats.filesize, 0, "0\u00a0octet", "0\u00a0bytes"),
        (formats.filesize, 512, "512\u00a0octets", "512\u00a0bytes"),
        (formats.filesize, 48_200, "48\u00a0ko", "48\u00a0kB"),
        (formats.filesize, 999_600, "1\u00a0Mo", "1\u00a0MB"),
        (formats.filesize, 1_240_000, "1,2\u00a0Mo", "1.2\u00a0MB"),
        (formats.filesize, 25_000_000, "25\u00a0Mo", "25\u00a0MB"),
        (formats.filesize, 3_500_000_000, "3,5\u00a0Go", "3.5\u00a0GB"),
        (formats.reading, 0, "0\u00a0minute", "0\u00a0minutes"),
        (formats.reading, 1, "1\u00a0minute", "1\u00a0minute"),
        (formats.reading, 6, "6\u00a0minutes", "6\u00a0minutes"),
        (formats.reading, 65, "1\u00a0h\u00a005", "1\u00a0h\u00a005"),
        (formats.reading, 120, "2\u00a0h", "2\u00a0h"),
    ],
)
def test_a_number_in_both_languages(function, value, french, english):
    assert (function(value, "fr"), function(value, "en")) == (french, english)


@pytest.mark.parametrize(
    ("number", "french", "english"),
    [(0, "réponse", "réponses"), (1, "réponse", "réponse"), (1.5, "réponse", "réponses"),
     (2, "réponses", "réponses")],
)  # fmt: skip
def test_zero_is_singular_in_french(number, french, english):
    assert formats.plural(number, "réponse|réponses", "fr") == french
    assert formats.plural(number, "réponse|réponses", "en") == english


def test_the_admin_shows_true_hours():
    """Django's own `fr_CA` shows "13 01 40": see config/locales."""
    with translation.override("fr-ca"):
        assert date_format(at(2026, 11, 22, 13, 40), "TIME_FORMAT") == "13\u00a0h\u00a040"
        assert date_format(at(2026, 11, 22, 9, 5), "DATETIME_FORMAT") == (
            "22 novembre 2026, 9\u00a0h\u00a005"
        )


@pytest.mark.parametrize(("words", "minutes"), [(0, 0), (1, 1), (220, 1), (1320, 6)])
def test_minutes_of_reading(words, minutes):
    assert formats.reading_minutes(words) == minutes
