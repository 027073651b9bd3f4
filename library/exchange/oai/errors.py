"""The errors of the protocol, by the names that it gives them."""

from __future__ import annotations


class OaiError(Exception):
    """`code` is the protocol's; the message is for whoever writes the harvester."""

    code = ""


class BadVerb(OaiError):
    code = "badVerb"


class BadArgument(OaiError):
    code = "badArgument"


class BadResumptionToken(OaiError):
    code = "badResumptionToken"


class CannotDisseminateFormat(OaiError):
    code = "cannotDisseminateFormat"


class IdDoesNotExist(OaiError):
    code = "idDoesNotExist"


class NoRecordsMatch(OaiError):
    code = "noRecordsMatch"
