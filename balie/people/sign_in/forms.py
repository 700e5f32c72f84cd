"""The forms of signing in that are not allauth's own."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ResetPasswordKeyForm, SetPasswordForm
from allauth.core import context, ratelimit
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from balie.people import tasks


class _Labelled(forms.Form):
    """allauth's, without hints in the fields that say their labels a second time."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignIn(_Labelled, LoginForm):  # type: ignore[misc]  # allauth has no types
    """The way to a new password, which would stand in it, stands below it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["password"].help_text = ""


class SetPassword(_Labelled, SetPasswordForm):  # type: ignore[misc]  # allauth has no types
    """The first one."""


class ChangePassword(_Labelled, ChangePasswordForm):  # type: ignore[misc]  # allauth has no types
    """With the one before."""


class ResetPassword(_Labelled, ResetPasswordKeyForm):  # type: ignore[misc]  # allauth has no types
    """By the link in a mail."""


class _Address(forms.Form):
    """Asks for an address and never says whether somebody has it. What follows is a job, so that time tells nothing either."""

    email = forms.EmailField(
        label=_("Work address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


class AskForLink(_Address):
    """A one-time link by mail."""

    next = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        address = super().clean_email()
        if not ratelimit.consume(context.request, action="sign_in_link", key=address):
            raise forms.ValidationError(
                _("Too many links were asked for. Wait a few minutes, then try again."), code="too_many"
            )
        return address

    def clean_next(self) -> str:
        """Only a path of ours: the mail must not carry anybody elsewhere."""
        wanted = str(self.cleaned_data["next"])
        return wanted if get_adapter().is_safe_url(wanted) else ""

    def ask(self) -> None:
        """Have the link mailed, if anybody may have one."""
        tasks.mail_sign_in_link.defer(address=self.cleaned_data["email"], then=self.cleaned_data["next"])


class AskForPasswordReset(_Address):
    """A link to a new password by mail; allauth's view counts how often, and calls `save`."""

    def save(self, request: HttpRequest, **_kept: object) -> str:
        """Have the link mailed, if anybody may have one."""
        address = str(self.cleaned_data["email"])
        tasks.mail_password_reset.defer(address=address)
        return address
