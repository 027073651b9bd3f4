from core.models.events import OutboxEvent
from core.models.files import StoredFile
from core.models.kept import KeptForm
from core.models.links import Link
from core.models.log import ActionLog
from core.models.mail import OutgoingMail
from core.models.resumable import ResumableUpload
from core.models.schedule import Schedule
from core.models.terms import Term

__all__ = [
    "ActionLog",
    "KeptForm",
    "Link",
    "OutboxEvent",
    "OutgoingMail",
    "ResumableUpload",
    "Schedule",
    "StoredFile",
    "Term",
]
