from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    name = "practices"
    verbose_name = _("Directory of practices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from practices import kinds, mail  # noqa: F401  (mails register themselves)
        from practices.services import presence, reminders  # noqa: F401  (their duties too)

        kinds.register()
