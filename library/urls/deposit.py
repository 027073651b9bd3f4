"""Depositing a document, and changing it."""

from django.urls import path

from library.views import attachment, deposit, editing

urlpatterns = [
    path("deposer/", deposit.new, name="deposit"),
    path("piece-jointe/", attachment.take, name="from_attachment"),
    path("mes-depots/", deposit.mine, name="deposits"),
    path("<int:pk>/modifier/", editing.edit, name="edit"),
    path("<int:pk>/versions/nouvelle/", editing.new_version, name="new_version"),
]
