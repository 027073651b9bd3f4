"""What a page of a thread draws under each of its twenty messages.

Written here and not in a template: sixty reaction buttons and as many links cost half of the page
otherwise (bench/). Each word is translated and escaped once a page; the rest are our own numbers
and addresses.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community.models import Reaction
from core.templatetags.ui import icon
from forums.models import Post

if TYPE_CHECKING:
    from forums.permissions import Rights

Type = Reaction.Type
# Type of reaction → its drawing, the column that counts it.
REACTIONS = {
    Type.THANKS.value: ("thanks", "thanks_count"),
    Type.USEFUL.value: ("useful", "useful_count"),
    Type.SAME.value: ("metoo", "same_count"),
}


@dataclass(slots=True)
class Acts:
    """Draws what the viewer may do with each message of a page.

    `token` is the protection token of its forms, `pressed` her reactions as (message, type),
    `page` the number of the page, for links that come back to it.
    """

    token: Any
    pressed: set[tuple[int, str]]
    rights: Rights | None = None
    page: int = 1
    words: dict[str, str] | None = None

    def under(self, post: Post, url: str, *, mine: bool, answer: bool, edit: bool) -> SafeString:
        """Everything under `post`, whose address is `url`."""
        words = self._words()
        drawn = [words["answer"]] if answer else []
        drawn.append(self._counts(post) if mine else self.reactions(post, url))
        rights = self.rights
        if rights is not None and rights.reply:
            here = f"?page={self.page}&amp;"
            for name in ("repondre", "citer"):
                drawn.append(
                    f'<a class="btn bare" href="{here}{name}={post.pk}#repondre">{words[name]}</a>'
                )
        if rights is not None:
            word = words["kept" if getattr(post, "kept", False) else "keep"]
            drawn.append(f'<a class="btn bare" href="{url}garder/">{word}</a>')
        if mine and edit:
            drawn.append(f'<a class="btn bare" href="{url}modifier/">{words["edit"]}</a>')
        if rights is not None and rights.conclude and post.position > 1 and not answer:
            drawn.append(
                f'<form method="post" action="{url}retenir/">{self._hidden()}'
                f'<button class="btn bare">{words["retain"]}</button></form>'
            )
        return mark_safe("".join(drawn))  # noqa: S308 (words were escaped, the rest is ours)

    def reactions(self, post: Post, url: str) -> SafeString:
        """Merci, utile, moi aussi: a form that swaps itself, and that works as a form."""
        words = self._words()
        buttons = []
        for kind, (_drawing, column) in REACTIONS.items():
            count = getattr(post, column)
            value, state = ("0", "true") if (post.pk, kind) in self.pressed else ("1", "false")
            buttons.append(
                f'<button class="btn bare" id="{kind}-{post.pk}" name="type" value="{kind}:{value}"'
                f' aria-pressed="{state}">{words[kind]}{f" · {count}" if count else ""}</button>'
            )
        act = f"{url}reaction/"
        return mark_safe(  # noqa: S308 (words were escaped, the rest is ours)
            f'<form class="acts" id="reactions-{post.pk}" method="post" action="{act}"'
            f' hx-post="{act}" hx-target="this" hx-swap="outerHTML">{self._hidden()}'
            f"{''.join(buttons)}</form>"
        )

    def _counts(self, post: Post) -> str:
        """Under her own message, what others said of it: she does not thank herself."""
        words = self._words()
        counts = ((kind, getattr(post, column)) for kind, (_d, column) in REACTIONS.items())
        return "".join(
            f'<span class="chip">{words[kind]} · {count}</span>' for kind, count in counts if count
        )

    def _hidden(self) -> str:
        return f'<input type="hidden" name="csrfmiddlewaretoken" value="{self.token}">'

    def _words(self) -> dict[str, str]:
        if self.words is None:
            check = icon("check")
            said = {kind: conditional_escape(Type(kind).label) for kind in REACTIONS}
            # Outside the f-strings: what is inside one is not collected for translation.
            retained = conditional_escape(_("Retained answer"))
            reply = conditional_escape(_("Reply"))
            star = icon("star")
            keep = conditional_escape(pgettext("a message", "Keep"))
            kept = conditional_escape(pgettext("a message", "Kept"))
            retain = conditional_escape(_("Retain this answer"))
            self.words = {
                **{kind: f"{icon(REACTIONS[kind][0])} {said[kind]}" for kind in REACTIONS},
                "answer": f'<span class="chip ok">{check} {retained}</span>',
                "repondre": f"{icon('reply')} {reply}",
                "citer": conditional_escape(_("Quote")),
                "keep": f"{star} {keep}",
                "kept": f"{star} <strong>{kept}</strong>",
                "edit": conditional_escape(_("Edit")),
                "retain": f"{check} {retain}",
            }
        return self.words
