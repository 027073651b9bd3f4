from accounts.models.bounce import Bounce
from accounts.models.joining import Consent, Invitation, MembershipRequest
from accounts.models.organisation import Organisation, Profile, Skill
from accounts.models.user import User

__all__ = [
    "Bounce",
    "Consent",
    "Invitation",
    "MembershipRequest",
    "Organisation",
    "Profile",
    "Skill",
    "User",
]
