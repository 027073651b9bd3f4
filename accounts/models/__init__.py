from accounts.models.joining import Consent, Invitation, MembershipRequest
from accounts.models.organisation import Organisation, Profile, Skill
from accounts.models.user import User

__all__ = [
    "Consent",
    "Invitation",
    "MembershipRequest",
    "Organisation",
    "Profile",
    "Skill",
    "User",
]
