"""Mail coming in: `receive` takes it, whatever brought it, and rooms say what it does.

    @on_reply("post")
    def reply(person, post_id, said) -> Done: ...

`parse` and `trim` are pure, and serve whoever reads an archive of mails too.
"""

from notifications.incoming.addresses import reply_address, space_address
from notifications.incoming.errors import MailRefused, MightIdentify
from notifications.incoming.handlers import Done, Said, on_opening, on_reply
from notifications.incoming.message import Attached, ReadMail, parse
from notifications.incoming.proof import written_by_a_machine
from notifications.incoming.trim import Trimmed, trim

__all__ = [
    "Attached",
    "Done",
    "MailRefused",
    "MightIdentify",
    "ReadMail",
    "Said",
    "Trimmed",
    "on_opening",
    "on_reply",
    "parse",
    "reply_address",
    "space_address",
    "trim",
    "written_by_a_machine",
]
