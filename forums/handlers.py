"""What follows from what happened in a thread, in the worker."""

from typing import Any

from core.audience import State
from core.events import on
from core.mail import queue_many
from forums.models import Post
from notifications.services import recipients_for


@on("post.created")
def tell_followers(payload: dict[str, Any]) -> None:
    """One mail for each follower of the thread but the author, in a few statements.

    Who may have it, and with what in it, is asked again when each one leaves.
    """
    posts = Post.objects.select_related("thread__space")
    post = posts.filter(pk=payload["post"], state=State.PUBLISHED).first()
    if post is None or post.thread.state != State.PUBLISHED:
        return
    people = recipients_for(post.thread, post.thread.space).exclude(pk=post.author_id or 0)
    queue_many("reply", to=people.only("pk").iterator(2000), about=post, dedupe=f"reply:{post.pk}")
