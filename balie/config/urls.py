"""Where everything is found."""

from django.urls import include, path

from balie.channels.push.pages import service_worker
from balie.channels.web import posting
from balie.config import files, health, home, palette, viewing_as
from balie.portal import rating

urlpatterns = [
    path("", home.home, name="home"),
    path("go-to", palette.palette, name="palette"),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.prometheus, name="metrics"),
    path("", include("balie.people.urls")),
    path("requests/", include("balie.workspace.urls")),
    path("my/requests/", include("balie.portal.urls")),
    path("rating/<str:token>", rating.by_link, name="rating"),
    path("files/<int:pk>/<str:name>", files.file, name="file"),
    path("", include("balie.channels.notices.urls")),
    path("account/notices/browsers/", include("balie.channels.push.urls")),
    path("service-worker.js", service_worker, name="service_worker"),
    path("uploads", posting.upload, name="uploads"),
    path("uploads/<str:slip>", posting.picture, name="upload"),
    path("people/", include("balie.directory.urls")),
    path("settings/people/<int:pk>/view", viewing_as.begin, name="viewing"),
    path("view/end", viewing_as.end, name="viewing-end"),
    path("api/v1/", include("balie.api.urls")),
    path("settings/integrations/email/", include("balie.channels.email.urls")),
    path("settings/integrations/slack/", include("balie.channels.slack.pages")),
    path("channels/slack/", include("balie.channels.slack.urls")),
    path("settings/", include("balie.administration.urls")),
]
handler403 = "balie.config.faults.forbidden"
handler404 = "balie.config.faults.not_found"
handler500 = "balie.config.faults.broken"
