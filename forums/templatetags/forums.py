"""Words of the forum in templates."""

from django import template

from core import richtext, terms

register = template.Library()


@register.filter
def kind_label(code: str) -> str:
    """The word for a kind of thread."""
    return terms.label("types_fil", code)


@register.filter
def excerpt(text: str, length: int) -> str:
    """The beginning of a plain text, on one line."""
    return richtext.excerpt(text, length)
