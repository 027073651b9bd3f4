"""Words of the forum in templates."""

from django import template

from core import terms

register = template.Library()


@register.filter
def kind_label(code: str) -> str:
    """The word for a kind of thread."""
    return terms.label("types_fil", code)
