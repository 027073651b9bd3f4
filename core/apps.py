from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Each registers something: system checks, recurring duties, allauth's notices.
        from core import checks, files, tasks  # noqa: F401
        from core.mail import adapter  # noqa: F401
