"""Every address: the apps' own, sign-in, languages, the API."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.cache import cache_control
from django.views.i18n import JavaScriptCatalog


def _of_every_app() -> list[URLResolver]:
    """The addresses of each installed part of Anlan; parts without any have no `urls` module."""
    names = [config.name for config in apps.get_app_configs() if config.name.startswith("anlan.")]
    return [path("", include(f"{name}.urls")) for name in names if find_spec(f"{name}.urls")]


def _api() -> list[URLPattern | URLResolver]:
    if not find_spec("anlan.foundation.ledger.api"):
        return []
    return [path("api/v1/", import_module("anlan.foundation.ledger.api").api.urls)]


urlpatterns = [
    *_of_every_app(),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path(
        "jsi18n/",
        cache_control(private=True, max_age=600)(JavaScriptCatalog.as_view(domain="djangojs", packages=["anlan.web"])),
        name="jsi18n",
    ),
    *_api(),
]
