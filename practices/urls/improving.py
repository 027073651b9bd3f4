"""Proposing an improvement, answering it, adapting a sheet."""

from django.urls import path

from practices.views import adapting, improving, versions

urlpatterns = [
    path("<int:pk>/proposer/", improving.choose, name="improve"),
    path("<int:pk>/proposer/<str:section>/", improving.propose, name="propose"),
    path("<int:pk>/bonifications/", improving.proposals, name="proposals"),
    path("<int:pk>/bonifications/<int:proposal>/", improving.proposal, name="proposal"),
    path("<int:pk>/bonifications/<int:proposal>/regler/", improving.settle, name="settle"),
    path("<int:pk>/versions/", versions.versions, name="versions"),
    path("<int:pk>/versions/<int:number>/", versions.version, name="version"),
    path("<int:pk>/adapter/", adapting.adapt, name="adapt"),
    path("<int:pk>/ecarts/", adapting.differs, name="differs"),
    path("<int:pk>/arbre/", adapting.tree, name="tree"),
]
