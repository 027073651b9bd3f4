"""Her word on a thread, as its page shows it."""

from __future__ import annotations

from typing import Any

from notifications.forms import FollowForm


def follow_form(thread: Any) -> FollowForm:
    """The choice as it stands; `thread` comes from `with_reading`."""
    return FollowForm(initial={"mail": thread.own_mail or ""}, auto_id="follow-%s")
