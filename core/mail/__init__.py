"""Mail has one door: this package alone imports `django.core.mail`.

A room describes each of its messages by one function in its `mail.py`:

    @message("reply")
    def reply(mail: OutgoingMail) -> Message | None: ...

and asks for it by name with `queue` or `queue_many`. The worker calls the function when the mail
leaves, with the recipient as she is then: it answers the content, or None when she may no longer
have it. `send_now` is for what cannot wait nor be kept: a sign-in code.
"""

from core.mail.messages import Message, message
from core.mail.outbox import deliver, queue, queue_many
from core.mail.render import domain
from core.mail.returns import read_return
from core.mail.transport import MailServerAway, send_now

__all__ = [
    "MailServerAway",
    "Message",
    "deliver",
    "domain",
    "message",
    "queue",
    "queue_many",
    "read_return",
    "send_now",
]
