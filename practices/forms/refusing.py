"""A form that says a refusal of the services beside the field that it is about."""

from __future__ import annotations

from django import forms

from core.errors import Refused


class Refusing(forms.Form):
    """`FIELD_OF` says where the refusals go that do not name their field."""

    FIELD_OF: dict[type[Refused], str] = {}

    def refuse(self, refusal: Refused) -> None:
        named = getattr(refusal, "field", "") or self.FIELD_OF.get(type(refusal), "")
        self.add_error(named if named in self.fields else None, str(refusal))

    def quiet(self) -> None:
        """Show again what was typed, without a word on what is missing."""
        self.full_clean()
        self.errors.clear()
