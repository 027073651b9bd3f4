"""The page of a thread, by positions: no counting, no OFFSET, whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from community.models import Reaction
from core import links
from core.audience import State
from core.models import StoredFile
from core.web import person
from forums import attachments, polls, services
from forums.drawing import Acts
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
    """One position of the page: its message, or None when it was set aside. What is done to the
    message is asked at addresses below `url`; `acts` is drawn by `forums.drawing`."""

    position: int
    post: Post | None
    url: str = ""
    byline: str = ""
    files: list[StoredFile] = field(default_factory=list)
    acts: str = ""
    is_new: bool = False
    is_answer: bool = False
    mine: bool = False


@require_safe
def page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """Twenty messages of the thread; reading them is what moves her mark."""
    user = person(request)
    rows = Thread.objects.readable_by(user).with_rights(user, readable=True).with_reading(user)
    rows = rows.select_related("space", "poll", "synthesis__author").annotate(
        answer_position=F("answer__position"),
        tied=Exists(links.has_any("thread", OuterRef("pk"))),
    )
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
    slots = _slots(request, thread, number, rights)
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
        "about": _about(user, thread) if thread.tied else [],
        "poll": polls.shown(thread.poll, user, rights) if hasattr(thread, "poll") else None,
        "summarises": rights.summarise(user),
        "members_url": "" if user.is_guest else reverse("accounts:members"),
    }
    return render(request, "forums/thread.html", context | _foot(request, thread, rights))


def _about(user: User, thread: Thread) -> list[links.End]:
    """What it discusses, as far as she may read it."""
    return [links.end(one, user) for one in links.others(thread, user)]


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


def _slots(request: HttpRequest, thread: Any, number: int, rights: Rights) -> list[Slot]:
    """The positions of the page, in order; what nobody may read any more is an empty place."""
    user = person(request)
    first = (number - 1) * PAGE_SIZE + 1
    last = min(number * PAGE_SIZE, thread.last_position)
    # The thread was found by `readable_by` a moment ago: its posts only narrow it by their state.
    rows = thread.posts.between(first, last)
    if not rights.moderates:
        rows = rows.filter(state=State.PUBLISHED)
    rows = rows.annotate(kept=Exists(user.bookmarks.filter(post_id=OuterRef("pk"))))
    posts = list(rows.select_related("author__organisation", "parent__author").only(*COLUMNS))
    for post in posts:
        post.thread = thread
        if post.parent is not None:
            post.parent.thread = thread
    files = attachments.of_posts(posts)
    mine = Reaction.objects.filter(user_id=user.pk).on("post", [post.pk for post in posts])
    pressed = set(mine.values_list("object_id", "type"))
    acts = Acts(get_token(request), pressed, rights, number)
    found = {post.position: post for post in posts}
    slots = [Slot(position, found.get(position)) for position in range(first, last + 1)]
    base = reverse("forums:post", args=(0,)).removesuffix("0/")
    for slot in slots:
        shown = slot.post
        if shown is None:
            continue
        slot.url = f"{base}{shown.pk}/"
        slot.byline = _byline(shown.signed_by)
        slot.files = files.get(shown.pk, [])
        slot.is_answer = shown.pk == thread.answer_id
        slot.mine = shown.author_id == user.pk
        if shown.state == State.PUBLISHED:
            slot.acts = acts.under(
                shown,
                slot.url,
                mine=slot.mine,
                answer=slot.is_answer,
                edit=rights.edit(shown),
            )
    read_to = thread.read_to or 0
    if read_to and first - 1 <= read_to < thread.newest_position:
        fresh = [slot for slot in slots if slot.position > read_to and slot.post]
        for slot in fresh[:1]:
            slot.is_new = True
    return slots


def _byline(author: User | None) -> str:
    """Her function and her organisation, beside her name."""
    if author is None:
        return ""
    organisation = author.organisation.name if author.organisation else ""
    return ", ".join(filter(None, (author.job_title, organisation)))


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
