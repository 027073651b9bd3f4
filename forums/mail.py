"""The mails of threads: one function a message, asked again when the mail leaves."""

from __future__ import annotations

import re
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from core.mail import Message, message
from core.models import OutgoingMail
from core.site import absolute
from forums.models import Post
from forums.permissions import can_reply
from notifications.incoming import reply_address
from notifications.links import stop_url
from notifications.services import recipients_for

IMAGE = re.compile(r"<img [^>]*>")


@message("reply")
def reply(mail: OutgoingMail) -> Message | None:
    """A new message in a thread that the recipient follows, as it is now and if she may still
    have it. Of a space without content in mails: that there is a message, and nothing more."""
    person = mail.recipient
    if person is None:
        return None
    posts = Post.objects.readable_by(person).select_related("thread__space", "author__organisation")
    post = posts.filter(pk=mail.object_id or 0).exclude(author_id=person.pk).first()
    if post is None:
        return None
    thread = post.thread
    if not recipients_for(thread, thread.space).filter(pk=person.pk).exists():
        return None
    # The same made-up root for all: mail programs then draw one conversation.
    root = f"<thread.{thread.pk}@ancrage>"
    quiet = not thread.space.content_in_mail
    context = {"url": absolute(_plain_url(post))} if quiet else _content(post)
    answers = reply_address(post, to=person) if can_reply(person, thread) else ""
    return Message(
        template="reply_quiet" if quiet else "reply",
        context=context,
        why=_("You receive this e-mail because you follow this thread."),
        unsubscribe_url=stop_url(person, "thread", thread.pk),
        references=(root,),
        headers={"Reply-To": answers} if answers else {},
    )


def _content(post: Post) -> dict[str, Any]:
    """Who says what, where: for spaces whose mails may say it. Pictures stay on the site, where
    who looks at them is known."""
    author = post.signed_by
    names = [author.short_name] if author else [_("A member without a name")]
    if author and author.organisation:
        names.append(author.organisation.name)
    return {
        "url": absolute(post.get_absolute_url()),
        "thread": post.thread,
        "post": post,
        "author": ", ".join(names),
        "html": mark_safe(IMAGE.sub("", post.html)),  # noqa: S308 (sanitised when it was written)
    }


def _plain_url(post: Post) -> str:
    """The way to the message that tells neither its title nor how long the thread is."""
    return reverse("forums:post", args=(post.pk,))
