"""The animators' door: Django's admin, opened by the community's own sign-in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.auth.decorators import login_not_required
from django.db.models.base import ModelBase
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from core.web import person
from moderation.permissions import can_moderate_anything, has_the_factor


class AncrageAdminConfig(AdminConfig):
    default_site = "moderation.admin_site.AncrageAdminSite"


ROOMS = {
    "home", "search", "moderation", "forums", "library", "practices", "notifications", "community",
    "accounts", "core",
}  # fmt: skip


def _nowhere(request: HttpRequest, **parts: str) -> HttpResponse:
    raise Http404


def _password(request: HttpRequest) -> HttpResponse:
    return redirect("account_change_password")


class AncrageAdminSite(AdminSite):
    """Django's site with the console as its home and allauth as its door."""

    site_header = _("Ancrage · administration")
    site_title = _("Ancrage · administration")
    index_title = _("Console")
    index_template = "admin/console.html"
    enable_nav_sidebar = False
    site_url = "/"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only the rooms' own models: what packages bring (tags, sessions, second factors…) is
        either another door to private things or of no use to an animator."""
        models: Any = (
            [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        )
        ours = [model for model in models if model._meta.app_label in ROOMS]
        super().register(ours, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Asked many times a page: the answer is kept with the request."""
        if not hasattr(request, "may_moderate"):
            allowed = can_moderate_anything(request.user) and has_the_factor(request.user)
            request.may_moderate = allowed  # type: ignore[attr-defined]
        return bool(request.may_moderate)  # type: ignore[attr-defined]

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The one sign-in, with its limits and second factor; no second door. Whoever may open
        the admin goes where she was going; a co-animator who has one factor only is led to the
        second; to a member there is nothing here."""
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(
            target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        ):
            target = reverse("admin:index")
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")
        if self.has_permission(request):
            return redirect(target)
        if not can_moderate_anything(request.user):
            raise Http404
        messages.warning(
            request,
            _("Your role gives access to what others confide: add a second factor first."),
        )
        return redirect("accounts:security")

    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from moderation import console_views as views

        def own(view: Any) -> Any:
            return self.admin_view(view)

        return [
            path("console/demander/<int:pk>/", own(views.ask), name="ask"),
            path("console/saluer/<int:pk>/", own(views.greet), name="greet"),
            path("console/remercier/<int:pk>/", own(views.thank), name="thank"),
            path("console/chercher/", own(views.search), name="search"),
            path("console/reporter/", own(views.put_off), name="put_off"),
            path("console/reprendre/", own(views.bring_back), name="bring_back"),
            # Django's own shortcuts lead around the doors: the first answers the address, hence
            # the title, of any object by its number; the others are a second password page.
            path("r/<path:content_type_id>/<path:object_id>/", own(_nowhere), name="view_on_site"),
            path("password_change/", own(_password), name="password_change"),
            path("password_change/done/", own(_nowhere), name="password_change_done"),
            *super().get_urls(),
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from moderation.desk import Desk

        return super().each_context(request) | {"desk": Desk(request, self)}

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        from moderation.agenda import agenda_for
        from moderation.chart import weeks_for
        from moderation.console import minutes_for
        from moderation.figures import FEW, figures_for

        me = person(request)
        agenda = agenda_for(me)
        context = {
            "agenda": agenda,
            "tasks": agenda.tasks,
            "minutes": minutes_for(agenda.tasks),
            "figures": figures_for(me),
            "weeks": weeks_for(me),
            "few": FEW,
        }
        return super().index(request, context | (extra_context or {}))
