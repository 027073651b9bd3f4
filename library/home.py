"""What documents bring to the pages that show many kinds: home, a space, the animators' console."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audience import State
from core.content import Decision, Section
from library.models import Document

if TYPE_CHECKING:
    from accounts.models import User
    from community.models import SubCommunity
    from core.audience import Viewer

HOME_ROWS = 4
SPACE_ROWS = 5
# Older than this, a document is no news.
NEW = timedelta(days=30)
DECIDE_MINUTES = 5


def for_rows(rows: Any) -> Any:
    """What a row of a list draws of a document, its keywords aside."""
    return rows.select_related("space", "current__file")


def on_home(user: User) -> Section:
    """A place for what is new, which the page asks for once it is scrolled to: home has no query
    to spare."""
    return Section("library/on_home.html", {})


def news(user: User) -> list[Document]:
    """The documents of the last weeks, and hers that await something, whatever their age."""
    mine = Q(owner_id=user.pk, state=State.PENDING)
    recent = Q(created_at__gt=timezone.now() - NEW, state=State.PUBLISHED)
    rows = Document.objects.readable_by(user).filter(mine | recent)
    return list(for_rows(rows).recent_first()[:HOME_ROWS])


def in_space(space: SubCommunity, viewer: Viewer) -> Section:
    """The newest documents shared with the members of the space."""
    rows = Document.objects.readable_by(viewer).filter(space=space)
    found = list(for_rows(rows).recent_first()[:SPACE_ROWS])
    return Section("library/in_space.html", {"space": space, "documents": found})


def to_decide(user: User, rows: int) -> list[Decision]:
    """The documents that await her approval, longest waiting first."""
    waiting = Document.objects.moderated_by(user).filter(
        state=State.PENDING, approval=Document.Approval.WAITING
    )
    found = waiting.select_related("space", "owner").order_by("created_at")[:rows]
    return [_decision(document) for document in found]


def _decision(document: Document) -> Decision:
    space = document.space
    place = space.name if space is not None else _("The community")
    return Decision(
        chip=gettext_lazy("Document"),
        title=document.title,
        quiet_title=_("A document to approve in %(space)s") % {"space": place},
        since=document.created_at,
        url=document.get_absolute_url(),
        action=gettext_lazy("Decide"),
        minutes=DECIDE_MINUTES,
        details=[place, *([document.owner.full_name] if document.owner else [])],
    )
