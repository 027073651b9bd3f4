"""The charters of spaces and the code of conduct: versions, and who accepted them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from community.errors import CharterReplaced
from community.models import Charter, CharterAcceptance, SubCommunity
from community.permissions import can_publish_charter, can_read_charter
from community.services.members import lock
from core import log
from core.errors import Invalid, NotAllowed
from core.events import emit


@transaction.atomic
def accept_charter(charter: Charter, *, by: User) -> CharterAcceptance:
    """Remember that she accepted this version; once is enough.

    Raises `CharterReplaced` when a newer version exists, `NotAllowed` when she does not know of
    the space.
    """
    if not can_read_charter(by, charter):
        raise NotAllowed
    newest = Charter.objects.filter(space=charter.space).order_by("-version").first()
    if newest is None or newest.pk != charter.pk:
        raise CharterReplaced
    acceptance, made = CharterAcceptance.objects.get_or_create(user=by, charter=charter)
    if made:
        log.record("charter.accepted", charter, by=by, version=charter.version)
    return acceptance


@transaction.atomic
def publish_charter(
    space: SubCommunity | None, articles: Sequence[Mapping[str, str]], *, by: User | None
) -> Charter:
    """Publish the next version of a charter, or of the code of conduct (`space=None`).

    `articles` are {"title", "text"}; a title may be empty. The same articles again give the
    version that stands. Raises `NotAllowed`, `Invalid`.
    """
    # The code of conduct has no space of its own: its versions take turns on the common one.
    held = space or SubCommunity.objects.filter(is_common=True).first()
    if held is not None:
        held = lock(held)
        space = held if space is not None else None
    if not can_publish_charter(by, space):
        raise NotAllowed
    kept = [
        {"title": article.get("title", "").strip(), "text": article.get("text", "").strip()}
        for article in articles
    ]
    kept = [article for article in kept if article["title"] or article["text"]]
    if not kept:
        raise Invalid
    newest = Charter.objects.filter(space=space).order_by("-version").first()
    if newest is not None and newest.articles == kept:
        return newest
    last = Charter.objects.filter(space=space).aggregate(last=Max("version"))["last"] or 0
    charter = Charter.objects.create(space=space, version=last + 1, articles=kept, published_by=by)
    log.record("charter.published", charter, by=by, version=charter.version)
    emit("charter.published", charter=charter.pk)
    return charter
