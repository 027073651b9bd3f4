from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    name = "practices"
    verbose_name = _("Directory of practices")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from practices import copies, kinds, mail, tasks  # noqa: F401  (they register themselves)

        kinds.register()
