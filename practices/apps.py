from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    name = "practices"
    verbose_name = _("Directory of practices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from practices import (  # noqa: F401  (they register themselves)
            births,
            centre,
            copies,
            digest,
            integrity,
            kinds,
            mail,
            organisation_panel,
            tasks,
        )
        from practices.services import (  # noqa: F401  (their duties too)
            adapting,
            evidence,
            interest,
            presence,
            reminders,
        )

        kinds.register()
