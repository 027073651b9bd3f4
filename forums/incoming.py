"""What members do by mail: reply in a thread, open one, and three words that are not replies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation import gettext_lazy, ngettext

from community.models import Reaction, SubCommunity
from community.services import react
from core.audience import State
from core.errors import Refused
from core.mail.render import shortened
from core.models import StoredFile
from forums import attachments, services, warning
from forums import errors as refusals
from forums.models import Draft, Post, Thread
from forums.services.common import MAX_TITLE
from notifications.incoming import Done, MailRefused, MightIdentify, Said, on_opening, on_reply
from notifications.incoming.errors import UnknownAddress
from notifications.services import follow, unfollow

if TYPE_CHECKING:
    from accounts.models import User

THANK = {"merci", "thanks"}
FOLLOW = {"suivre", "follow"}
STOP = {
    "silence", "mute", "stop", "arrêt", "arret", "arrêter", "arreter", "désabonner", "desabonner",
    "désabonnement", "désinscrire", "désinscription", "unsubscribe",
}  # fmt: skip


class ThreadClosed(MailRefused):
    """`forums.errors.ThreadClosed`, said to somebody who has no form before her."""

    message = gettext_lazy("This thread is locked: nobody can write in it any more.")


@on_reply("post")
def reply(person: User, post_id: int, said: Said) -> Done:
    """Publish what she answers to a message, or do what her one word asks.

    In a space whose mails carry no content, only when her mail provider vouches for her. Raises
    `UnknownAddress` when she does not read the thread any more, `NotAuthenticated`, and what
    `services.reply` and `react` raise.
    """
    rows = Thread.objects.readable_by(person).select_related("space")
    thread = rows.filter(posts=post_id).first()
    if thread is None:
        raise UnknownAddress
    if not thread.space.content_in_mail:
        said.require_proof()
    post = Post.objects.readable_by(person).filter(pk=post_id).first()
    if post is not None:
        # She read what she answers: nothing else tells it of who never opens the site.
        services.mark_read(thread, post.position, by=person)
    hers = post if post is not None and post.author_id == person.pk else None
    gestures = FOLLOW | STOP if hers else THANK | FOLLOW | STOP
    if not said.attachments and said.command in gestures:
        return _obey(person, said.command, thread, post)
    if _might_identify(said):
        return _kept(
            services.keep_draft(
                by=person, thread=thread, text=said.text, details=_details(said, post)
            )
        )
    kept, notes = _files(person, said)
    parent = post if post is not None and post.state == State.PUBLISHED else None
    try:
        made = services.reply(
            thread,
            by=person,
            text=_text(person, said),
            parent=parent,
            attachments=[stored.pk for stored in kept],
            # What she answers to her own unnamed words would tell whose they are, whatever she
            # signed since: refused where the space allows it no more, rather than signed.
            unnamed=(hers is not None and hers.unnamed) or services.unnamed_in(thread, by=person),
            by_mail=True,
        )
    except refusals.ThreadClosed:
        raise ThreadClosed from None
    return Done(made, notes=notes)


@on_opening
def open_thread(person: User, slug: str, said: Said) -> Done:
    """Open a thread in the space of that address. The address is no secret: her mail provider
    must vouch for her. Raises `UnknownAddress` for a space that she does not know."""
    space = SubCommunity.objects.listed_to(person).filter(slug=slug).first()
    if space is None:
        raise UnknownAddress
    said.require_proof()
    title = shortened(said.title, MAX_TITLE)
    if not _may_try(person, space):
        raise refusals.NotAMember
    if _might_identify(said):
        return _kept(
            services.keep_draft(
                by=person,
                thread=None,
                space=space,
                title=title,
                text=said.text,
                details=_details(said),
            )
        )
    kept, notes = _files(person, said)
    thread = services.create_thread(
        by=person,
        space=space,
        title=title,
        text=_text(person, said),
        attachments=[stored.pk for stored in kept],
        by_mail=True,
    )
    return Done(Post.objects.get(thread=thread, position=1), notes=notes)


def _kept(draft: Draft | None) -> Done:
    """The text waits for its author, who decides on the site."""
    return Done(None, notes=[MightIdentify], link=draft.get_absolute_url() if draft else "")


def _may_try(person: User, space: SubCommunity) -> bool:
    """Whether what she wrote is to be looked at: `create_thread` says why it is refused."""
    return SubCommunity.objects.readable_by(person).filter(pk=space.pk).exists()


def _obey(person: User, word: str, thread: Thread, post: Post | None) -> Done:
    if word in THANK:
        if post is None:
            raise UnknownAddress
        react(post, Reaction.Type.THANKS, by=person, wanted=True)
        return Done(post)
    if word in FOLLOW:
        follow(thread, by=person, by_hand=True)
    else:
        unfollow(thread, by=person)
    return Done(thread)


def _might_identify(said: Said) -> bool:
    names = [one.name for one in said.attachments]
    return bool(warning.look(said.text, is_html=False, title=said.title, names=names))


def _details(said: Said, post: Post | None = None) -> dict[str, Any]:
    details: dict[str, Any] = {"files": len(said.attachments)} if said.attachments else {}
    return details | ({"parent": str(post.pk)} if post is not None else {})


def _files(person: User, said: Said) -> tuple[list[StoredFile], list[type[Refused]]]:
    """Her files through their one door; what it refuses does not stop her words."""
    kept, notes = [], []
    for one in said.attachments:
        upload = SimpleUploadedFile(one.name, one.content, one.content_type)
        try:
            kept.append(attachments.keep(upload, by=person))
        except Refused as refusal:
            notes.append(type(refusal))
    if notes and not kept and not said.text.strip():
        raise notes[0]
    return kept, list(dict.fromkeys(notes))


def _text(person: User, said: Said) -> str:
    """What she wrote; of a mail that is files alone, that it is."""
    if said.text.strip():
        return said.text
    with translation.override(person.language or translation.get_language()):
        return ngettext("One file attached.", "Files attached.", len(said.attachments))
