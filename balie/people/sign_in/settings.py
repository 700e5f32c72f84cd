"""The settings of django-allauth, by its names. `balie.config.settings` takes them over as they are."""

from typing import Final

ACCOUNT_ADAPTER: Final = "balie.people.sign_in.adapter.AccountAdapter"
ACCOUNT_FORMS: Final = {
    "login": "balie.people.sign_in.forms.SignIn",
    "set_password": "balie.people.sign_in.forms.SetPassword",
    "change_password": "balie.people.sign_in.forms.ChangePassword",
    "reset_password_from_key": "balie.people.sign_in.forms.ResetPassword",
    "reset_password": "balie.people.sign_in.forms.AskForPasswordReset",
}

ACCOUNT_USER_MODEL_USERNAME_FIELD: Final = None
ACCOUNT_LOGIN_METHODS: Final = {"email"}
# allauth shows a password field at sign-in only when these name one; nobody can sign up (no URL, and the adapter refuses).
ACCOUNT_SIGNUP_FIELDS: Final = ["email*", "password1*"]
# Addresses come from the import or the set-up, never from the person: there is nothing to verify.
ACCOUNT_EMAIL_VERIFICATION: Final = "none"
# allauth's own generator would copy addresses into a table of its own, where they would outlive a change of address.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR: Final = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105

PASSWORD_RESET_TIMEOUT: Final = 3600

ACCOUNT_PREVENT_ENUMERATION: Final = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS: Final = False
ACCOUNT_RATE_LIMITS: Final = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,10/15m/key",
    "reset_password": "20/m/ip,3/5m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "sign_in_link": "20/m/ip,3/5m/key",
    "sign_in_link_use": "30/m/ip",
}

ACCOUNT_SESSION_REMEMBER: Final = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET: Final = False
ACCOUNT_LOGOUT_ON_GET: Final = False
ACCOUNT_REAUTHENTICATION_TIMEOUT: Final = 15 * 60
# A link counts for as long, for whoever had no other proof when they used it; see `entering.py`.
ACCOUNT_REAUTHENTICATION_METHODS: Final = ("password", "mfa", "link")
ACCOUNT_EMAIL_SUBJECT_PREFIX: Final = ""

MFA_ADAPTER: Final = "balie.people.sign_in.adapter.SecondFactorAdapter"
MFA_FORMS: Final = {
    "add_webauthn": "balie.people.sign_in.key_forms.AddKey",
    "edit_webauthn": "balie.people.sign_in.key_forms.RenameKey",
}
MFA_SUPPORTED_TYPES: Final = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED: Final = True
MFA_PASSKEY_SIGNUP_ENABLED: Final = False
MFA_ALLOW_UNVERIFIED_EMAIL: Final = True
# Phones' clocks are off by some seconds: one step of 30 s either way.
MFA_TOTP_TOLERANCE: Final = 1

# A write on every page would cost more than it tells.
USERSESSIONS_TRACK_ACTIVITY: Final = False

# Work addresses are unique wherever there is one; the check does not see constraints with a condition.
SILENCED_SYSTEM_CHECKS: Final = ["auth.W004"]
