"""Every page needs a sign-in, and privileged posts a second factor; exceptions are named here."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from anlan.foundation.audit.services import client_address

#: Path prefixes that answer without a sign-in.
PUBLIC = (
    "/accounts/",
    "/static/",
    "/i18n/",
    "/jsi18n",
    "/health",
    "/sw.js",
    "/manifest.webmanifest",
    "/favicon.ico",
    "/offline/",
    "/api/v1/docs",
    "/api/v1/openapi.json",
    "/warnings/cap/",
    "/feeds/",
    "/calendars/s/",
    "/join/",
    "/owner/",
    "/public/",
    "/ogc",
    "/exchange/edxl/",
    "/sta/",
)


class SignedInMiddleware:
    """Redirects visitors to the sign-in page; answers programs with 401."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        client_address.set(request.META.get("REMOTE_ADDR", ""))
        if request.path.startswith(PUBLIC):
            return self.get_response(request)
        user = request.user
        if request.path.startswith("/api/"):
            return self.get_response(request)
        if not user.is_authenticated:
            if request.headers.get("X-Requested-With") == "fetch" or request.htmx:
                return JsonResponse({"error": _("登录已失效，请重新登录。")}, status=401)
            return redirect_to_login(request.get_full_path())
        if settings.ANLAN.require_mfa and user.needs_second_factor and not has_second_factor(request):
            return redirect("mfa_activate_totp")
        return self.get_response(request)


def has_second_factor(request) -> bool:
    """Whether the signed-in person has set up a second factor; remembered in the session."""
    if not request.session.get("second_factor"):
        from allauth.mfa.utils import is_mfa_enabled

        request.session["second_factor"] = is_mfa_enabled(request.user)
    return request.session["second_factor"]
