"""The operations under /api/v1/, each behind its door."""

from django.urls import URLPattern, re_path

from balie.api.desk import desk
from balie.api.door import door, nowhere, porch

app_name = "api"

_OPEN = {"openapi-json", "openapi-view", "api-root"}
_FEATURES = desk.features()

urlpatterns = [
    URLPattern(
        pattern.pattern,
        porch(pattern.callback) if pattern.name in _OPEN else door(pattern.callback, _FEATURES[str(pattern.pattern)]),
        pattern.default_args,
        pattern.name,
    )
    for pattern in desk.urls[0]
    if isinstance(pattern, URLPattern)
]
# Whatever is not there is a problem document too, for whoever may be told.
urlpatterns.append(re_path("", door(nowhere), name="nowhere"))
