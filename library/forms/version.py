"""A new file of a document."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core.composing import Refusing
from core.formfields import KeptFilesField
from library import errors


class VersionForm(Refusing):
    """One file, sent with the form or before it (`kept`), and what it is called."""

    FIELD_OF = {errors.ForeignFile: "file"}

    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=forms.FileInput(attrs={"data-files": "", "data-max": settings.UPLOAD_MAX_BYTES}),
    )
    kept = KeptFilesField(required=False)
    label = forms.CharField(
        label=_("Label"),
        max_length=60,
        required=False,
        help_text=_("How it is called: 2nd edition, corrected, large print…"),
    )
    note = forms.CharField(
        label=_("What changed"), max_length=400, required=False, widget=forms.Textarea
    )
    looked = forms.CharField(required=False, widget=forms.HiddenInput)
    writer = forms.CharField(required=False, widget=forms.HiddenInput)
