from core.models.events import OutboxEvent
from core.models.files import StoredFile
from core.models.log import ActionLog
from core.models.mail import OutgoingMail
from core.models.schedule import Schedule
from core.models.terms import Term

__all__ = ["ActionLog", "OutboxEvent", "OutgoingMail", "Schedule", "StoredFile", "Term"]
