"""The bell's pages, and how one wishes to be told."""

from django.urls import path

from balie.channels.notices import pages, wishing

app_name = "notices"
urlpatterns = [
    path("notices/", pages.notices, name="list"),
    path("notices/unread", pages.unread, name="unread"),
    path("notices/reading", pages.reading, name="reading"),
    path("account/notices/", wishing.wishes, name="wishes"),
]
