"""Every form whose session ended while it was being filled in: kept, and shown again, undone.

A signed cookie says whose pages this browser shows. When a form of a member's page comes back
without a session, its fields are kept for that person; once she has signed in again, the same page
comes with what she had typed in it. Nothing is carried out for her. Composers have a finer door,
which keeps drafts (`core.writing`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from core.errors import Refused
from core.models import KeptForm
from core.schedule import daily
from core.signing import make_token, read_token
from core.web import person

if TYPE_CHECKING:
    from accounts.models import User

PURPOSE = "keeping"
COOKIE = "__Host-plume" if settings.SERVED_HTTPS else "plume"
# As long as a session can be.
KEPT = timedelta(days=30)
RENEWED = timedelta(days=15)
# In the session: the address of the form that was shown with what had been kept.
SHOWN = "kept_form"
# Past these, it is not a form that somebody filled in.
MOST_FIELDS = 200
MOST_LETTERS = 200_000
MOST_FORMS = 20
SECRETS = ("password", "csrf", "code", "token", "otp", "writer")
NOT_TYPED = frozenset({"hidden", "submit", "button", "image", "reset", "file", "password"})
TICKED = frozenset({"checkbox", "radio"})


class KeepTypedMiddleware:
    """Stands before the sign-in wall. See the module."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "signed_out", False):
            # This browser's pages are nobody's any more.
            response.delete_cookie(COOKIE, samesite="Lax")
        elif getattr(request, "user", None) is not None and request.user.is_authenticated:
            self._say_whose(request, response)
            if "repris" in request.GET and request.method == "GET":
                _fill(request, response)
            elif request.method == "POST" and request.session.get(SHOWN) == request.path:
                _settle(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if (
            request.method != "POST"
            or request.user.is_authenticated
            or not getattr(view, "login_required", True)
            or request.headers.get("HX-Request")
        ):
            return None
        writer = _writer(request)
        page = keep(request, by=writer) if writer is not None else ""
        if not page:
            return None
        messages.info(
            request,
            _(
                "Your session had ended. What you typed is kept: sign in to find it again. "
                "Nothing was sent."
            ),
        )
        return redirect_to_login(page)

    @staticmethod
    def _say_whose(request: HttpRequest, response: HttpResponse) -> None:
        try:
            said = read_token(PURPOSE, request.COOKIES.get(COOKIE, ""), RENEWED)
        except Refused:
            said = {}
        if said.get("user") == request.user.pk:
            return
        response.set_cookie(
            COOKIE,
            make_token(PURPOSE, user=request.user.pk),
            max_age=None if request.session.get("shared_computer") else KEPT,
            secure=settings.SERVED_HTTPS,
            httponly=True,
            samesite="Lax",
        )


def _signed_out(request: HttpRequest | None, **_also: Any) -> None:
    if request is not None:
        request.signed_out = True  # type: ignore[attr-defined]


user_logged_out.connect(_signed_out, dispatch_uid="keeping.signed_out")


def _writer(request: HttpRequest) -> User | None:
    """Whose pages this browser shows, while her account is good."""
    try:
        ids = read_token(PURPOSE, request.COOKIES.get(COOKIE, ""), KEPT)
    except Refused:
        return None
    user: User | None = get_user_model().objects.filter(pk=ids.get("user", 0)).first()
    return user if user is not None and user.is_current else None


def keep(request: HttpRequest, *, by: User) -> str:
    """Keep the fields of this POST for `by`; the address that shows them again, or nothing."""
    found = {
        name: [value.replace("\0", "") for value in values]
        for name, values in request.POST.lists()
        if not any(word in name.lower() for word in SECRETS)
    }
    letters = sum(len(value) for values in found.values() for value in values)
    page = _page_of(request)
    if not letters or letters > MOST_LETTERS or len(found) > MOST_FIELDS or len(page) > 290:
        return ""
    mine = KeptForm.objects.filter(user=by)
    if mine.exclude(page=page).count() >= MOST_FORMS:
        return ""
    KeptForm.objects.update_or_create(
        user=by, page=page, defaults={"action": request.path[:300], "fields": found}
    )
    return f"{page}{'&' if '?' in page else '?'}repris=1"


def _page_of(request: HttpRequest) -> str:
    """The page on which the form was: the one that the browser says, when it is one of ours."""
    referer = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(referer, {request.get_host()}, request.is_secure()):
        parts = urlsplit(referer)
        query = "&".join(one for one in parts.query.split("&") if one and one != "repris=1")
        return f"{parts.path}?{query}" if query else parts.path
    return request.path


def _fill(request: HttpRequest, response: HttpResponse) -> None:
    """Put what was kept for this page in its form, and say so."""
    query = "&".join(
        one for one in request.META.get("QUERY_STRING", "").split("&") if one and one != "repris=1"
    )
    page = f"{request.path}?{query}" if query else request.path
    kept = KeptForm.objects.filter(user_id=request.user.pk or 0, page=page).first()
    html = response.headers.get("Content-Type", "").startswith("text/html")
    if kept is None or response.streaming or not html or response.status_code != 200:
        return
    request.session[SHOWN] = kept.action
    charset = response.charset or "utf-8"
    filler = Filler(kept.fields, action=kept.action, page=request.path)
    response.content = filler.filled(response.content.decode(charset)).encode(charset)
    if "Content-Length" in response.headers:
        response.headers["Content-Length"] = str(len(response.content))
    add_never_cache_headers(response)


def _settle(request: HttpRequest, response: HttpResponse) -> None:
    """The form went through: what was kept has served."""
    if response.status_code in (302, 303):
        del request.session[SHOWN]
        KeptForm.objects.filter(user=person(request), action=request.path).delete()


class Filler(HTMLParser):
    """Writes a page again with the fields of one of its forms filled in, and nothing else changed.

    `fields` are {name: [values]}; the form is that which is sent to `action` (a form without
    address is sent to `page`). What a browser does not let people type is left alone.
    """

    def __init__(self, fields: dict[str, list[str]], *, action: str, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.fields = {name: list(values) for name, values in fields.items()}
        self.action = action
        self.page = page
        self.out: list[str] = []
        self.inside = False
        self.silent = False
        self.select = ""

    def filled(self, html: str) -> str:
        self.feed(html)
        self.close()
        return "".join(self.out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        raw = self.get_starttag_text() or ""
        name = said.get("name", "")
        if tag == "form":
            self.inside = (urlsplit(said.get("action", "")).path or self.page) == self.action
        elif self.inside and tag == "select" and name in self.fields:
            self.select = name
        elif self.inside and tag == "option" and self.select:
            raw = _marked(raw, "selected", said.get("value", "") in self.fields[self.select])
        elif self.inside and tag == "input" and said.get("type", "text") not in NOT_TYPED:
            raw = self._input(raw, name, said)
        self._say(raw)
        if self.inside and tag == "textarea" and self.fields.get(name):
            self._say("\n" + escape(self.fields[name].pop(0), quote=False))
            self.silent = True

    def _input(self, raw: str, name: str, said: dict[str, str]) -> str:
        if said.get("type") in TICKED:
            return _marked(raw, "checked", said.get("value", "on") in self.fields.get(name, ()))
        if not self.fields.get(name):
            return raw
        return _valued(raw, self.fields[name].pop(0))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.silent = False
        if tag == "select":
            self.select = ""
        if tag == "form":
            self.inside = False
        self._say(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._say(data)

    def handle_entityref(self, name: str) -> None:
        self._say(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._say(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        self._say(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self._say(f"<!{decl}>")

    def _say(self, text: str) -> None:
        if not self.silent:
            self.out.append(text)


def _attributes(raw: str, *without: str) -> str:
    """A start tag, less some attributes, open at its end."""
    parser = _One()
    parser.feed(raw)
    said = [
        f" {name}" if value is None else f' {name}="{escape(value)}"'
        for name, value in parser.attrs
        if name not in without
    ]
    return f"<{parser.tag}{''.join(said)}"


class _One(HTMLParser):
    """Reads one start tag."""

    tag = ""
    attrs: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tag, self.attrs = tag, attrs

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)


def _marked(raw: str, word: str, wanted: bool) -> str:
    return f"{_attributes(raw, word)}{' ' + word if wanted else ''}>"


def _valued(raw: str, value: str) -> str:
    return f'{_attributes(raw, "value")} value="{escape(value)}">'


@daily(hour=3, name="core.forget_kept_forms")
def forget_kept_forms() -> None:
    """Erase what nobody came back for."""
    KeptForm.objects.filter(kept_at__lt=timezone.now() - KEPT).delete()
