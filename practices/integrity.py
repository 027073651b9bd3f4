"""What the kept columns of sheets, improvements and trials should hold."""

from __future__ import annotations

from community.integrity import reactions
from community.models import Reaction
from core.audience import State
from core.integrity import counted, counters
from practices.kinds import COLUMNS
from practices.models import Proposal, Sheet, Trial

told = Trial.objects.filter(state=State.PUBLISHED)
thanks = {Reaction.Type.THANKS: "thanks_count"}

counters(
    Sheet,
    trial_count=counted(told, "sheet"),
    abandoned_count=counted(told.abandoned(), "sheet"),
    adaptation_count=counted(Sheet.objects.published(), "derived_from"),
    waiting_count=counted(Proposal.objects.waiting(), "sheet"),
    **reactions("sheet", COLUMNS),
)
counters(Proposal, **reactions("proposal", thanks))
counters(Trial, **reactions("trial", thanks))
