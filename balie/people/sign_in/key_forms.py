"""allauth's forms of passkeys and security keys, with a label that can be translated."""

from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _


class AddKey(AddWebAuthnForm):  # type: ignore[misc]  # allauth is not typed
    """Left empty, allauth finds a name."""

    name = forms.CharField(label=_("Name"), required=False, max_length=120)


class RenameKey(EditWebAuthnForm):  # type: ignore[misc]  # allauth is not typed
    name = forms.CharField(label=_("Name"), max_length=120)
