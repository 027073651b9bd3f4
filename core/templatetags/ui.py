"""What templates use to draw: icons, faces, times, numbers, page links.

The formats themselves are pure functions in `core/formats.py`; here they meet the language of
the request and the clock.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from django import template
from django.core.signals import setting_changed
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import formats

register = template.Library()

PAGES_AROUND = 1


@cache
def _drawing(name: str) -> SafeString:
    """Inside of an `<svg>`. Kept: a page draws a hundred of them."""
    return format_html('<use href="{}#{}"/>', static("img/icons.svg"), name)


@cache
def _decoration(name: str) -> SafeString:
    return format_html('<svg aria-hidden="true">{}</svg>', _drawing(name))


def _forget_drawings(*, setting: str, **kwargs: Any) -> None:
    if setting in {"STATIC_URL", "STORAGES"}:
        _drawing.cache_clear()
        _decoration.cache_clear()


setting_changed.connect(_forget_drawings)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One drawing of `static/img/icons.svg`; with `label` it speaks, without it is decoration."""
    if label:
        return format_html('<svg role="img" aria-label="{}">{}</svg>', label, _drawing(name))
    return _decoration(name)


@register.simple_tag
def written(language: str = formats.FRENCH) -> SafeString:
    """On an element that holds what people wrote: its language, where the page speaks another one.
    `<p{% written %}>{{ sheet.summary }}</p>`; nothing for words that are the page's own ("")."""
    if language in ("", formats.page_language()):
        return mark_safe("")
    return format_html(' lang="{}"', language)


@register.filter("written", is_safe=False)
def written_among(words: Any, language: str = formats.FRENCH) -> SafeString:
    """The same for words among others: `{{ sheet.title|written }}`. Never inside an attribute."""
    lang = written(language) if words else ""
    return format_html("<span{}>{}</span>", lang, words) if lang else conditional_escape(words)


@register.filter(is_safe=False)
def worded(label: Any) -> SafeString:
    """A label: French words say it (`core.text.French`), the others are the page's own."""
    return written_among(label, getattr(label, "language", ""))


@register.simple_tag
def face(person: Any, size: str = "") -> SafeString:
    """The round portrait of a person: photo, or initials on her tint; a mask for nobody.

    `person` offers `initials`, `face_class` and, when it has one, `photo_url`; None is an author
    who chose to be unnamed or who left. `size` is "s", "l" or nothing. Decoration: the name is
    always written beside it.
    """
    kind = f" {size}" if size else ""
    if person is None:
        return format_html('<span class="face none{}">{}</span>', kind, icon("unnamed"))
    photo = getattr(person, "photo_url", "")
    if photo:
        return format_html(
            '<span class="face{}"><img src="{}" alt="" loading="lazy"></span>', kind, photo
        )
    return format_html(
        '<span class="face {}{}" aria-hidden="true">{}</span>',
        person.face_class,
        kind,
        person.initials,
    )


@register.simple_tag
def when(value: datetime | date | None, style: str = "moment") -> SafeString:
    """`<time>` with the machine's date and the reader's words; `style` is the name of a filter
    (`moment`, `ago`, `age`, `day`). Nothing for None."""
    if value is None:
        return mark_safe("")
    if style in ("moment", "day"):
        return _dated(value, style, formats.active_language(), timezone.localdate())
    return _time(value, {"ago": ago, "age": age}[style](value))


@lru_cache(maxsize=4096)
def _dated(value: datetime | date, style: str, language: str, today: date) -> SafeString:
    """The same all day long, in `language`: a page shows twenty of them, and a hundred people the
    same page."""
    return _time(value, {"moment": moment, "day": day}[style](value))


def _time(value: datetime | date, shown: str) -> SafeString:
    full, machine = day(value), value.isoformat()
    if isinstance(value, datetime):
        full = f"{full}, {hours(value)}"
        machine = timezone.localtime(value).isoformat(timespec="minutes")
    return format_html('<time datetime="{}" title="{}">{}</time>', machine, full, shown)


@register.filter(is_safe=False)
def day(value: datetime | date | None, style: str = "") -> str:
    """`22 novembre 2026`; `day:"short"`: `22 nov.`, with the year when it is not this one."""
    if not value:
        return ""
    if style == "short":
        this_year = formats.local(value).year == timezone.localdate().year
        return formats.day(value, formats.active_language(), short=True, year=not this_year)
    return formats.day(value, formats.active_language())


@register.filter(is_safe=False)
def moment(value: datetime | date | None) -> str:
    """`aujourd’hui, 8 h 05`, `17 nov., 9 h 12`."""
    if not isinstance(value, datetime):
        return day(value, "short")
    return formats.moment(value, formats.active_language(), now=timezone.now())


@register.filter(is_safe=False)
def ago(value: datetime | date | None, style: str = "") -> str:
    """`il y a 2 jours`, `hier`, and the day itself after a week; `ago:"said"`: in a sentence,
    `le 17 nov.`."""
    if not value:
        return ""
    lang, said = formats.active_language(), style == "said"
    return formats.ago(_as_moment(value), lang, now=timezone.now(), said=said)


@register.filter(is_safe=False)
def age(value: datetime | date | None) -> str:
    """`52 h`, `4 j`: how long something has waited."""
    return (
        formats.age(_as_moment(value), formats.active_language(), now=timezone.now())
        if (value)
        else ""
    )


@register.filter(is_safe=False)
def hours(value: datetime | float | None) -> str:
    """The time of day, `13 h 30`; of a number of hours, that length of time, `19 h`."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return formats.hours(value, formats.active_language())
    return f"{grouped(round(value))}{formats.NBSP}h"


@register.filter(is_safe=False)
def grouped(value: float | Decimal | str | None) -> str:
    """`1 250`. A text (a capped count, `2 000+`) passes as it is."""
    if value is None:
        return ""
    return value if isinstance(value, str) else formats.grouped(value, formats.active_language())


@register.filter(is_safe=False)
def money(value: float | Decimal | str | None) -> str:
    """`1 250,50 $`."""
    return "" if value in (None, "") else formats.money(value, formats.active_language())


@register.filter(is_safe=False)
def percent(value: float | Decimal | None) -> str:
    """`78 %`."""
    return "" if value is None else formats.percent(value, formats.active_language())


@register.filter(is_safe=False)
def filesize_fr(value: int | None) -> str:
    """`48 ko`, in the reader's language."""
    return "" if value is None else formats.filesize(value, formats.active_language())


@register.filter(is_safe=False)
def reading(minutes: int | None) -> str:
    """`6 minutes`, from a number of minutes."""
    return formats.reading(int(minutes or 0), formats.active_language())


@register.filter(is_safe=False)
def plural(number: float, forms: str) -> str:
    """`{{ n|plural:"fil|fils" }}`, for words without a catalogue (terms, settings)."""
    return formats.plural(number, forms, formats.active_language())


@register.inclusion_tag("parts/pager.html")
def pager(page: int, pages: int, base: str = "?page=", label: str = "") -> dict[str, Any]:
    """Links to the pages of a long thread: first, last, the ones around, and None for a gap.

    `base` is what comes before the number.
    """
    shown = {1, pages, *range(page - PAGES_AROUND, page + PAGES_AROUND + 1)}
    numbers: list[int | None] = []
    for number in sorted(n for n in shown if 1 <= n <= pages):
        if numbers and number - (numbers[-1] or 0) > 1:
            numbers.append(number - 1 if number - (numbers[-1] or 0) == 2 else None)
        numbers.append(number)
    return {
        "page": page,
        "pages": pages,
        "base": base,
        "numbers": numbers if pages > 1 else [],
        "label": label or _("Pages"),
        "before": page - 1 if page > 1 else None,
        "after": page + 1 if page < pages else None,
    }


@register.filter(is_safe=True)
def field_attrs(field: Any, attrs: str) -> SafeString:
    """A bound field drawn with more attributes: `{{ field|field_attrs:"class=short rows=3" }}`."""
    extra = {name: value for name, _, value in (pair.partition("=") for pair in attrs.split())}
    return conditional_escape(field.as_widget(attrs=extra))


def _as_moment(value: datetime | date) -> datetime:
    if isinstance(value, datetime):
        return value
    return timezone.make_aware(datetime.combine(value, time(12)))
