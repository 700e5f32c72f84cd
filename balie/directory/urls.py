"""The directory of people, under /people/."""

from django.urls import path

from balie.directory import basics, history, listing, profile, proposals, sections, slack_accounts

app_name = "directory"
urlpatterns = [
    path("", listing.people, name="people"),
    path("<int:pk>", profile.profile, name="profile"),
    path("<int:pk>/basics", basics.basics, name="basics"),
    path("<int:pk>/sections/<slug:key>", sections.section, name="section"),
    path("<int:pk>/history", history.history, name="history"),
    path("<int:pk>/slack/<int:member>/separation", slack_accounts.separation, name="slack-separation"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:pk>/approval", proposals.approval, name="proposal-approval"),
    path("proposals/<int:pk>/refusal", proposals.refusal, name="proposal-refusal"),
]
