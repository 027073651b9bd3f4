"""Fields of forms that take several files, and that keep those already sent."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms

from core.files import ForeignFile

HEX = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; the value is a list, empty when there is none."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, (list, tuple)) else [data]
        return [super(FilesField, self).clean(one, initial) for one in given if one]


class KeptFilesField(forms.Field):
    """Files already uploaded with an earlier, unposted version of the form: their identifiers."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[uuid.UUID]:
        return [uuid.UUID(one) for one in value or [] if HEX.fullmatch(one)]

    def clean(self, value: Any) -> list[uuid.UUID]:
        found = self.to_python(value)
        if len(found) != len(value or []):
            raise forms.ValidationError(str(ForeignFile()))
        return found
