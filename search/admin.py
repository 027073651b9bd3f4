"""The synonyms, edited by the federation's animators. What people search for has no page here."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from core import log
from core.scoped_admin import HouseAdmin
from search.models import SynonymSet
from search.synonyms import tidy


class SynonymForm(forms.ModelForm):
    class Meta:
        model = SynonymSet
        fields = ("words",)
        widgets = {"words": forms.Textarea(attrs={"rows": 3, "maxlength": 400})}

    def clean_words(self) -> str:
        return tidy(self.cleaned_data["words"])


@admin.register(SynonymSet)
class SynonymSetAdmin(HouseAdmin):
    """One line a group of words. They are no content: a wrong line is deleted."""

    form = SynonymForm
    list_display = ("words", "updated_at")
    search_fields = ("words",)
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, obj)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        for line in queryset:
            log.record("synonymset.removed", line, by=request.user)
