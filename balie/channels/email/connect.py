"""The settings page of mailboxes, for administrators: which are read, how they do, add, check, remove."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from balie.channels.email import imap
from balie.channels.email.models import Mailbox
from balie.people.audience import for_area
from balie.people.models import Area
from balie.platform.alphabet import placed
from balie.teams.models import Team


class MailboxForm(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker only
    """A new mailbox."""

    token_url = forms.URLField(
        label=gettext_lazy("Token address"), required=False, assume_scheme="https", max_length=500
    )

    class Meta:
        model = Mailbox
        fields: ClassVar = [
            "team", "host", "port", "security", "user", "folder", "deletes_after_reading",
            "sign_in", "password", "client_id", "client_secret", "refresh_token", "token_url", "scope",
        ]  # fmt: skip
        widgets: ClassVar = {
            "password": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            "client_secret": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            "refresh_token": forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            "user": forms.TextInput(attrs={"autocomplete": "off"}),
        }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        team: Any = self.fields["team"]
        team.queryset, team.empty_label = Team.objects.active().order_by(placed(), "pk"), _("Choose a team")

    def clean(self) -> dict[str, Any]:
        """Valid is what works: the mailbox is opened to see."""
        cleaned = super().clean() or {}
        if not self.errors:
            mailbox = Mailbox(**cleaned)
            mailbox.clean()
            try:
                imap.check(mailbox)
            except imap.CannotRead as fault:
                raise ValidationError(in_words(fault)) from None
        return cleaned


@for_area(Area.INTEGRATIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def mailboxes(request: HttpRequest) -> HttpResponse:
    form = MailboxForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        form.save(commit=False).connect()
        messages.success(request, _("The mailbox is connected. New mail is taken in from now on."))
        return redirect("mailboxes")
    listed = Mailbox.objects.select_related("team").defer("password", "client_secret", "refresh_token")
    status = 422 if form.errors else 200
    return render(request, "email/mailboxes.html", {"form": form, "mailboxes": listed}, status=status)


@for_area(Area.INTEGRATIONS)
@require_POST
def mailbox_check(request: HttpRequest, pk: int) -> HttpResponse:
    mailbox = get_object_or_404(Mailbox, pk=pk)
    try:
        imap.check(mailbox)
    except imap.CannotRead as fault:
        messages.error(request, in_words(fault))
    else:
        messages.success(request, _("The mailbox can be read."))
    return redirect("mailboxes")


@for_area(Area.INTEGRATIONS)
@require_POST
def mailbox_removal(request: HttpRequest, pk: int) -> HttpResponse:
    get_object_or_404(Mailbox.objects.only("pk"), pk=pk).delete()
    messages.success(request, _("The mailbox is removed. Nothing on its server has changed."))
    return redirect("mailboxes")


def in_words(fault: imap.CannotRead) -> str:
    """What is wrong, in the reader's language, and what the other side said."""
    said = _("The server says: {words}").format(words=fault.detail) if fault.detail else ""
    return f"{fault.trouble.label} {said}".strip()
