"""The checkpoint's phone page: it opens, checks and records without a network."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from anlan.areas.transport.passes.checking import pack_for, record_check
from anlan.areas.transport.passes.forms import CheckForm
from anlan.foundation.accounts.access import requires


@requires("act:passes.check")
def page(request: HttpRequest) -> HttpResponse:
    """Scan, see, decide; the list is kept on the phone."""
    return render(request, "passes/check.html")


@never_cache
@requires("act:passes.check")
def pack(request: HttpRequest) -> JsonResponse:
    """Keys, revocations and passes to take along."""
    return JsonResponse(pack_for(request.user))


@require_POST
@requires("act:passes.check")
def log(request: HttpRequest) -> JsonResponse:
    """One check; refusals are 4xx with a reason, and the same key counts once."""
    form = CheckForm(request.POST)
    if not form.is_valid():
        return _refusal("；".join(f"{name}：{text}" for name, texts in form.errors.items() for text in texts), 422)
    try:
        check, is_new = record_check(actor=request.user, **form.values())
    except PermissionDenied as error:
        return _refusal(str(error), 403)
    except ValidationError as error:
        return _refusal("；".join(error.messages), 422)
    return JsonResponse({"check": check.pk, "is_new": is_new, "judged": check.judged, "differs": check.differs})


def _refusal(words: str, status: int) -> JsonResponse:
    return JsonResponse({"error": words or _("没有记下。")}, status=status)
