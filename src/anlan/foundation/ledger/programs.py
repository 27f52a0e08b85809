"""Addresses that programs call beside the API: who calls, by key or by session, and answers in JSON."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja.utils import check_csrf

from anlan.foundation.accounts.middleware import has_second_factor
from anlan.foundation.accounts.models import User
from anlan.foundation.ledger.api import TokenAuth


def answer(status: int, **values) -> JsonResponse:
    """A JSON answer whose Chinese can be read."""
    return JsonResponse(values, status=status, json_dumps_params={"ensure_ascii": False})


def caller(request: HttpRequest, capability: str) -> User | JsonResponse:
    """The person or program that calls and may do this; else the answer that says why not.

    The address itself must be public to the sign-in middleware and exempt from its CSRF check.
    """
    if "Authorization" in request.headers:
        user = TokenAuth()(request)
    else:
        user = request.user if request.user.is_authenticated else None
        if user and check_csrf(request):
            return answer(403, error=_("缺少防伪标记（CSRF），请刷新页面后重试。"))
        if user and settings.ANLAN.require_mfa and user.needs_second_factor and not has_second_factor(request):
            return answer(403, error=_("请先设置两步验证。"))
    if not user:
        refusal = answer(401, error=_("请登录，或在 Authorization 头中给出有效的接口令牌。"))
        refusal["WWW-Authenticate"] = "Bearer"
        return refusal
    if not user.may(capability):
        return answer(403, error=_("您的岗位没有这项权限：%(capability)s。") % {"capability": capability})
    return user
