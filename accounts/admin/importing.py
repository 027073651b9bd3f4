"""The import of existing organisations and people: upload, read the preview, confirm."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.forms.deciding import UploadForm
from accounts.services import importing
from core.web import person

# The file travels in the page, signed and bound to the animator: nothing of it stays on the
# server unless she confirms.
SALT = "accounts.import"
SECONDS = 2 * 3600


def import_page(admin: Any, request: HttpRequest) -> HttpResponse:
    """GET asks for a file; POST previews it, then writes the valid lines or gives the wrong
    ones back."""
    act = request.POST.get("act")
    if act in ("confirm", "wrong"):
        return _second_step(admin, request, act)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        try:
            text = importing.decode(form.cleaned_data["file"].read())
            plan = importing.plan(text)
        except importing.Unreadable as refusal:
            form.add_error("file", str(refusal))
        else:
            return _page(admin, request, plan=plan, carried=_carry(request, text))
    return _page(admin, request, form=form)


def _second_step(admin: Any, request: HttpRequest, act: str) -> HttpResponse:
    try:
        who, text = signing.loads(request.POST.get("carried", ""), salt=SALT, max_age=SECONDS)
        if who != request.user.pk:
            raise signing.BadSignature
    except signing.BadSignature:
        messages.error(request, _("The preview is too old. Choose the file again."))
        return redirect("admin:accounts_invitation_import")
    plan = importing.plan(text)
    if act == "wrong":
        return _csv(importing.wrong_csv(plan), "lignes-a-corriger.csv")
    outcome = importing.carry_out(
        plan,
        by=person(request),
        send=request.POST.get("send") == "now",
    )
    return _page(admin, request, plan=plan, outcome=outcome, carried=_carry(request, text))


def model_file(admin: Any, request: HttpRequest) -> HttpResponse:
    return _csv(importing.model_csv(), "modele-importation.csv")


def _carry(request: HttpRequest, text: str) -> str:
    return signing.dumps([request.user.pk, text], salt=SALT, compress=True)


def _csv(text: str, name: str) -> HttpResponse:
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _page(admin: Any, request: HttpRequest, **more: Any) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Import organisations and people"),
        "opts": admin.opts,
        "list_url": reverse("admin:accounts_invitation_changelist"),
        "columns": list(importing.COLUMNS),
        **more,
    }
    return render(request, "accounts/joining/admin/import.html", context)
