"""Signing in, signing out, and one's own account."""

from allauth.account.views import logout
from django.urls import include, path

from balie.people import picking

urlpatterns = [
    path("sign-in/", include("balie.people.sign_in.urls")),
    path("sign-out/", logout, name="account_logout"),
    path("people-names", picking.names, name="people_names"),
    path("account/", include("balie.people.account.urls")),
]
