"""Whether a mail comes from where it says, and whether a person wrote it.

We verify no signature ourselves: the mail server in front of us did, and wrote what it found in
`Authentication-Results` (RFC 8601). It is believed when it bears that server's own name
(`ANCRAGE_MAIL_AUTHSERV`) and stands above every other: what stands lower may have come with the
mail.
"""

from __future__ import annotations

import re
from enum import Enum

from django.conf import settings

from notifications.incoming.errors import AutomaticMail, MailLoop
from notifications.incoming.message import ReadMail

MAX_HOPS = 40
COMMENT = re.compile(r"\([^()]*\)")
# The sender chooses what stands between quotes: it is never read.
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
RESULT = re.compile(r"^\s*([a-z0-9-]+)\s*=\s*([a-z]+)", re.I)
PROPERTY = re.compile(r"(?:^|\s)(header\.from|header\.d|header\.i)\s*=\s*([^\s;]+)", re.I)
MACHINES = re.compile(
    r"^(?:mailer-daemon|postmaster|no-?reply|ne-?pas-?repondre|do-?not-?reply|noreply-.*|bounces?)"
    r"(?:[+=.-].*)?$"
)
# A person who answers writes “Re:” before: no such mail begins so.
ABSENCES = re.compile(
    r"^(?:réponse\s+automatique|automatic\s+reply|auto(?:matic)?[\s-]?reply|"
    r"out\s+of\s+(?:the\s+)?office|autoreply|undeliverable|undelivered\s+mail|"
    r"non\s+remis|échec\s+de\s+(?:la\s+)?remise|delivery\s+status\s+notification|"
    r"mail\s+delivery\s+(?:failed|subsystem)|read\s*:|lu\s*:|"
    # These are titles too, here where absences are talked of: a program ends them with a colon.
    r"(?:absence\s+du\s+bureau|absente?\s+du\s+bureau|message\s+d[’']absence|"
    r"avis\s+d[’']absence|accusé\s+de\s+réception)\s*(?::|$))",
    re.I,
)


class Proof(Enum):
    """What the trusted server says of the sender: nothing when there is none, or no policy."""

    PASSED = "passed"
    FAILED = "failed"
    NONE = "none"


def proof_of(mail: ReadMail) -> Proof:
    """Whether the domain of the sender vouches for this mail."""
    domain = mail.sender.rpartition("@")[2]
    said = next(iter(mail.headers.get("authentication-results", ())), "")
    server, _semicolon, rest = _plain(said).partition(";")
    trusted = settings.MAIL_AUTHSERV
    if not trusted or server.strip().split(" ")[0].lower() != trusted:
        return Proof.NONE
    results = [(found[1].lower(), found[2].lower(), part) for part in rest.split(";")
               if (found := RESULT.match(part))]  # fmt: skip
    dmarc = [(verdict, _said(part, "header.from")) for name, verdict, part in results
             if name == "dmarc"]  # fmt: skip
    if any(verdict in ("fail", "permerror") for verdict, _about in dmarc):
        return Proof.FAILED
    if any(verdict == "pass" and about == domain for verdict, about in dmarc):
        return Proof.PASSED
    signed = any(
        name == "dkim" and verdict == "pass" and _aligned(_signer(part), domain)
        for name, verdict, part in results
    )
    return Proof.PASSED if signed else Proof.NONE


def _plain(said: str) -> str:
    """The header without what is quoted nor commented; nothing when either does not end."""
    said = QUOTED.sub(" ", said)
    while (shorter := COMMENT.sub(" ", said)) != said:
        said = shorter
    return "" if set('"()') & set(said) else said


def _said(part: str, name: str) -> str:
    found = (value for key, value in PROPERTY.findall(part) if key.lower() == name)
    return next(found, "").lower()


def _signer(part: str) -> str:
    return _said(part, "header.d") or _said(part, "header.i").rpartition("@")[2]


def _aligned(signer: str, domain: str) -> bool:
    """The signature is that of the sender's domain, or of the one above it."""
    return "." in signer and (domain == signer or domain.endswith(f".{signer}"))


def require_a_person(mail: ReadMail, envelope_sender: str | None = None) -> None:
    """Raises `AutomaticMail` for what a machine wrote (RFC 3834 and what programs do besides),
    `MailLoop` for what we sent ourselves or what goes round."""
    if mail.sender.rpartition("@")[2] == settings.MAIL_DOMAIN:
        raise MailLoop
    if len(mail.headers.get("received", ())) > MAX_HOPS:
        raise MailLoop
    if envelope_sender == "" or mail.header("return-path") == "<>":
        raise AutomaticMail
    submitted = mail.header("auto-submitted")
    if written_by_a_machine(mail.sender, mail.subject, submitted, mail.content_type):
        raise AutomaticMail
    if _says_automatic(mail):
        raise AutomaticMail
    if mail.calendar_method in ("REPLY", "COUNTER", "CANCEL"):
        raise AutomaticMail


def written_by_a_machine(sender: str, subject: str, submitted: str, content_type: str) -> bool:
    """Whether a mail of a person's mailbox or of a list is an absence notice, a bounce, a receipt:
    by its sender, its subject, its Auto-Submitted and its type."""
    if submitted.split(";")[0].strip().lower() not in ("", "no"):
        return True
    if MACHINES.match(sender.rpartition("@")[0]) or ABSENCES.match(subject):
        return True
    return content_type in ("multipart/report", "message/disposition-notification")


def _says_automatic(mail: ReadMail) -> bool:
    precedence = mail.header("precedence").lower()
    if precedence in ("bulk", "junk", "list", "auto_reply"):
        return True
    if "all" in mail.header("x-auto-response-suppress").lower().split(","):
        return True
    names = ("x-autoreply", "x-autorespond", "x-autoresponder", "list-id", "list-unsubscribe",
             "x-ms-exchange-inbox-rules-loop", "feedback-id")  # fmt: skip
    return any(mail.header(name) for name in names)
