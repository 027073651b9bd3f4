"""The animators' door: Django's admin, opened by the community's own sign-in."""

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class AncrageAdminConfig(AdminConfig):
    default_site = "moderation.admin_site.AncrageAdminSite"


class AncrageAdminSite(AdminSite):
    site_header = _("Ancrage · administration")
    site_title = _("Ancrage · administration")
    index_title = _("Console")
