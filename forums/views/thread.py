"""The page of a thread, by positions: no counting, no OFFSET, whatever its length."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, Max, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from community.models import Reaction
from core import links
from core.audience import State
from core.models import StoredFile
from core.web import person
from forums import attachments, drafts, mentions, polls, services
from forums.drawing import Acts
from forums.models import FormerPlace, Post, Thread
from forums.models.post import PAGE_SIZE, page_of
from forums.permissions import Rights, rights_of
from forums.views.compose import composer, quiet_since, reply_form, reply_initial
from forums.views.following import follow_form
from forums.views.moving import former_page
from notifications.models import IncomingMail

# What an address may ask of a thread that is no longer there.
MOST_PAGES = 10**8

# What a message of the page shows of its author, of the one it answers, and nothing more: these
# columns are read twenty times a page.
COLUMNS = (
    "position",
    "unnamed",
    "as_animation",
    "by_mail",
    "outsider",
    "html",
    "state",
    "created_at",
    "edited_at",
    "edited_by_animation",
    "thanks_count",
    "useful_count",
    "same_count",
    "thread_id",
    "parent_id",
    "author__first_name",
    "author__last_name",
    "author__job_title",
    "author__photo",
    "author__organisation__name",
    "parent__position",
    "parent__thread_id",
    "parent__unnamed",
    "parent__outsider",
    "parent__state",
    "parent__author__first_name",
    "parent__author__last_name",
)


@dataclass
class Slot:
    """One position of the page: its message, or None when it was set aside, or `elsewhere`, where
    it was moved. What is done to the message is asked at addresses below `url`; `acts` is drawn by
    `forums.drawing`. `by_mail` is the mail that it came by, for its author."""

    position: int
    post: Post | None
    elsewhere: Post | None = None
    url: str = ""
    byline: str = ""
    files: list[StoredFile] = field(default_factory=list)
    acts: str = ""
    is_new: bool = False
    is_answer: bool = False
    mine: bool = False
    by_mail: IncomingMail | None = None


@require_safe
def page(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """Twenty messages of the thread; reading them is what moves her mark."""
    user = person(request)
    rows = Thread.objects.readable_by(user).with_rights(user, readable=True).with_reading(user)
    rows = rows.select_related("space", "poll", "synthesis__author").annotate(
        answer_position=F("answer__position"),
        tied=Exists(links.has_any("thread", OuterRef("pk"))),
        left=Exists(FormerPlace.objects.filter(thread_id=OuterRef("pk"))),
    )
    thread: Any = rows.with_pk(pk)
    if thread is None:
        return former_page(request, pk, _page_number(request, MOST_PAGES))
    address = thread.get_absolute_url()
    if slug and request.path != address:
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{address}?{query}" if query else address)
    if "nouveau" in request.GET:
        return redirect(_place(thread, services.first_unread(thread, by=user)))
    number = _page_number(request, page_of(thread.last_position))
    rights = rights_of(user, thread)
    slots = _slots(request, thread, number, rights)
    if not slots:
        return redirect(_nearest(request, thread, number))
    pages = max(number, page_of(_last(thread)))
    services.visit(thread, number * PAGE_SIZE, by=user)
    context = {
        "thread": thread,
        "space": thread.space,
        "rights": rights,
        "slots": slots,
        "page": number,
        "pages": pages,
        "unread_url": _unread_elsewhere(thread, number),
        "answer_url": _place(thread, thread.answer_position) if thread.answer_position else "",
        "tags": thread.tags.all(),
        "follow": follow_form(thread),
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


def _unread_elsewhere(thread: Any, number: int) -> str:
    """Where what she has not read begins, when she was here before and it is on another page."""
    read_to = thread.read_to or 0
    fresh = 0 < read_to < thread.newest_position and page_of(read_to + 1) != number
    return f"{thread.get_absolute_url()}?nouveau=1" if fresh else ""


def _last(thread: Any) -> int:
    """The last position where there is still a message."""
    if not thread.left:
        return int(thread.last_position)
    return thread.posts.aggregate(last=Max("position"))["last"] or 1


def _nearest(request: HttpRequest, thread: Thread, number: int) -> str:
    """The page that follows one whose messages all went where she does not read, or else the last
    one before it."""
    shown = thread.posts.filter(state=State.PUBLISHED).order_by("position")
    positions = shown.values_list("position", flat=True)
    after = positions.filter(position__gt=number * PAGE_SIZE).first()
    query = request.GET.copy()
    query["page"] = str(page_of(after or positions.last() or 1))
    return f"{request.path}?{query.urlencode()}"


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
    _draw_parents(posts, thread, user)
    mentions.draw(posts, thread.space, linked=not user.is_guest)
    files = attachments.of_posts(posts)
    mine = Reaction.objects.filter(user_id=user.pk).on("post", [post.pk for post in posts])
    pressed = set(mine.values_list("object_id", "type"))
    acts = Acts(get_token(request), pressed, rights, number)
    found = {post.position: post for post in posts}
    slots = [Slot(position, found.get(position)) for position in range(first, last + 1)]
    if thread.left:
        slots = _without_the_gone(slots, thread, user)
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
    _show_mails(slots, user)
    read_to = thread.read_to or 0
    if read_to and first - 1 <= read_to < thread.newest_position:
        fresh = [slot for slot in slots if slot.position > read_to and slot.post]
        for slot in fresh[:1]:
            slot.is_new = True
    return slots


def _show_mails(slots: list[Slot], user: User) -> None:
    """Under her own messages that came by mail, what was taken out of the mail: no query when
    there are none."""
    hers = {slot.post.pk: slot for slot in slots if slot.mine and slot.post and slot.post.by_mail}
    if hers:
        for mail in IncomingMail.objects.of(user).that_made("post", list(hers)):
            hers[mail.object_id or 0].by_mail = mail


def _draw_parents(posts: list[Post], thread: Thread, user: User) -> None:
    """What each message answers, if it is said: not the opening of the thread, nor what was set
    aside, nor what she does not read in the other thread where it is."""
    answered = [post.parent for post in posts if post.parent is not None]
    away = [parent.pk for parent in answered if parent.thread_id != thread.pk]
    rows = Post.objects.readable_by(user).select_related("thread__space", "author")
    read = {row.pk: row for row in rows.filter(pk__in=away)} if away else {}
    for post in posts:
        parent = post.parent
        if parent is None:
            continue
        if parent.thread_id != thread.pk:
            post.parent = read.get(parent.pk)
        elif parent.is_opening or parent.state != State.PUBLISHED:
            post.parent = None
        else:
            parent.thread = thread


def _without_the_gone(slots: list[Slot], thread: Thread, user: User) -> list[Slot]:
    """For who reads it where it is now, a place that a message left leads to it; for others there
    is nothing there."""
    rows = FormerPlace.objects.shown_to(user).filter(thread=thread)
    places: dict[int, Any] = {
        place.position: place for place in rows.between(slots[0].position, slots[-1].position)
    }
    for slot in slots:
        place = places.get(slot.position)
        if place is not None and place.shown:
            slot.elsewhere = place.post
    return [slot for slot in slots if slot.elsewhere or slot.position not in places]


def _byline(author: User | None) -> str:
    """Her function and her organisation, beside her name."""
    if author is None:
        return ""
    organisation = author.organisation.name if author.organisation else ""
    return ", ".join(filter(None, (author.job_title, organisation)))


def _foot(request: HttpRequest, thread: Thread, rights: Rights) -> dict[str, Any]:
    """The composer: for who may reply, and for who comes back to a text that she could not post."""
    if not rights.reply and not getattr(thread, "drafted", False):
        return {}
    initial = reply_initial(request, thread)
    draft = initial.pop("draft")
    if not rights.reply and draft is None:
        return {}
    replied = initial.pop("replied", None)
    form = reply_form(request, thread, initial=initial)
    quiet = quiet_since(thread)
    others = drafts.waiting(person(request), thread, but=draft) if draft else []
    waits = {"draft": draft, "replied": replied, "waiting": others, "quiet_since": quiet}
    return composer(request, form) | waits


@require_safe
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """The way to one message by its number, as mails of confidential spaces give it."""
    user = person(request)
    found = Post.objects.readable_by(user).select_related("thread__space").with_pk(pk)
    if found is None:
        raise Http404
    return redirect(found.get_absolute_url())
