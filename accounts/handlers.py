"""What the room does after the fact, and by the clock."""

from typing import Any

from accounts.models import MembershipRequest, User
from accounts.querysets import active_q
from accounts.services import bounces, invitations, joining
from core.events import on
from core.mail import queue_many
from core.models import OutgoingMail
from core.schedule import daily


@on("request.submitted")
def tell_animators(payload: dict[str, Any]) -> None:
    """Each animator learns that a request waits, or that its applicant has answered."""
    found = MembershipRequest.objects.open().filter(pk=payload["request"])
    request = found.filter(state=MembershipRequest.State.SUBMITTED).first()
    if request is None:
        return
    again = bool(payload.get("again"))
    # An answer is told once for each time that somebody was asked.
    turn = f"{request.updated_at:%Y%m%d%H%M%S}" if again else "first"
    queue_many(
        "request_submitted",
        to=User.objects.filter(active_q(), role=User.Role.ANIMATION),
        about=request,
        data={"again": again},
        dedupe=f"request_submitted:{request.pk}:{turn}",
    )


@on("mail.came_back")
def count_bounce(payload: dict[str, Any]) -> None:
    """The mail server refused the address of a member."""
    mail = OutgoingMail.objects.select_related("recipient").filter(pk=payload["mail"]).first()
    if mail is not None and mail.recipient is not None:
        bounces.note_bounce(mail.recipient, hard=bool(payload["hard"]), mail=mail)


@daily(hour=3, name="accounts.purge")
def purge() -> None:
    """Nothing of a request outlives what its first consent says."""
    joining.purge()
    invitations.purge()
    bounces.purge()
