"""What is asked from elsewhere than the site: a feed, by a reader; the end of the mails, by a
mail program. Nobody is signed in: the address says who."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from core.ratelimit import by_address, limited
from core.signing import TokenInvalid, read_token
from core.site import absolute, site
from search import services, shown
from search.errors import NoSuchSpace
from search.links import PURPOSE
from search.models import SavedSearch
from search.views.saved import wanted_of
from search.wanted import Wanted, spaces_of

ENTRIES = 30
FORMS: dict[str, Any] = {"atom": Atom1Feed, "rss": Rss201rev2Feed}


@login_not_required
@require_safe
@limited("feed", limit=120, window=600, key=by_address, methods=("GET", "HEAD"))
def feed(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The newest of a saved search, as its person may read it at this moment.

    A key that was renewed, an account that ended, a space that she left or whose content stays
    inside: all answer as an address that never was.
    """
    saved = SavedSearch.objects.select_related("user").filter(key=key).first()
    if saved is None or not saved.user.is_current:
        raise Http404
    try:
        wanted = wanted_of(saved, spaces_of(saved.user))
    except NoSuchSpace:
        raise Http404 from None
    if wanted.stays_inside:
        raise Http404
    with translation.override(saved.user.language):
        drawn = _drawn(saved, wanted, request, FORMS[form])
    response = HttpResponse(drawn.writeString("utf-8"), content_type=drawn.content_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _drawn(saved: SavedSearch, wanted: Wanted, request: HttpRequest, form: Any) -> Any:
    """The feed, an entry a result, in the form of its reader (Atom or RSS)."""
    drawn = form(
        title=f"{saved.name} · {site().name}",
        link=absolute(shown.address(wanted)),
        description=_("What is new in a saved search."),
        language="en" if saved.user.language.startswith("en") else "fr-CA",
        feed_url=absolute(request.path),
    )
    for hit in wanted.newest(saved.user, size=ENTRIES).hits:
        row = hit.row
        named: dict[str, Any] = {"author_name": row.author_name} if row.author_name else {}
        drawn.add_item(
            title=row.title,
            link=absolute(hit.url),
            description=strip_tags(hit.excerpt),
            unique_id=absolute(row.url),
            pubdate=row.since,
            updateddate=row.since,
            categories=[str(hit.kind.label)],
            **named,
        )
    return drawn


@csrf_exempt  # RFC 8058: mail programs post here without a page of ours; the token is the proof
@login_not_required
@limited("stop mail", limit=60, window=600, key=by_address)
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """From a mail: GET asks, POST stops all of her weekly mails of saved searches."""
    ids = read_token(PURPOSE, token)
    if request.method != "POST":
        return render(request, "search/stop.html", {"done": False})
    user = User.objects.filter(pk=ids["user"]).first()
    if user is None:
        raise TokenInvalid
    services.stop_all_mail(by=user)
    return render(request, "search/stop.html", {"done": True})
