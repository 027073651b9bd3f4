"""Words that the pages of the library share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext as _

from core import terms
from core.formats import active_language
from library import formats, vocabularies
from library.exchange.citations import sentence
from library.exchange.record import LICENCE_ADDRESSES, record_of
from library.models import Licence
from library.roles import ROLES

if TYPE_CHECKING:
    from library.models import Document, Version

register = template.Library()


@register.filter(is_safe=False)
def type_label(document: Document) -> str:
    """« Guide », « Fiche-outil »…"""
    return terms.label(vocabularies.TYPES, document.type)


@register.filter(is_safe=False)
def format_label(document: Document) -> str:
    """`PDF`, `DOCX`, `LIEN`: what stands in place of a picture."""
    return formats.format_of(document).upper()


@register.filter(is_safe=False)
def extension(version: Version) -> str:
    """`PDF`, `DOCX`."""
    return formats.extension(version).upper()


@register.filter(is_safe=False)
def issued_words(issued: str) -> str:
    """« 2024 », « mai 2024 », « 31 mai 2024 »."""
    return formats.issued_words(issued, active_language())


@register.filter(is_safe=False)
def role_label(role: str) -> str:
    """« Traduction », « Révision »: what a contributor did."""
    return str(ROLES.get(role, _("Contribution")))


@register.filter(is_safe=False)
def licence_address(document: Document) -> str:
    """Where the licence is written, when it has an address."""
    return LICENCE_ADDRESSES.get(Licence(document.licence), "")


@register.simple_tag
def citation(document: Document) -> str:
    """The document cited as a sentence."""
    return sentence(record_of(document))
