"""Dates, hours, money and numbers as people write them, in Québec French and in English.

Pure functions: each takes its language (`"fr"` or `"en"`) and, where it matters, the present
moment. Rules: PRODUCT.md "Language" and `liste_controle_langue` of the demonstration data
(no-break space before `h`, `$`, `%` and in thousands; 0 is singular; `1er` for the first).
Django's own formats are not used: its `fr_CA` has no words, only patterns.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone, translation

NBSP = "\u00a0"
# As `lang` says them.
FRENCH, ENGLISH = "fr-CA", "en-CA"
WORDS_A_MINUTE = 220

MONTHS = {
    "fr": (
        "janvier", "février", "mars", "avril", "mai", "juin",
        "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip
SHORT_MONTHS = {
    "fr": (
        "janv.", "févr.", "mars", "avr.", "mai", "juin",
        "juill.", "août", "sept.", "oct.", "nov.", "déc.",
    ),
    "en": (
        "Jan.", "Feb.", "March", "April", "May", "June",
        "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.",
    ),
}  # fmt: skip
SIZES = {"fr": ("octets", "ko", "Mo", "Go"), "en": ("bytes", "kB", "MB", "GB")}


def active_language() -> str:
    """`"fr"` or `"en"`, from the language of the request; French when there is none."""
    return "en" if (translation.get_language() or "fr").startswith("en") else "fr"


def page_language() -> str:
    """The language of the page, as its `lang` says it."""
    return ENGLISH if active_language() == "en" else FRENCH


def local(value: date | datetime) -> date | datetime:
    """An aware moment in the house's time zone; a bare date as it is."""
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: date | datetime, lang: str = "fr", *, short: bool = False, year: bool = True) -> str:
    """`22 novembre 2026`, `1er décembre`; short: `22 nov. 2026`; English `November 22, 2026`."""
    value = local(value)
    months = SHORT_MONTHS if short else MONTHS
    name = months[lang][value.month - 1]
    if lang == "en":
        return f"{name} {value.day}, {value.year}" if year else f"{name} {value.day}"
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number} {name} {value.year}" if year else f"{number} {name}"


def hours(value: datetime, lang: str = "fr") -> str:
    """The time of day: `13 h 30`, `9 h 05`, `12 h`; English `1:30 p.m.`, `noon` left as 12 p.m."""
    value = local(value)  # type: ignore[assignment]
    if lang == "en":
        half = "a.m." if value.hour < 12 else "p.m."
        minutes = f":{value.minute:02}" if value.minute else ""
        return f"{value.hour % 12 or 12}{minutes}{NBSP}{half}"
    minutes = f"{NBSP}{value.minute:02}" if value.minute else ""
    return f"{value.hour}{NBSP}h{minutes}"


def moment(value: datetime, lang: str = "fr", *, now: datetime) -> str:
    """When something was said: `aujourd’hui, 8 h 05`, `hier, 16 h`, `17 nov., 9 h 12`;
    the year appears when it is not this one."""
    here, today = local(value), local(now)
    clock = hours(value, lang)
    days = _days_between(here, today)
    if days == 0:
        return f"{'today' if lang == 'en' else 'aujourd’hui'}, {clock}"
    if days == 1:
        return f"{'yesterday' if lang == 'en' else 'hier'}, {clock}"
    return f"{day(value, lang, short=True, year=here.year != today.year)}, {clock}"


def ago(value: datetime, lang: str = "fr", *, now: datetime, said: bool = False) -> str:
    """How long ago: `à l’instant`, `il y a 40 min`, `il y a 2 h`, `hier`, `il y a 3 jours`; the
    day itself after a week.

    `said` puts the day in a sentence: `le 17 nov.`. A moment to come (a clock a little ahead) is
    read as now.
    """
    here, today = local(value), local(now)
    seconds = (now - value).total_seconds()
    days = _days_between(here, today)
    if seconds < 60:
        return "just now" if lang == "en" else "à l’instant"
    if seconds < 3600:
        return _since(f"{int(seconds // 60)}{NBSP}min", lang)
    if seconds < 86_400 and days == 0:
        return _since(f"{int(seconds // 3600)}{NBSP}h", lang)
    if days == 1:
        return "yesterday" if lang == "en" else "hier"
    if days < 7:
        return _since(f"{days} {'days' if lang == 'en' else 'jours'}", lang)
    date = day(value, lang, short=True, year=here.year != today.year)
    return f"{'on' if lang == 'en' else 'le'} {date}" if said else date


def age(value: datetime, lang: str = "fr", *, now: datetime) -> str:
    """How long something has waited, for a queue: `40 min`, `52 h`, `4 j`."""
    waited = max(now - value, timedelta())
    minutes = int(waited.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    if minutes < 72 * 60:
        return f"{minutes // 60}{NBSP}h"
    return f"{waited.days}{NBSP}{'d' if lang == 'en' else 'j'}"


def grouped(value: int | float | Decimal, lang: str = "fr") -> str:
    """`1 250` with a no-break space, `0,5`; English `1,250`."""
    text = f"{value:,}"
    return text if lang == "en" else text.replace(",", NBSP).replace(".", ",")


def money(value: int | float | Decimal | str, lang: str = "fr") -> str:
    """`1 250,50 $`, `25 000 $` without useless cents; English `$1,250.50`."""
    amount = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    text = f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
    if lang == "en":
        return f"-${text[1:]}" if amount < 0 else f"${text}"
    return f"{text.replace(',', NBSP).replace('.', ',')}{NBSP}$"


def percent(value: float | Decimal, lang: str = "fr") -> str:
    """`78 %` of a number already in hundredths; English `78%`."""
    return f"{grouped(value, lang)}{'' if lang == 'en' else NBSP}%"


def filesize(value: int, lang: str = "fr") -> str:
    """`48 ko`, `1,2 Mo`; decimal units, as phones and disks count."""
    if value < 1000:
        return (
            f"{value}{NBSP}{plural(value, 'byte|bytes' if lang == 'en' else 'octet|octets', lang)}"
        )
    size, unit = float(value), 0
    while size >= 999.5 and unit < len(SIZES[lang]) - 1:
        size, unit = size / 1000, unit + 1
    text = f"{size:.1f}" if size < 9.95 and unit > 1 else f"{size:.0f}"
    text = text.removesuffix(".0")
    return f"{text if lang == 'en' else text.replace('.', ',')}{NBSP}{SIZES[lang][unit]}"


def reading_minutes(words: int) -> int:
    """Minutes to read that many words, one at least when there is something to read."""
    return max(1, round(words / WORDS_A_MINUTE)) if words else 0


def reading(minutes: int, lang: str = "fr") -> str:
    """`1 minute`, `6 minutes`, `1 h 10`; nothing to read is `0 minute` (English `0 minutes`)."""
    if minutes < 60:
        return f"{minutes}{NBSP}{plural(minutes, 'minute|minutes', lang)}"
    left = f"{NBSP}{minutes % 60:02}" if minutes % 60 else ""
    return f"{minutes // 60}{NBSP}h{left}"


def plural(number: float, forms: str, lang: str = "fr") -> str:
    """One of `singular|plural`: French takes the plural from 2 (0 and 1,5 are singular),
    English for everything but 1."""
    one, _, many = forms.partition("|")
    singular = number == 1 if lang == "en" else abs(number) < 2
    return one if singular else many


def _since(text: str, lang: str) -> str:
    return f"{text} ago" if lang == "en" else f"il y a {text}"


def _days_between(earlier: date, later: date) -> int:
    """Whole calendar days, as they are lived: late last night is yesterday."""
    return (_as_date(later) - _as_date(earlier)).days


def _as_date(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value
