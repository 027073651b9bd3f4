from practices.models.booklet import Booklet
from practices.models.evidence import Evidence, EvidenceRequest
from practices.models.life import Interest, Presence, Step
from practices.models.passage import Passage
from practices.models.proposal import Proposal
from practices.models.sheet import Bearer, Credit, Sheet, SheetTerm, Version, WorkingSection
from practices.models.trial import Trial

__all__ = [
    "Bearer",
    "Booklet",
    "Credit",
    "Evidence",
    "EvidenceRequest",
    "Interest",
    "Passage",
    "Presence",
    "Proposal",
    "Sheet",
    "SheetTerm",
    "Step",
    "Trial",
    "Version",
    "WorkingSection",
]
