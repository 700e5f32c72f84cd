"""Which of one's browsers show notices."""

from django.urls import path

from balie.channels.push import pages

app_name = "push"
urlpatterns = [
    path("", pages.browsers, name="browsers"),
    path("<int:pk>/removal", pages.removal, name="removal"),
]
