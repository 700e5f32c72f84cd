"""Where employees ask and read, under /my/requests/."""

from django.urls import path

from balie.portal import asking, colleagues, rating, requests

app_name = "portal"
urlpatterns = [
    path("", requests.requests, name="requests"),
    path("new", asking.ask, name="ask"),
    path("new/likely", asking.likely, name="likely"),
    path("<int:number>", requests.request, name="request"),
    path("<int:number>/messages", requests.reply, name="messages"),
    path("<int:number>/resolution", requests.resolution, name="resolution"),
    path("<int:number>/reopening", requests.reopening, name="reopening"),
    path("<int:number>/rating", rating.rate, name="rating"),
    path("<int:number>/colleagues", colleagues.colleagues, name="colleagues"),
    path("<int:number>/followers", colleagues.followers, name="followers"),
    path("<int:number>/leaving", colleagues.leaving, name="leaving"),
]
