from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("The house")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Each registers something: system checks, recurring duties, allauth's notices.
        from core import checks, files, integrity, keeping, tasks  # noqa: F401
        from core.files import resumable, verifying  # noqa: F401
        from core.mail import adapter  # noqa: F401
