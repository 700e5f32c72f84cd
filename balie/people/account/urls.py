"""The pages of one's own account. The names are allauth's wherever the page is allauth's."""

from allauth.account import views as own
from allauth.mfa.base import views as second_factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from allauth.usersessions import views as sessions
from django.urls import path

from balie.people.account import views

urlpatterns = [
    path("", views.account, name="account"),
    path("tokens/", views.tokens, name="account_tokens"),
    path("tokens/new/", views.new_token, name="account_token_new"),
    path("tokens/<int:pk>/revocation/", views.revoke_token, name="account_token_revocation"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
    path("sessions/<int:pk>/end/", views.end_session, name="account_session_end"),
    path("password/", own.password_change, name="account_change_password"),
    path("password/first/", own.password_set, name="account_set_password"),
    path("confirmation/", own.reauthenticate, name="account_reauthenticate"),
    path("confirmation/code/", second_factor.reauthenticate, name="mfa_reauthenticate"),
    path("confirmation/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("second-factor/", second_factor.index, name="mfa_index"),
    path("second-factor/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-factor/app/removal/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-factor/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-factor/codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-factor/codes/file/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second-factor/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("second-factor/passkeys/new/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("second-factor/passkeys/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("second-factor/passkeys/<int:pk>/removal/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
]
