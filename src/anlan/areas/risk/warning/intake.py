"""Where the issuers' platform, or a program beside it, posts CAP messages."""

from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from anlan.areas.risk.warning.services.warnings import SIZE_LIMIT, Refused, Waiting, receive_warning
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.services import client_address
from anlan.foundation.ledger.programs import answer, caller

CAPABILITY = "act:warnings.receive"


@csrf_exempt
@require_POST
def receive(request: HttpRequest) -> JsonResponse:
    """Take in one CAP 1.2 message: 201 new, 202 early, 200 known, 413 too large, 422 with the problems of each element."""
    user = caller(request, CAPABILITY)
    if not isinstance(user, User):
        return user
    document = request.read(SIZE_LIMIT + 1)
    if len(document) > SIZE_LIMIT:
        return answer(413, error=_("文档超过 %(n)s 字节。") % {"n": SIZE_LIMIT})
    try:
        warning, is_new = receive_warning(
            actor=user, document=document, received_from=f"{user} {client_address.get('')}".strip()
        )
    except Refused as error:
        return answer(422, error=_("消息不能接收，请修改所列各项后重发。"), problems=list(error.problems))
    except Waiting as error:
        return answer(202, identifier=str(error), is_new=True, state="waiting")
    return answer(
        201 if is_new else 200,
        identifier=warning.identifier,
        is_new=is_new,
        is_official=warning.is_official,
        state=warning.state,
        signature=warning.signature,
        url=reverse("warning:warning", args=[warning.pk]),
    )


receive.required_capability = CAPABILITY
