"""Making a sheet from a thread, and the consent of those who wrote in it."""

from django.urls import URLPattern, path

from practices.views import births, related

urlpatterns: list[URLPattern] = [
    path("depuis-un-fil/", births.from_thread, name="from_thread"),
    path("consentements/", births.consents, name="consents"),
    path("consentements/<int:pk>/", births.consent, name="consent"),
    path("<int:pk>/passages/<int:number>/retirer/", births.drop_passage, name="drop_passage"),
    path("<int:pk>/lies/", related.related, name="related"),
    path("<int:pk>/lier/", related.tie, name="tie"),
]
