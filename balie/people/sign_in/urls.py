"""The pages of signing in, open to everyone. The names are allauth's wherever the page is allauth's; there is no sign-up."""

from allauth.account import views as account
from allauth.mfa.base import views as second_factor
from allauth.mfa.webauthn import views as passkeys
from django.urls import path, re_path

from balie.people.sign_in import views

urlpatterns = [
    path("", account.login, name="account_login"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("second-factor/", second_factor.authenticate, name="mfa_authenticate"),
    path("passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("link/", views.ask_for_link, name="sign_in_link_ask"),
    path("link/sent/", views.link_sent, name="sign_in_link_sent"),
    path("link/<str:token>/", views.open_link, name="sign_in_link"),
    path("password/", account.password_reset, name="account_reset_password"),
    path("password/sent/", account.password_reset_done, name="account_reset_password_done"),
    path("password/changed/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
