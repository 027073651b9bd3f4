"""The console's one-action pages: ask somebody, greet, thank, search, put off until Monday."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from community.models import Reaction
from community.services import react
from core.errors import Refused
from core.web import person
from forums import asking
from forums.models import Post, Thread
from forums.services import ask as ask_somebody
from moderation import searching, services
from moderation.forms import GreetingForm


def _page(request: HttpRequest, template: str, title: str, **context: object) -> HttpResponse:
    frame = admin.site.each_context(request)
    return render(request, template, {**frame, "title": title, **context})


def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose whom to ask about a question without an answer."""
    me = person(request)
    threads = Thread.objects.moderated_by(me).select_related("space")
    thread = get_object_or_404(threads, pk=pk)
    if request.method == "POST":
        number = request.POST.get("person", "")
        asked = get_object_or_404(User, pk=number if number.isdecimal() else 0)
        try:
            ask_somebody(thread, asked, by=me)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("%(name)s will be asked by e-mail.") % {"name": asked.full_name}
            )
        return redirect("admin:ask", pk=thread.pk)
    return _page(
        request,
        "admin/ask.html",
        _("Ask somebody"),
        thread=thread,
        candidates=asking.candidates(thread),
        others=asking.may_be_asked(thread).select_related("organisation").order_by("first_name"),
        asked=asking.asked_about(thread),
    )


def greet(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to a newcomer; a first version of the message is proposed."""
    me = person(request)
    if not me.is_animator:
        raise Http404
    newcomer = get_object_or_404(User.objects.select_related("organisation"), pk=pk)
    proposal = _(
        "Hello %(name)s,\n\nwelcome to the community! If you wonder where to ask a question or "
        "whom to meet, just answer this e-mail: I read it myself.\n\n%(animator)s"
    ) % {"name": newcomer.first_name, "animator": me.first_name}
    form = GreetingForm(request.POST or None, initial={"message": proposal})
    if request.method == "POST" and form.is_valid():
        try:
            services.greet(newcomer, by=me, message=form.cleaned_data["message"])
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("Your greeting is on its way."))
        return redirect("admin:index")
    return _page(request, "admin/greet.html", _("Greet"), person=newcomer, form=form)


def thank(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a first post and thank its author."""
    me = person(request)
    posts = Post.objects.moderated_by(me).select_related("author", "thread__space")
    post = get_object_or_404(posts.filter(unnamed=False), pk=pk)
    if request.method == "POST":
        already = Reaction.objects.on("post", [post.pk]).filter(user=me, type=Reaction.Type.THANKS)
        if not already.exists():
            react(post, Reaction.Type.THANKS, by=me)
        messages.success(request, _("Thank you said."))
        return redirect("admin:index")
    return _page(request, "admin/thank.html", _("Thank"), post=post)


def search(request: HttpRequest) -> HttpResponse:
    """Members, organisations and threads by one box, as their own lists find them."""
    words = request.GET.get("q", "").strip()
    found = searching.find(request, admin.site, words)
    return _page(request, "admin/search.html", _("Search in the admin"), words=words, found=found)


@require_POST
def put_off(request: HttpRequest) -> HttpResponse:
    """Leave the rest for Monday."""
    services.put_off(by=person(request))
    messages.success(
        request, _("The rest is put off until Monday. The other animators still see it.")
    )
    return redirect("admin:index")


@require_POST
def bring_back(request: HttpRequest) -> HttpResponse:
    services.bring_back(by=person(request))
    return redirect("admin:index")
