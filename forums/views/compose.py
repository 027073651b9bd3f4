"""Writing: a new thread, a reply. One path from the box to the service, warning included."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import User
from community.audience import readers_of
from community.models import SubCommunity
from core import links
from core.errors import Refused
from core.web import person
from core.writing import keeps_writing, writer_token
from forums import attachments, services, warning
from forums.errors import ForeignParent
from forums.forms import ReplyForm, ThreadForm, split_tags
from forums.models import Draft, Post, Thread
from forums.models.post import page_of
from forums.permissions import rights_of
from forums.views.common import thread_or_404
from forums.views.scheduled import put_off

AS_IS = "as-is"
DISCARD = "discard"
# Texts kept through the end of a session and not taken up again, as the composer recalls them.
KEPT_SHOWN = 5


# ------------------------------------------------------------------------------- a new thread


def _spaces(user: User) -> list[SubCommunity]:
    """Where she may begin a thread, the common space first."""
    rows = SubCommunity.objects.open().readable_by(user)
    mine = rows.filter(memberships__user=user, memberships__ended_at=None)
    found = mine | rows & SubCommunity.objects.moderated_by(user)
    return list(found.distinct().order_by("-is_common", "position", "name"))


def _keep_thread(request: HttpRequest, writer: User) -> str:
    spaces = SubCommunity.objects.readable_by(writer)
    services.keep_draft(
        by=writer,
        thread=None,
        space=spaces.filter(slug=_slug(request.POST.get("space"))).first(),
        title=request.POST.get("title", ""),
        details=_details(request),
        **_typed(request),
    )
    return reverse("forums:new") + "?brouillon=1"


def _slug(value: str | None) -> str:
    """What a database can be asked: no NUL, no endless text."""
    return (value or "").replace("\0", "")[:80]


def _typed(request: HttpRequest) -> dict[str, Any]:
    text = request.POST.get("text", "")
    return {"html": text} if request.POST.get("text_format") == "html" else {"text": text}


def _details(request: HttpRequest) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: request.POST[name].replace("\0", "")
        for name in ("kind", "tags", "unnamed", "as_animation", "parent", "about")
        if request.POST.get(name)
    }
    files = len(request.FILES.getlist("files")) + len(request.POST.getlist("kept"))
    return found | ({"files": files} if files else {})


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
            services.drop_draft(by=user, thread=None)
            return redirect("forums:new")
        form = _thread_form(user, spaces, found.data.get("space", ""), found.data, request.FILES)
        return publish(
            found,
            form,
            send=lambda form: _start(request, form),
            show=lambda form, found, **more: _show_new(request, form, found, **more),
        )
    draft = _draft(request, user, None)
    asked = request.GET.get("communaute") or request.GET.get("espace", "")
    space = next((one for one in spaces if one.slug == asked), spaces[0])
    initial = _fresh(user) | {"space": space.slug, "kind": "question"} | _from_draft(draft)
    initial.setdefault("about", request.GET.get("a-propos", ""))
    form = _thread_form(user, spaces, initial["space"], initial=initial)
    kept = [] if draft else Draft.objects.of(user).select_related("thread__space")[:KEPT_SHOWN]
    return _show_new(request, form, draft=draft, waiting=kept)


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
    context = composer(request, form, found) | place | more
    return render(request, "forums/new.html", context, status=status)


def _reach(space: SubCommunity) -> dict[str, int]:
    """Who would read it: so many people, of so many organisations; one query."""
    return readers_of(space).aggregate(
        people=Count("pk"), organisations=Count("organisation", distinct=True)
    )


@require_safe
def reach(request: HttpRequest) -> HttpResponse:
    """The same by htmx: when another space is chosen, or (`line`) when a reply is begun, so that
    reading a thread counts nobody."""
    user = person(request)
    slug = _slug(request.GET.get("space"))
    space = get_object_or_404(SubCommunity.objects.open().readable_by(user), slug=slug)
    if "line" in request.GET:
        line = {"space": space, "reach": _reach(space)}
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
    if given["brouillon"]:
        services.drop_draft(by=user, thread=None)
    return redirect(thread.get_absolute_url())


# ------------------------------------------------------------------------------------ a reply


def _keep_reply(request: HttpRequest, writer: User, pk: int) -> str:
    thread = Thread.objects.readable_by(writer).select_related("space").filter(pk=pk).first()
    if thread is None:
        return reverse("forums:thread", args=(pk,))
    services.keep_draft(by=writer, thread=thread, details=_details(request), **_typed(request))
    page = page_of(thread.last_position)
    return f"{thread.get_absolute_url()}?page={page}&brouillon=1#repondre"


@keeps_writing(_keep_reply)
def reply(request: HttpRequest, pk: int) -> HttpResponse:
    """A reply, posted from the foot of the thread; what stops it is shown on a page of its own."""
    thread = thread_or_404(request, pk)
    if request.method != "POST":
        return redirect(f"{thread.get_absolute_url()}#repondre")
    found = attempt(request)
    if found.act == DISCARD:
        services.drop_draft(by=person(request), thread=thread)
        return redirect(thread.get_absolute_url())
    return publish(
        found,
        reply_form(request, thread, found.data, request.FILES),
        send=lambda form: _send(request, thread, form),
        show=lambda form, found, **more: _show_reply(request, thread, form, found, **more),
    )


def _show_reply(
    request: HttpRequest,
    thread: Thread,
    form: ReplyForm,
    found: Attempt,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    place = {"thread": thread, "space": thread.space}
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
    if given["brouillon"]:
        services.drop_draft(by=user, thread=thread)
    return redirect(post.get_absolute_url())


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
                initial["text"] = quotation(parent.text)
    draft = _draft(request, user, thread)
    return initial | _from_draft(draft) | {"draft": draft}


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


def _fresh(user: User) -> dict[str, Any]:
    return {"submission": uuid.uuid4(), "writer": writer_token(user)}


def _draft(request: HttpRequest, user: User, thread: Thread | None) -> Draft | None:
    if "brouillon" not in request.GET:
        return None
    return Draft.objects.of(user).filter(thread=thread).select_related("space").first()


def _from_draft(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    found = {name: value for name, value in draft.details.items() if name != "files"}
    found |= {"title": draft.title, "text": draft.body, "brouillon": "1"}
    if draft.is_html:
        found["text_format"] = "html"
    if draft.space is not None:
        found["space"] = draft.space.slug
    return found


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
