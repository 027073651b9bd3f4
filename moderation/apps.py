from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "moderation"
    verbose_name = _("Animation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core.content import Action, register_action
        from moderation import handlers, mail  # noqa: F401  (they register themselves)
        from moderation.permissions import can_report

        register_action(
            Action(
                name="report",
                template="moderation/parts/report_action.html",
                applies=can_report,
                position=90,
                same_for_all=True,
            )
        )
