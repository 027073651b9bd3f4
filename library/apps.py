from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LibraryConfig(AppConfig):
    name = "library"
    verbose_name = _("Library")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from library import (  # noqa: F401  (they register themselves)
            integrity,
            kinds,
            mail,
            reading,
            tasks,
        )
        from library.services import approval, links, reminders  # noqa: F401  (their duties too)

        kinds.register()
