"""Every change of a space, of who is in it and on which terms: one function, one mutation."""

from community.services.charters import accept_charter, publish_charter
from community.services.joining import (
    ask_to_join,
    decide_join,
    invite_in,
    join,
    withdraw,
)
from community.services.members import enrol, leave, remove, set_role
from community.services.reactions import react
from community.services.spaces import (
    RESERVED_SLUGS,
    archive,
    break_glass,
    create_space,
    reopen,
    touch,
    update_space,
)

__all__ = [
    "RESERVED_SLUGS",
    "accept_charter",
    "archive",
    "ask_to_join",
    "break_glass",
    "create_space",
    "decide_join",
    "enrol",
    "invite_in",
    "join",
    "leave",
    "publish_charter",
    "react",
    "remove",
    "reopen",
    "set_role",
    "touch",
    "update_space",
    "withdraw",
]
