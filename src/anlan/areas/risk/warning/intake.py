"""Where the issuers' platform, or a program beside it, posts CAP messages."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja.utils import check_csrf

from anlan.areas.risk.warning.services.warnings import SIZE_LIMIT, Refused, receive_warning
from anlan.foundation.accounts.middleware import has_second_factor
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.services import client_address
from anlan.foundation.ledger.api import TokenAuth

CAPABILITY = "act:warnings.receive"


def _answer(status: int, **values) -> JsonResponse:
    return JsonResponse(values, status=status, json_dumps_params={"ensure_ascii": False})


def _sender(request: HttpRequest) -> User | JsonResponse:
    """The person or program that posts, by token or by session; else why not."""
    if "Authorization" in request.headers:
        user = TokenAuth()(request)
    else:
        user = request.user if request.user.is_authenticated else None
        if user and check_csrf(request):
            return _answer(403, error=_("缺少防伪标记（CSRF），请刷新页面后重试。"))
        if user and settings.ANLAN.require_mfa and user.needs_second_factor and not has_second_factor(request):
            return _answer(403, error=_("请先设置两步验证。"))
    if not user:
        return _answer(401, error=_("请登录，或在 Authorization 头中给出有效的接口令牌。"))
    if not user.may(CAPABILITY):
        return _answer(403, error=_("您的岗位没有这项权限：%(capability)s。") % {"capability": CAPABILITY})
    return user


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> JsonResponse:
    """Take in one CAP 1.2 message: 201 new, 200 known, 413 too large, 422 with the problems of each element."""
    user = _sender(request)
    if isinstance(user, JsonResponse):
        return user
    document = request.read(SIZE_LIMIT + 1)
    if len(document) > SIZE_LIMIT:
        return _answer(413, error=_("文档超过 %(n)s 字节。") % {"n": SIZE_LIMIT})
    try:
        warning, is_new = receive_warning(
            actor=user, document=document, received_from=f"{user} {client_address.get('')}".strip()
        )
    except Refused as error:
        return _answer(422, error=_("消息不能接收，请修改所列各项后重发。"), problems=list(error.problems))
    return _answer(
        201 if is_new else 200,
        identifier=warning.identifier,
        is_new=is_new,
        is_official=warning.is_official,
        state=warning.state,
        url=reverse("warning:warning", args=[warning.pk]),
    )


receive.required_capability = CAPABILITY
