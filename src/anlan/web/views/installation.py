"""Whether the process is healthy, and what makes the pages an installable program."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _

import anlan

#: Files that the phone pages cannot do without.
SHELL_FILES = (
    "vendor/tabler/tabler.min.css",
    "vendor/tabler/tabler.min.js",
    "vendor/htmx/htmx.min.js",
    "css/anlan.css",
    "css/field.css",
    "js/theme.js",
    "js/shell.js",
    "js/live.js",
    "js/live-stream.js",
    "js/live-worker.js",
    "js/field/queue.js",
    "js/field/field.js",
    "css/roads.css",
    "js/closures/report.js",
    "css/passes.css",
    "js/passes/token.js",
    "js/passes/scan.js",
    "js/passes/check.js",
    "vendor/qr/decode.js",
    "vendor/qr/index.js",
    "vendor/noble-ed25519/index.js",
    "img/anlan.svg",
)


def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Whether this process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok", "version": anlan.__version__})


def service_worker(request: HttpRequest) -> HttpResponse:
    """The program that keeps phone pages working without a network."""
    context = {"version": anlan.__version__, "files": [static(name) for name in SHELL_FILES]}
    return render(request, "web/sw.js", context, content_type="text/javascript; charset=utf-8")


def offline(request: HttpRequest) -> HttpResponse:
    """What a phone shows for pages that need the network."""
    return render(request, "web/offline.html")


def manifest(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """What a phone needs to install the field pages."""
    small, large = static("img/anlan-192.png"), static("img/anlan-512.png")
    return JsonResponse(
        {
            "name": _("安澜应急保障平台"),
            "short_name": _("安澜"),
            "start_url": "/field/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#0b2a4f",
            "theme_color": "#0b2a4f",
            "icons": [
                {"src": small, "sizes": "192x192", "type": "image/png"},
                {"src": large, "sizes": "512x512", "type": "image/png", "purpose": "any maskable"},
            ],
        },
        content_type="application/manifest+json",
        json_dumps_params={"ensure_ascii": False},
    )
