"""The page of a thread, by positions: no counting, no OFFSET, whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from community.models import Reaction
from core.audience import State
from core.models import StoredFile
from core.web import person
from forums import attachments, services
from forums.models import Post, Thread
from forums.models.post import PAGE_SIZE, page_of
from forums.permissions import Rights, rights_of
from forums.views.compose import composer, reply_form, reply_initial

# What a message of the page shows of its author, of the one it answers, and nothing more: these
# columns are read twenty times a page.
COLUMNS = (
    "position",
    "unnamed",
    "as_animation",
    "html",
    "state",
    "created_at",
    "edited_at",
    "edited_by_animation",
    "thanks_count",
    "useful_count",
    "same_count",
    "thread_id",
    "author__first_name",
    "author__last_name",
    "author__job_title",
    "author__photo",
    "author__organisation__name",
    "parent__position",
    "parent__unnamed",
    "parent__state",
    "parent__author__first_name",
    "parent__author__last_name",
)


@dataclass
class Slot:
    """One position of the page: its message, or None when it was set aside."""

    position: int
    post: Post | None
    files: list[StoredFile] = field(default_factory=list)
    reactions: list[Gesture] = field(default_factory=list)
    is_new: bool = False
    is_answer: bool = False
    mine: bool = False
    may_edit: bool = False


@dataclass(frozen=True)
class Gesture:
    """One reaction as its button shows it."""

    type: str
    label: str
    icon: str
    count: int
    pressed: bool


@require_safe
def page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """Twenty messages of the thread; reading them is what moves her mark."""
    user = person(request)
    rows = Thread.objects.readable_by(user).with_rights(user).with_reading(user)
    rows = rows.select_related("space", "owner").annotate(answer_position=F("answer__position"))
    thread: Any = get_object_or_404(rows, pk=pk)
    address = thread.get_absolute_url()
    if slug and request.path != address:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)
    if "nouveau" in request.GET:
        return redirect(_first_unread(thread))
    pages = page_of(thread.last_position)
    number = _page_number(request, pages)
    rights = rights_of(user, thread)
    slots = _slots(thread, number, user, rights)
    services.visit(thread, number * PAGE_SIZE, by=user)
    context = {
        "thread": thread,
        "space": thread.space,
        "rights": rights,
        "slots": slots,
        "page": number,
        "pages": pages,
        "answer_url": _place(thread, thread.answer_position) if thread.answer_position else "",
        "tags": thread.tags.all(),
    }
    return render(request, "forums/thread.html", context | _foot(request, thread, rights))


def _page_number(request: HttpRequest, pages: int) -> int:
    asked = request.GET.get("page", "")
    if not (asked.isascii() and asked.isdecimal() and len(asked) < 10):
        return 1
    return min(max(int(asked), 1), pages)


def _place(thread: Thread, position: int) -> str:
    number = page_of(position)
    query = f"?page={number}" if number > 1 else ""
    return f"{thread.get_absolute_url()}{query}#message-{position}"


def _first_unread(thread: Any) -> str:
    read_to = thread.read_to or 0
    return _place(thread, max(1, min(read_to + 1, thread.last_position)))


def _slots(thread: Any, number: int, user: User, rights: Rights) -> list[Slot]:
    """The positions of the page, in order; what nobody may read any more is an empty place."""
    first = (number - 1) * PAGE_SIZE + 1
    last = min(number * PAGE_SIZE, thread.last_position)
    visible = (
        Post.objects.moderated_by(user) if rights.moderates else Post.objects.readable_by(user)
    )
    posts = list(
        visible.filter(thread_id=thread.pk)
        .between(first, last)
        .select_related("author__organisation", "parent__author")
        .only(*COLUMNS)
    )
    for post in posts:
        post.thread = thread
        if post.parent is not None:
            post.parent.thread = thread
    files = attachments.of_posts(posts)
    mine = Reaction.objects.filter(user_id=user.pk).on("post", [post.pk for post in posts])
    pressed = set(mine.values_list("object_id", "type"))
    found = {post.position: post for post in posts}
    slots = [Slot(position, found.get(position)) for position in range(first, last + 1)]
    for slot in slots:
        shown = slot.post
        if shown is None:
            continue
        slot.files = files.get(shown.pk, [])
        slot.reactions = gestures(shown, {kind for pk, kind in pressed if pk == shown.pk})
        slot.is_answer = shown.pk == thread.answer_id
        slot.mine = shown.author_id == user.pk
        slot.may_edit = shown.state == State.PUBLISHED and rights.edit(shown)
    read_to = thread.read_to or 0
    if read_to and first - 1 <= read_to < thread.newest_position:
        fresh = [slot for slot in slots if slot.position > read_to and slot.post]
        for slot in fresh[:1]:
            slot.is_new = True
    return slots


def gestures(post: Post, pressed: set[str]) -> list[Gesture]:
    Type = Reaction.Type
    drawn = (
        (Type.THANKS, "thanks", post.thanks_count),
        (Type.USEFUL, "useful", post.useful_count),
        (Type.SAME, "metoo", post.same_count),
    )
    return [
        Gesture(kind.value, str(kind.label), icon, count, kind.value in pressed)
        for kind, icon, count in drawn
    ]


def _foot(request: HttpRequest, thread: Thread, rights: Rights) -> dict[str, Any]:
    """The composer: for who may reply, and for who comes back to a text that she could not post."""
    if not rights.reply and "brouillon" not in request.GET:
        return {}
    initial = reply_initial(request, thread)
    draft = initial.pop("draft")
    if not rights.reply and draft is None:
        return {}
    replied = initial.pop("replied", None)
    form = reply_form(request, thread, initial=initial)
    return composer(request, form) | {"draft": draft, "replied": replied}


@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """The way to one message by its number, as mails of confidential spaces give it."""
    user = person(request)
    found = Post.objects.readable_by(user).select_related("thread__space").filter(pk=pk).first()
    if found is None:
        raise Http404
    return redirect(found.get_absolute_url())
