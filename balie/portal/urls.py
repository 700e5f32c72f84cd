"""Where employees ask and read, under /my/requests/."""

from django.urls import path

from balie.portal import asking, requests

app_name = "portal"
urlpatterns = [
    path("", requests.requests, name="requests"),
    path("new", asking.ask, name="ask"),
    path("<int:number>", requests.request, name="request"),
    path("<int:number>/messages", requests.reply, name="messages"),
    path("<int:number>/resolution", requests.resolution, name="resolution"),
    path("<int:number>/reopening", requests.reopening, name="reopening"),
]
