from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommunityConfig(AppConfig):
    name = "community"
    verbose_name = _("Sub-communities")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from community import audience, checks, mail, member_panel, services  # noqa: F401
        from core.audience import register_rule

        register_rule(readable=audience.readable_q, moderated=audience.moderated_q)
