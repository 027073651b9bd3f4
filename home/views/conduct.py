"""The code of conduct: read by all members, accepted by each."""

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from community.errors import CharterReplaced
from community.services import accept_charter
from core.web import person
from home import conduct


class ConductForm(forms.Form):
    accept = forms.BooleanField(
        label=_("I have read the code of conduct and I agree to follow it"),
        error_messages={"required": _("Tick the box to accept the code of conduct.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def code_of_conduct(request: HttpRequest) -> HttpResponse:
    code = conduct.current()
    asked = request.POST.get("next") or request.GET.get("next") or ""
    follow = (
        asked
        if url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()})
        else reverse("home:landing")
    )
    posted = request.POST if request.method == "POST" else None
    form = ConductForm(posted, initial={"version": code.version if code else 0})
    replaced = False
    if request.method == "POST" and code is not None and form.is_valid():
        replaced = form.cleaned_data["version"] != code.version
        if not replaced:
            try:
                accept_charter(code, by=person(request))
            except CharterReplaced:
                replaced = True
            else:
                conduct.remember(request, code.version)
                return HttpResponseRedirect(follow)
        form = ConductForm(initial={"version": code.version})
    return render(
        request,
        "home/conduct.html",
        {
            "code": code,
            "accepted": conduct.has_accepted(request),
            "form": form,
            "follow": follow,
            "replaced": replaced,
        },
        status=400 if form.errors else 200,
    )
