from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Organisations and people")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # They register themselves.
        from accounts import handlers, kinds, mail, notices  # noqa: F401
        from core.content import register

        register(kinds.MEMBER)
        register(kinds.ORGANISATION)
