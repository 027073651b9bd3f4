"""Every address of the product. French paths; the rooms own what is below them."""

from django.contrib import admin
from django.urls import include, path

from home.views import set_language

urlpatterns = [
    path("i18n/langue/", set_language, name="set_language"),
    path("", include("home.urls")),
    path("", include("core.urls")),
    path("compte/", include("accounts.sign_in_urls")),
    path("", include("accounts.urls")),
    path("communautes/", include("community.urls")),
    path("discussions/", include("forums.urls")),
    path("bibliotheque/", include("library.urls")),
    path("pratiques/", include("practices.urls")),
    path("recherche/", include("search.urls")),
    path("", include("notifications.urls")),
    path("", include("moderation.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "core.views.bad_request"
handler403 = "core.views.forbidden"
handler404 = "core.views.not_found"
handler429 = "core.views.too_many"
handler500 = "core.views.server_error"
