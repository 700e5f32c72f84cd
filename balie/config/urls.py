"""Where everything is found."""

from django.urls import include, path

from balie.config import files, health, home

urlpatterns = [
    path("", home.home, name="home"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
    path("", include("balie.people.urls")),
    path("requests/", include("balie.workspace.urls")),
    path("my/requests/", include("balie.portal.urls")),
    path("files/<int:pk>/<str:name>", files.file, name="file"),
    path("api/v1/", include("balie.api.urls")),
    path("settings/integrations/email/", include("balie.channels.email.urls")),
    path("settings/", include("balie.administration.urls")),
]
handler403 = "balie.config.faults.forbidden"
handler404 = "balie.config.faults.not_found"
handler500 = "balie.config.faults.broken"
