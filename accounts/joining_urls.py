"""Addresses of the way in, and of the référente's page."""

from django.urls import path

from accounts.views import joining, team

urlpatterns = [
    path("adhesion/", joining.request_form, name="request"),
    path("adhesion/preuve/", joining.challenge, name="request_challenge"),
    path("adhesion/recue/", joining.request_received, name="request_received"),
    path("adhesion/suivi/", joining.follow_again, name="follow_again"),
    path("adhesion/suivi/<str:token>/", joining.follow, name="follow"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("organismes/<int:pk>-<slug:slug>/equipe/", team.team, name="team"),
    path("organismes/<int:pk>-<slug:slug>/equipe/inviter/", team.invite, name="team_invite"),
    path(
        "organismes/<int:pk>-<slug:slug>/equipe/invitations/<int:invitation>/",
        team.invitation_act,
        name="team_invitation",
    ),
    path("organismes/<int:pk>-<slug:slug>/equipe/releve/", team.hand_over, name="team_hand_over"),
    path(
        "organismes/<int:pk>-<slug:slug>/equipe/<int:person>/depart/",
        team.leaving,
        name="team_leaving",
    ),
]
