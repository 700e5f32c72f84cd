"""The settings, under /settings/."""

from django.urls import path

from balie.administration import organisation, people, requests, start, teams, troubles, working_hours

app_name = "administration"
urlpatterns = [
    path("", start.start, name="start"),
    path("troubles/", troubles.stuck, name="troubles"),
    path("troubles/arrivals/attempts", troubles.arrival_attempts, name="arrival-attempts"),
    path("troubles/arrivals/<int:pk>/attempt", troubles.arrival_attempt, name="arrival-attempt"),
    path("troubles/deliveries/attempts", troubles.delivery_attempts, name="delivery-attempts"),
    path("troubles/deliveries/<int:pk>/attempt", troubles.delivery_attempt, name="delivery-attempt"),
    path("teams/", teams.teams, name="teams"),
    path("teams/<int:pk>", teams.team, name="team"),
    path("teams/<int:pk>/archive", teams.team_archive, name="team-archive"),
    path("teams/<int:pk>/members", teams.members, name="members"),
    path("teams/<int:pk>/members/<int:person>/removal", teams.member_removal, name="member-removal"),
    path("teams/<int:pk>/categories", teams.categories, name="categories"),
    path("teams/<int:pk>/categories/<int:category>/archive", teams.category_archive, name="category-archive"),
    path("teams/<int:pk>/categories/<int:category>", teams.category, name="category"),
    path("teams/<int:pk>/words", teams.words, name="team-words"),
    path("teams/<int:pk>/hours", working_hours.hours, name="team-hours"),
    path("teams/<int:pk>/special-days", working_hours.special_days, name="special-days"),
    path(
        "teams/<int:pk>/special-days/<int:day>/removal", working_hours.special_day_removal, name="special-day-removal"
    ),
    path("people/", people.people, name="people"),
    path("people/<int:pk>/role", people.role, name="role"),
    path("organisation/", organisation.organisation, name="organisation"),
    path("deleted/", requests.deleted, name="deleted"),
    path("deleted/<int:number>/restoration", requests.restoration, name="restoration"),
    path("disclosure/", requests.disclosure, name="disclosure"),
]
