"""The settings of email."""

from django.urls import path

from balie.channels.email import connect

urlpatterns = [
    path("", connect.mailboxes, name="mailboxes"),
    path("<int:pk>/check", connect.mailbox_check, name="mailbox_check"),
    path("<int:pk>/removal", connect.mailbox_removal, name="mailbox_removal"),
]
