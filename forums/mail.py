"""The mails of threads: one function a message, asked again when the mail leaves."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formats, richtext
from core.audience import State
from core.mail import Message, domain, message
from core.models import OutgoingMail
from core.site import absolute
from forums import aftermath, attachments, errors
from forums.models import Ask, Bookmark, Draft, Post, ReadPosition, Thread
from forums.permissions import can_reply
from forums.services import unnamed_in
from notifications.incoming import reply_address
from notifications.links import stop_url
from notifications.models import Delivery
from notifications.services import recipients_for

if TYPE_CHECKING:
    from accounts.models import User

IMAGE = re.compile(r"<img [^>]*>")
# What held a picture and nothing else.
EMPTIED = re.compile(r"<(figure|p)(?: [^>]*)?>\s*</\1>")


@message("reply")
def reply(mail: OutgoingMail) -> Message | None:
    """A new message in a thread that the recipient follows, or that names her, as it is now and if
    she may still have it. Of a space without content in mails: that there is a message, no more.

    None when she read it in the meantime, or wants the first unread message only and had it.
    """
    person = mail.recipient
    if person is None:
        return None
    posts = Post.objects.readable_by(person).select_related(
        "thread__space", "author__organisation", "parent"
    )
    post = posts.filter(pk=mail.object_id or 0).exclude(author_id=person.pk).first()
    if post is None:
        return None
    thread = post.thread
    told = recipients_for(thread, thread.space, part=post).filter(pk=person.pk).first()
    read = ReadPosition.objects.filter(user=person, thread=thread)
    read_to = read.values_list("position", flat=True).first() or 0
    if told is None or read_to >= post.position:
        return None
    named: bool = told.named
    first_only = told.told_by == Delivery.FIRST and not named
    if first_only and _was_told(person, post, read_to):
        return None
    quiet = not thread.space.content_in_mail
    context = {"url": absolute(_plain_url(post))} if quiet else _content(post)
    return Message(
        template="reply_quiet" if quiet else "reply",
        context=context
        | {"opens": post.is_opening, "named": named, "unnamed": unnamed_in(thread, by=person)},
        why=_why(named),
        unsubscribe_url=stop_url(person, "thread", thread.pk),
        message_id=message_id(post),
        references=_references(post),
        headers=_headers(post, to=person),
        automatic=False,
    )


def _was_told(person: User, post: Post, read_to: int) -> bool:
    """Whether a mail told her of an earlier message that she still has not read."""
    earlier = Post.objects.filter(thread_id=post.thread_id).between(read_to + 1, post.position - 1)
    told = OutgoingMail.objects.filter(
        recipient=person, name="reply", state=OutgoingMail.State.SENT
    )
    return told.filter(object_id__in=earlier.order_by().values("pk")).exists()


def _headers(post: Post, *, to: User) -> dict[str, str]:
    """List-Id in numbers and no word, for the name of a space may be confidential; the address
    that answers this copy, for who may reply."""
    headers = {"List-Id": f"<espace-{post.thread.space_id}.{domain()}>"}
    answers = reply_address(post, to=to) if can_reply(to, post.thread) else ""
    return headers | {"Reply-To": answers} if answers else headers


def _why(named: bool) -> str:
    if named:
        return _("You receive this e-mail because a message names you.")
    return _("You receive this e-mail because you follow this thread.")


def message_id(post: Post) -> str:
    """The Message-ID of a message, the same in every copy: answers lead back to it, and mail
    programs draw one conversation. Numbers only."""
    if post.is_opening:
        return _root(post)
    return f"<post.{post.pk}@{domain()}>"


def _root(post: Post) -> str:
    return f"<thread.{post.thread_id}@{domain()}>"


def _references(post: Post) -> tuple[str, ...]:
    """What the message answers, oldest first: the thread, then the message that it replies to."""
    if post.is_opening:
        return ()
    parent = post.parent
    if parent is None or parent.thread_id != post.thread_id or parent.is_opening:
        return (_root(post),)
    return (_root(post), message_id(parent))


def _content(post: Post) -> dict[str, Any]:
    """Who says what, where: for spaces whose mails may say it. Pictures and files stay on the
    site, where who looks at them is known; the mail says that there are some."""
    author = post.signed_by
    names = [post.signature]
    if author and author.organisation:
        names.append(author.organisation.name)
    return {
        "url": absolute(post.get_absolute_url()),
        "thread": post.thread,
        "post": post,
        "author": ", ".join(names),
        # Sanitised when it was written.
        "html": mark_safe(EMPTIED.sub("", IMAGE.sub("", post.html))),  # noqa: S308
        "on_site": _on_site(post),
    }


def _on_site(post: Post) -> str:
    """« 1 image et 1 fichier (notes.txt, 7 octets) : à ouvrir dans Ancrage », or nothing."""
    pictures = len(richtext.image_ids(post.html))
    files = attachments.of_posts([post]).get(post.pk, [])
    parts = []
    if pictures:
        said = ngettext("%(n)s picture", "%(n)s pictures", pictures)
        parts.append(said % {"n": pictures})
    if files:
        language = formats.active_language()
        names = (f"{one.name}, {formats.filesize(one.size, language)}" for one in files)
        said = ngettext("%(n)s file (%(names)s)", "%(n)s files (%(names)s)", len(files))
        parts.append(said % {"n": len(files), "names": "; ".join(names)})
    if not parts:
        return ""
    what = parts[0]
    if len(parts) > 1:
        what = _("%(one)s and %(other)s") % {"one": parts[0], "other": parts[1]}
    said = ngettext(
        "%(what)s: open it in %(site)s", "%(what)s: open them in %(site)s", pictures + len(files)
    )
    return said % {"what": what, "site": settings.SITE_NAME}


def _plain_url(post: Post) -> str:
    """The way to the message that tells neither its title nor how long the thread is."""
    return reverse("forums:post", args=(post.pk,))


@message("reminder")
def reminder(mail: OutgoingMail) -> Message | None:
    """What the recipient asked to be reminded of, if she still keeps it and still reads it. Of a
    space without content in mails: that something is to be read again, and nothing more."""
    person = mail.recipient
    if person is None:
        return None
    kept = Bookmark.objects.of(person).filter(pk=mail.object_id or 0)
    found = kept.select_related("post__thread__space").first()
    if found is None:
        return None
    post = found.post
    quiet = not post.thread.space.content_in_mail
    return Message(
        context={
            "title": "" if quiet else post.thread.title,
            "url": absolute(_plain_url(post) if quiet else post.get_absolute_url()),
        },
        why=_("You asked for this reminder when you kept a message."),
    )


@message("scheduled_back")
def scheduled_back(mail: OutgoingMail) -> Message | None:
    """To who had scheduled a message: it was not published, why, and where it waits as a draft.
    Never a word of it, nor of where it was to be."""
    person = mail.recipient
    if person is None:
        return None
    draft = Draft.objects.of(person).filter(pk=mail.object_id or 0).first()
    if draft is None:
        return None
    refusal = getattr(errors, mail.data.get("why", ""), None)
    return Message(
        context={
            "reason": refusal.message if refusal else _("You can no longer write in that place."),
            "url": absolute(draft.get_absolute_url()),
        },
        why=_("You had asked that a message be published later."),
    )


@message("ask")
def ask(mail: OutgoingMail) -> Message | None:
    """To a member: a question that her experience fits, if she may still read it, and which she
    answers from her mailbox. Who asks is named when it is an animator, or who opened the thread
    with her name."""
    person = mail.recipient
    if person is None:
        return None
    number = mail.object_id or 0
    threads = Thread.objects.readable_by(person).select_related("space")
    # What was asked of a thread that was merged since is asked of the one that took it.
    found = threads.filter(Q(pk=number) | Q(merged__in=Thread.objects.filter(pk=number)))
    thread = found.filter(state=State.PUBLISHED, locked_at=None).first()
    rows = Ask.objects.filter(kind="thread", object_id=thread.pk if thread else 0, person=person)
    asked = rows.select_related("by").first()
    if thread is None or asked is None:
        return None
    if thread.owner_id == person.pk:
        # Asked by who cannot know that the question, unnamed, is hers: she needs no mail.
        return None
    opening = thread.posts.get(position=1)
    opening.thread = thread
    told = thread.space.content_in_mail
    return Message(
        context={
            "title": thread.title if told else "",
            "text": opening.text if told else "",
            "unnamed": unnamed_in(thread, by=person),
            "by": asked.by,
            "by_author": asked.by_id is None or asked.by_id == thread.owner_id,
            "url": absolute(thread.get_absolute_url()),
        },
        why=_("Your profile says that you can help with this. Twice a month at most."),
        references=(message_id(opening),),
        headers=_headers(opening, to=person),
    )


@message("outcome_question")
def outcome_question(mail: OutgoingMail) -> Message | None:
    """To who asked a question, two months after it was resolved, while that makes sense and she has
    not said it. Of a space without content in mails: that it was a question of hers, and nothing
    more. What she answers to it is a reply in the thread, unless it would bear her name where her
    question does not."""
    person = mail.recipient
    if person is None:
        return None
    rows = Thread.objects.readable_by(person).filter(pk=mail.object_id or 0, owner=person)
    thread = rows.select_related("space", "owner").first()
    if thread is None or not aftermath.may_be_asked(thread) or aftermath.answer_of(thread):
        return None
    opening = thread.posts.get(position=1)
    opening.thread = thread
    unnamed = unnamed_in(thread, by=person)
    return Message(
        context={
            "title": thread.title if thread.space.content_in_mail else "",
            "unnamed": unnamed,
            "url": absolute(reverse("forums:aftermath", args=(thread.pk,))),
        },
        references=(message_id(opening),),
        headers=_headers(opening, to=person) if unnamed or not thread.unnamed else {},
        why=_("You asked a question, and it was resolved. You are asked once."),
        unsubscribe_url=stop_url(person, aftermath.QUESTION, 0),
    )
