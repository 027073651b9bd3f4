from community.models.reaction import Reaction
from community.models.space import (
    BreakGlassGrant,
    Charter,
    CharterAcceptance,
    JoinRequest,
    Membership,
    SubCommunity,
)

__all__ = [
    "BreakGlassGrant",
    "Charter",
    "CharterAcceptance",
    "JoinRequest",
    "Membership",
    "Reaction",
    "SubCommunity",
]
