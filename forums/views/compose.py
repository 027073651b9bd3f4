"""Writing: a new thread, a reply. One path from the box to the service, warning included."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from community.audience import readers_of
from community.models import SubCommunity
from core import links
from core.errors import Refused
from core.web import person
from core.writing import keeps_writing, writer_token
from forums import attachments, drafts, mentions, services, warning
from forums.errors import ForeignParent, Merged
from forums.forms import ReplyForm, ThreadForm, split_tags
from forums.models import Post, Thread
from forums.models.post import page_of
from forums.permissions import rights_of
from forums.services.common import plain
from forums.views.common import heir_of, like, thread_or_404
from forums.views.scheduled import put_off

AS_IS = "as-is"
DISCARD = "discard"
NEWCOMERS_NAMED = 3
# Past this without a message, a reply wakes a thread that most people have forgotten.
QUIET = timedelta(days=180)


# ------------------------------------------------------------------------------- a new thread


def _spaces(user: User) -> list[SubCommunity]:
    """Where she may begin a thread, the common space first."""
    rows = SubCommunity.objects.open().readable_by(user)
    mine = rows.filter(memberships__user=user, memberships__ended_at=None)
    found = mine | rows & SubCommunity.objects.moderated_by(user)
    return list(found.distinct().order_by("-is_common", "position", "name"))


def _keep_thread(request: HttpRequest, writer: User) -> str:
    drafts.keep(request, writer, None)
    return reverse("forums:new") + "?brouillon=1"


@keeps_writing(_keep_thread)
def new(request: HttpRequest) -> HttpResponse:
    """One box. What is not filled in is proposed."""
    user = person(request)
    spaces = _spaces(user)
    if user.is_guest or not spaces:
        return render(request, "forums/cannot_start.html", status=403)
    if request.method == "POST":
        found = attempt(request)
        if found.act == DISCARD:
            services.drop_draft(by=user, thread=None, sheet=drafts.sheet_of(request))
            return redirect("forums:new")
        form = _thread_form(user, spaces, found.data.get("space", ""), found.data, request.FILES)
        return publish(
            found,
            form,
            send=lambda form: _start(request, form),
            show=lambda form, found, **more: _show_new(request, form, found, **more),
        )
    draft = drafts.shown(request, user, None) if "brouillon" in request.GET else None
    asked = request.GET.get("communaute") or request.GET.get("espace", "")
    space = next((one for one in spaces if one.slug == asked), spaces[0])
    initial = _fresh(user) | {"space": space.slug, "kind": "question"} | drafts.initial(draft)
    initial.setdefault("about", request.GET.get("a-propos", ""))
    form = _thread_form(user, spaces, initial["space"], initial=initial)
    return _show_new(request, form, draft=draft, waiting=drafts.waiting(user, but=draft))


def _thread_form(
    user: User, spaces: list[SubCommunity], slug: str, *args: Any, **kwargs: Any
) -> ThreadForm:
    space = next((one for one in spaces if one.slug == slug), spaces[0])
    return ThreadForm(
        *args,
        spaces=spaces,
        space=space,
        unnamed=space.unnamed_posts,
        moderates=_animates(user, space),
        **kwargs,
    )


def _animates(user: User, space: SubCommunity) -> bool:
    return user.is_animator and SubCommunity.objects.moderated_by(user).filter(pk=space.pk).exists()


def _show_new(
    request: HttpRequest,
    form: ThreadForm,
    found: Attempt | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The composer, with what was typed, what is wrong with it, or what it could reveal."""
    user = person(request)
    about = links.parse(form["about"].value() or "", user)
    place = {
        "space": form.space,
        "reach": _reach(form.space),
        "about": links.end(about, user) if about is not None else None,
    }
    if found is not None and not found.publishes:
        place["similar"] = like(found.data, form.space, user)
    context = composer(request, form, found) | place | more
    return render(request, "forums/new.html", context, status=status)


def _reach(space: SubCommunity) -> dict[str, int]:
    """Who would read it: so many people, of so many organisations; one query."""
    return readers_of(space).aggregate(
        people=Count("pk"), organisations=Count("organisation", distinct=True)
    )


def _newcomers(request: HttpRequest, space: SubCommunity) -> dict[str, Any]:
    """Who came into the space since the thread of the reply began, the last ones first: they will
    read all of it. Not for guests, who do not read the list of members."""
    user = person(request)
    threads = Thread.objects.readable_by(user).filter(space=space).only("created_at")
    thread = threads.filter(pk=_number(request.GET.get("fil")) or 0).first()
    if thread is None or user.is_guest:
        return {}
    # In one `filter`, so that all is said of the same stay.
    came = readers_of(space).filter(
        memberships__space=space,
        memberships__ended_at=None,
        memberships__joined_at__gt=thread.created_at,
    )
    last_first = came.exclude(pk=user.pk).order_by("-memberships__joined_at", "-pk")
    found = list(last_first[: NEWCOMERS_NAMED + 1])
    named = [one.short_name for one in found[:NEWCOMERS_NAMED]]
    return {"newcomers": named, "and_others": len(found) > NEWCOMERS_NAMED}


@require_safe
def reach(request: HttpRequest) -> HttpResponse:
    """The same by htmx: when another space is chosen, or (`line`) when a reply is begun, so that
    reading a thread counts nobody."""
    user = person(request)
    slug = drafts.slug(request.GET.get("space"))
    space = get_object_or_404(SubCommunity.objects.open().readable_by(user), slug=slug)
    if "line" in request.GET:
        line = {"space": space, "reach": _reach(space)} | _newcomers(request, space)
        return render(request, "forums/parts/reach_line.html", line)
    form = _thread_form(user, [space], slug)
    context = {"space": space, "reach": _reach(space), "form": form}
    return render(request, "forums/parts/reach.html", context)


def _start(request: HttpRequest, form: ThreadForm) -> HttpResponse:
    user, given = person(request), form.cleaned_data
    if given["later"]:
        return put_off(request, form, space=given["space"], thread=None, as_is=_as_is(form))
    thread = services.create_thread(
        by=user,
        space=given["space"],
        title=given["title"],
        kind=given["kind"] or "question",
        tags=split_tags(given["tags"]),
        attachments=given["kept"],
        submission=given["submission"],
        about=links.parse(given["about"], user),
        **form.written(),
        **form.flags(),
    )
    drafts.posted(given, user, None)
    tell_unreached(request, thread.posts.get(position=1))
    return redirect(thread.get_absolute_url())


# ------------------------------------------------------------------------------------ a reply


def _keep_reply(request: HttpRequest, writer: User, pk: int) -> str:
    thread = Thread.objects.readable_by(writer).select_related("space").filter(pk=pk).first()
    thread = thread or heir_of(writer, pk)
    if thread is None:
        return reverse("forums:thread", args=(pk,))
    drafts.keep(request, writer, thread)
    page = page_of(thread.last_position)
    return f"{thread.get_absolute_url()}?page={page}&brouillon=1#repondre"


@keeps_writing(_keep_reply)
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A reply, posted from the foot of the thread; what stops it is shown on a page of its own."""
    heir = heir_of(person(request), pk) if request.method == "POST" else None
    if heir is not None:
        return _merged(request, heir)
    thread = thread_or_404(request, pk)
    if request.method != "POST":
        return redirect(f"{thread.get_absolute_url()}#repondre")
    found = attempt(request)
    if found.act == DISCARD:
        sheet = drafts.sheet_of(request)
        services.drop_draft(by=person(request), thread=thread, sheet=sheet)
        return redirect(thread.get_absolute_url())
    return publish(
        found,
        reply_form(request, thread, found.data, request.FILES),
        send=lambda form: _send(request, thread, form),
        show=lambda form, found, **more: _show_reply(request, thread, form, found, **more),
    )


def _merged(request: HttpRequest, heir: Thread) -> HttpResponse:
    """The thread was merged while she wrote: she looks at who will read her text, then sends it."""
    found = attempt(request)
    form = reply_form(request, heir, found.data, request.FILES)
    form.refuse(Merged())
    return _show_reply(request, heir, form, found, status=Merged.status)


def _show_reply(
    request: HttpRequest,
    thread: Thread,
    form: ReplyForm,
    found: Attempt,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    place = {"thread": thread, "space": thread.space, "quiet_since": quiet_since(thread)}
    context = composer(request, form, found) | place | more
    return render(request, "forums/reply.html", context, status=status)


def _send(request: HttpRequest, thread: Thread, form: ReplyForm) -> HttpResponse:
    user, given = person(request), form.cleaned_data
    if given["later"]:
        return put_off(request, form, space=thread.space, thread=thread, as_is=_as_is(form))
    post = services.reply(
        thread,
        by=user,
        parent=_parent(user, thread, given["parent"]),
        attachments=given["kept"],
        submission=given["submission"],
        **form.written(),
        **form.flags(),
    )
    drafts.posted(given, user, thread)
    tell_unreached(request, post)
    return redirect(post.get_absolute_url())


def quiet_since(thread: Thread) -> datetime | None:
    """When the last message of a thread was written, if that is long ago."""
    return thread.last_post_at if thread.last_post_at < timezone.now() - QUIET else None


def reply_form(request: HttpRequest, thread: Thread, *args: Any, **kwargs: Any) -> ReplyForm:
    return ReplyForm(
        *args,
        unnamed=thread.space.unnamed_posts,
        moderates=rights_of(request.user, thread).moderates,
        **kwargs,
    )


def _parent(user: User, thread: Thread, pk: int | None) -> Post | None:
    if pk is None:
        return None
    parent = Post.objects.readable_by(user).filter(pk=pk, thread_id=thread.pk).first()
    if parent is None:
        raise ForeignParent
    return parent


def reply_initial(request: HttpRequest, thread: Thread) -> dict[str, Any]:
    """What the box at the foot of the page holds: a kept draft, a quotation, or nothing."""
    user = person(request)
    initial = _fresh(user)
    if services.unnamed_in(thread, by=user):
        initial["unnamed"] = True
    quotes = ""
    quoted = _number(request.GET.get("citer")) or _number(request.GET.get("repondre"))
    if quoted:
        parent = (
            Post.objects.readable_by(user)
            .select_related("author")
            .filter(pk=quoted, thread_id=thread.pk)
            .first()
        )
        if parent is not None:
            initial |= {"parent": parent.pk, "replied": parent}
            if request.GET.get("citer"):
                quotes = quotation(parent.text)
    kept = getattr(thread, "drafted", True)
    draft = drafts.shown(request, user, thread) if kept else None
    found = drafts.initial(draft)
    if quotes:
        found["text"] = _below(found, quotes)
        found |= {"parent": initial["parent"]}
    return initial | found | {"draft": draft}


def _below(found: dict[str, Any], quotes: str) -> str:
    """What was begun, then the quotation, in the form that the box holds."""
    begun = found.get("text", "")
    if found.get("text_format") == "html":
        return f"{begun}{plain(quotes).html}<p>&nbsp;</p>"
    return f"{begun.rstrip()}\n\n{quotes}" if begun.strip() else quotes


def quotation(text: str) -> str:
    """The words of somebody, as the plain box shows a quotation, and room to write below."""
    own = [line for line in text.splitlines() if not line.startswith(">")]
    lines = "\n".join(own).strip().splitlines()
    return "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _number(value: str | None) -> int | None:
    return (
        int(value) if value and value.isascii() and value.isdecimal() and len(value) < 19 else None
    )


# ------------------------------------------------------------------- what both have in common


def _as_is(form: ThreadForm | ReplyForm) -> bool:
    """Whether she saw what could identify somebody, and publishes."""
    return form.data.get("act") == AS_IS


def tell_unreached(request: HttpRequest, post: Post) -> None:
    """Say whom she named and whom the message does not reach."""
    if "@" not in request.POST.get("text", ""):
        return
    for name in mentions.unreached(request.POST["text"], post, by=person(request)):
        said = _("%(name)s will not be told: no access to this space.")
        messages.warning(request, said % {"name": name})


def _fresh(user: User) -> dict[str, Any]:
    return {"submission": uuid.uuid4(), "writer": writer_token(user)}


@dataclass
class Attempt:
    """One sending of a composer: what came, as it will be shown again if it is not published."""

    request: HttpRequest
    data: QueryDict
    act: str
    lost: list[str]
    refusal: Refused | None = None

    @property
    def publishes(self) -> bool:
        """Pressed "Publier", with a good protection token."""
        return self.act in ("", AS_IS) and not getattr(self.request, "unsure", False)


def attempt(request: HttpRequest) -> Attempt:
    """Read a composer's POST: replacements done, new files kept with the form."""
    data = request.POST.copy()
    act = "replace" if data.get("replace") else data.get("act", "")
    if act == "replace":
        replace_found(data)
    # The marks of the form that will be shown again, were it posted without them.
    data["writer"] = writer_token(person(request))
    data.setdefault("submission", str(uuid.uuid4()))
    found = Attempt(request, data, act, [])
    _keep_files(found)
    return found


def replace_found(data: QueryDict) -> None:
    """Put the proposed words in place of what was found, once or everywhere."""
    field, _colon, which = str(data["replace"]).partition(":")
    if field in ("title", "all"):
        data["title"] = warning.mended(data.get("title", ""), which or "all")[0]
    if field in ("text", "all"):
        is_html = data.get("text_format") == "html"
        data["text"], still = warning.mended(data.get("text", ""), which or "all", is_html=is_html)
        data["text_format"] = "html" if still else ""


def _keep_files(found: Attempt) -> None:
    """Store the files that came, so that showing the form again does not lose them. One whose
    name could identify somebody is stored only when the person says so."""
    user = person(found.request)
    kept = found.data.getlist("kept")
    for upload in found.request.FILES.getlist("files"):
        if found.act != AS_IS and warning.found_in(upload.name or ""):
            found.lost.append(upload.name or "")
            continue
        try:
            kept.append(str(attachments.keep(upload, by=user).pk))
        except Refused as refusal:
            found.refusal = refusal
    found.data.setlist("kept", kept)


def publish(
    found: Attempt,
    form: Any,
    *,
    send: Callable[[Any], HttpResponse],
    show: Callable[..., HttpResponse],
) -> HttpResponse:
    """Warn, publish, or show again what was typed."""
    parts = warning.look(
        found.data.get("text", ""),
        is_html=form.is_html,
        title=found.data.get("title", ""),
        names=found.lost,
    )
    if not found.publishes:
        return show(form.quiet(), found, parts=parts)
    if form.is_valid() and found.refusal is not None:
        form.add_error("files", str(found.refusal))
    if not form.is_valid():
        return show(form, found, status=400)
    if parts and found.act != AS_IS:
        return show(form, found, parts=parts)
    try:
        return send(form)
    except Refused as refusal:
        form.refuse(refusal)
        return show(form, found, status=refusal.status)


def composer(request: HttpRequest, form: Any, found: Attempt | None = None) -> dict[str, Any]:
    """What the composer's template needs."""
    kept = found.data.getlist("kept") if found else []
    ids = form.fields["kept"].to_python(kept)
    return {
        "form": form,
        "kept": list(attachments.loose(ids, by=person(request))) if ids else [],
        "lost": found.lost if found else [],
        "unsure": getattr(request, "unsure", False),
    }
