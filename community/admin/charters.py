"""Charters and the code of conduct: a version is published, never edited."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from community import services
from community.models import Charter, SubCommunity
from community.permissions import can_publish_charter
from core.errors import Refused
from core.scoped_admin import ScopedAdmin

CONDUCT = "conduite"


def articles_of(text: str) -> list[dict[str, str]]:
    """An empty line between articles; of several lines, the first is the title."""
    articles = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line.strip() for line in block.strip().split("\n") if line.strip()]
        if len(lines) > 1:
            articles.append({"title": lines[0], "text": "\n".join(lines[1:])})
        elif lines:
            articles.append({"title": "", "text": lines[0]})
    return articles


def text_of(articles: list[dict[str, str]]) -> str:
    """The inverse of `articles_of`."""
    return "\n\n".join(
        "\n".join(part for part in (article.get("title"), article.get("text")) if part)
        for article in articles
    )


class CharterForm(forms.Form):
    where = forms.ChoiceField(label=_("Of what"))
    text = forms.CharField(
        label=_("Articles"),
        help_text=_(
            "An empty line between two articles. When an article has several lines, the first "
            "one is its title."
        ),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 16}),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spaces = {
            str(space.pk): space for space in SubCommunity.objects.moderated_by(by).open()
        }
        choices: list[tuple[str, Any]] = [(key, one.name) for key, one in self.spaces.items()]
        if can_publish_charter(by, None):
            choices.insert(0, (CONDUCT, _("Code of conduct")))
        self.fields["where"].choices = choices  # type: ignore[attr-defined]

    def clean_text(self) -> list[dict[str, str]]:
        articles = articles_of(self.cleaned_data["text"])
        if not articles:
            raise forms.ValidationError(_("Write at least one article."))
        return articles


@admin.register(Charter)
class CharterAdmin(ScopedAdmin):
    list_display = ("of_what", "version", "published_at")
    list_select_related = ("space",)
    fields = ("of_what", "version", "published_at", "published_by", "shown")
    readonly_fields = fields

    @admin.display(description=_("Of what"), ordering="space")
    def of_what(self, charter: Charter) -> Any:
        return charter.space.name if charter.space else _("Code of conduct")

    @admin.display(description=_("Articles"))
    def shown(self, charter: Charter) -> SafeString:
        return format_html_join(
            "",
            "<p><strong>{}</strong><br>{}</p>",
            ((one.get("title", ""), one.get("text", "")) for one in charter.articles),
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return SubCommunity.objects.moderated_by(request.user).exists()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Publish the next version, beginning from the one that stands."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        by: Any = request.user
        form = CharterForm(
            request.POST if request.method == "POST" else None, by=by, initial=self._start(request)
        )
        if request.method == "POST" and form.is_valid():
            space = form.spaces.get(form.cleaned_data["where"])
            try:
                charter = services.publish_charter(space, form.cleaned_data["text"], by=by)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(
                    request, _("Version %(number)s is in force.") % {"number": charter.version}
                )
                return redirect("admin:community_charter_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": _("A new version"),
            "opts": self.opts,
            "form": form,
        }
        return TemplateResponse(request, "admin/community/charter.html", context)

    def _start(self, request: HttpRequest) -> dict[str, str]:
        asked = request.GET.get("where", "")
        rows = Charter.objects.moderated_by(request.user).order_by("-version")
        if asked == CONDUCT:
            standing = rows.filter(space=None).first()
        else:
            number = int(asked) if asked.isdecimal() and len(asked) < 19 else 0
            standing = rows.filter(space_id=number).first()
        return {"where": asked, "text": text_of(standing.articles) if standing else ""}
