"""allauth's addresses, in French below /compte/, under the names that allauth itself reverses."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts.views import security, sign_in

to_security = RedirectView.as_view(pattern_name="accounts:security")

urlpatterns = [
    path("connexion/", sign_in.login, name="account_login"),
    path("connexion/code/", sign_in.request_login_code, name="account_request_login_code"),
    path(
        "connexion/code/confirmer/",
        sign_in.confirm_login_code,
        name="account_confirm_login_code",
    ),
    path("connexion/second-facteur/", sign_in.authenticate, name="mfa_authenticate"),
    path("connexion/cle/", sign_in.login_by_passkey, name="mfa_login_webauthn"),
    path("deconnexion/", sign_in.logout, name="account_logout"),
    path("inactif/", sign_in.inactive, name="account_inactive"),
    path("inscription/", sign_in.signup, name="account_signup"),
    path("mot-de-passe/oublie/", sign_in.password_reset, name="account_reset_password"),
    path(
        "mot-de-passe/oublie/envoye/",
        sign_in.password_reset_done,
        name="account_reset_password_done",
    ),
    path(
        "mot-de-passe/nouveau/fait/",
        sign_in.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[\w-]+)/$",
        sign_in.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("mot-de-passe/changer/", sign_in.password_change, name="account_change_password"),
    path("mot-de-passe/choisir/", sign_in.password_set, name="account_set_password"),
    path("securite/", security.overview, name="mfa_index"),
    path("securite/confirmer/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("securite/confirmer/code/", sign_in.reauthenticate_by_code, name="mfa_reauthenticate"),
    path(
        "securite/confirmer/cle/",
        sign_in.reauthenticate_by_passkey,
        name="mfa_reauthenticate_webauthn",
    ),
    path("securite/application/", sign_in.activate_totp, name="mfa_activate_totp"),
    path("securite/application/retirer/", sign_in.deactivate_totp, name="mfa_deactivate_totp"),
    path("securite/codes/", sign_in.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "securite/codes/nouveaux/",
        sign_in.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path(
        "securite/codes/telecharger/",
        sign_in.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("securite/cles/", to_security, name="mfa_list_webauthn"),
    path("securite/cles/ajouter/", sign_in.add_passkey, name="mfa_add_webauthn"),
    path("securite/cles/<int:pk>/retirer/", sign_in.remove_passkey, name="mfa_remove_webauthn"),
    path("securite/cles/<int:pk>/renommer/", sign_in.edit_passkey, name="mfa_edit_webauthn"),
    path("securite/sessions/", sign_in.other_sessions, name="usersessions_list"),
]
