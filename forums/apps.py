from django.apps import AppConfig


class ForumsConfig(AppConfig):
    name = "forums"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from forums import handlers, kinds, mail, member_panel  # noqa: F401  (they register themselves)

        kinds.register()
