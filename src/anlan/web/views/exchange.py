"""Where other bureaus' systems post and fetch EDXL messages, and the pages that list what was exchanged."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from anlan.foundation.accounts.access import requires
from anlan.foundation.accounts.models import User
from anlan.foundation.audit.services import client_address
from anlan.foundation.incidents.queries import incidents_for
from anlan.foundation.ledger.programs import answer, caller
from anlan.foundation.ledger.registry import ledger
from anlan.foundation.places.codes import within
from anlan.foundation.resources.queries import requests_for
from anlan.protocols import edxl
from anlan.web.exchange import exports
from anlan.web.exchange.receiving import SIZE_LIMIT, receive
from anlan.web.models import Exchange

PAGE_SIZE = 30
#: Latest incidents and requests that the page offers for export.
OFFERED = 5
SHOWS = {"in": Q(direction="in"), "out": Q(direction="out"), "problems": Q(result__in=("partly", "refused"))}


def for_programs(capability: str) -> Callable:
    """Guard an address that programs call with their key, or people with their session."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            user = caller(request, capability)
            if not isinstance(user, User):
                return user
            request.user = user
            return view(request, *args, **kwargs)

        guarded.required_capability = capability
        return csrf_exempt(guarded)

    return decorate


def _partner(user: User) -> str:
    return " ".join(filter(None, (str(user), str(user.department or ""), client_address.get(""))))


@require_POST
@for_programs("act:exchange.receive")
def edxl_receive(request: HttpRequest) -> JsonResponse:
    """Take in an envelope or a bare message: 201 new, 200 known, 207 some messages refused, 413, 422 all refused."""
    document = request.read(SIZE_LIMIT + 1)
    if len(document) > SIZE_LIMIT:
        return answer(413, error=_("文档超过 %(n)s 字节。") % {"n": SIZE_LIMIT})
    exchange, is_new = receive(actor=request.user, document=document, partner=_partner(request.user))
    said = {
        "identifier": exchange.identifier,
        "standard": exchange.standard,
        "result": exchange.result,
        "problems": exchange.problems,
        "messages": [
            {
                "standard": message.standard,
                "identifier": message.identifier,
                "result": message.result,
                "detail": message.detail,
            }
            for message in exchange.messages.all()
        ],
        "url": reverse("web:exchange_document", args=[exchange.pk]),
    }
    if exchange.result == Exchange.Result.REFUSED:
        return answer(422, error=_("消息不能接收，请修改所列各项后重发。"), **said)
    if exchange.result == Exchange.Result.PARTLY:
        return answer(207, error=_("部分消息不能接收，请修改所列各项后重发。"), **said)
    return answer(201 if is_new else 200, is_new=is_new, **said)


@require_GET
@for_programs("export:hospitals")
def edxl_have(request: HttpRequest) -> HttpResponse:
    """Hospitals of the caller's areas; demonstration rows only where there are no others, and then as an exercise."""
    rows = ledger("hospitals").rows(request.user).order_by("code")
    hospitals = list(rows.filter(is_demo=False)) or list(rows)
    if not hospitals:
        raise Http404
    status = exports.hospital_status(hospitals)
    return _envelope(request, [(status, "医院收治能力")], is_exercise=hospitals[0].is_demo)


@require_GET
@for_programs("export:incidents")
def edxl_sitrep(request: HttpRequest, incident: str) -> HttpResponse:
    """Situation reports on an incident that the caller may open, by its code or number."""
    name = {"pk": incident} if incident.isdecimal() and len(incident) < 12 else {"code": incident}
    found = get_object_or_404(incidents_for(request.user), **name)
    reports = exports.situation_reports(found, request.user)
    messages = [(report, f"{found.title}：{report.title}") for report in reports]
    return _envelope(request, messages, is_exercise=found.is_exercise)


@require_GET
@for_programs("export:resourcerequests")
def edxl_rm(request: HttpRequest, pk: int) -> HttpResponse:
    """A resource request that the caller may see."""
    wanted = get_object_or_404(requests_for(request.user), pk=pk)
    return _envelope(request, [(exports.resource_request(wanted), wanted.what)], is_exercise=wanted.is_exercise)


def _envelope(request: HttpRequest, messages: list[tuple[edxl.Message, str]], *, is_exercise: bool) -> HttpResponse:
    document = exports.provide(
        actor=request.user,
        partner=_partner(request.user),
        sender=f"anlan@{request.get_host()}",
        messages=messages,
        is_exercise=is_exercise,
    )
    response = HttpResponse(document, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="edxl-{timezone.localtime():%Y%m%d-%H%M%S}.xml"'
    return response


def exchanges_for(user: User) -> QuerySet[Exchange]:
    """What users of the person's areas, and the person itself, exchanged."""
    rows = Exchange.objects.filter(within(user.scope.prefixes) | Q(actor=user))
    return rows.select_related("actor__department").defer("raw").prefetch_related("messages")


def _offers(user: User) -> list[tuple[str, str, str]]:
    """What the person may hand to others now: the standard, what it tells, where it is fetched."""
    found = []
    if user.may("export:hospitals") and ledger("hospitals").rows(user).exists():
        found.append(("EDXL-HAVE", _("医院收治能力"), reverse("web:edxl_have")))
    if user.may("export:incidents"):
        found += [
            ("EDXL-SitRep", one.title, reverse("web:edxl_sitrep", args=[one.pk]))
            for one in incidents_for(user).order_by("-pk")[:OFFERED]
        ]
        found += [
            ("EDXL-RM", one.what, reverse("web:edxl_rm", args=[one.pk]))
            for one in requests_for(user).order_by("-pk")[:OFFERED]
        ]
    return found


@requires("view:exchange")
def exchange_list(request: HttpRequest) -> HttpResponse:
    """What was exchanged, the latest first; `?show=` in, out or problems."""
    show = request.GET.get("show", "")
    rows = exchanges_for(request.user)
    if show in SHOWS:
        rows = rows.filter(SHOWS[show])
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "show": show,
        "may_hand_in": request.user.may("act:exchange.receive"),
        "offers": _offers(request.user),
        "address": request.build_absolute_uri(reverse("web:edxl_receive")),
    }
    return render(request, "web/exchange/list.html", context)


@require_POST
@requires("act:exchange.receive")
def exchange_upload(request: HttpRequest) -> HttpResponse:
    """Take in a document that came by mail or on a stick, as if its system had posted it."""
    given = request.FILES.get("document")
    if given is None or given.size > SIZE_LIMIT:
        problem = _("请先选择文件。") if given is None else _("文档超过 %(n)s 字节。") % {"n": SIZE_LIMIT}
        messages.error(request, problem)
        return redirect("web:exchange")
    exchange, is_new = receive(
        actor=request.user, document=given.read(), partner=f"{_partner(request.user)} {given.name}"
    )
    if not is_new:
        messages.info(request, _("这份文档已经接收过。"))
    return redirect("web:exchange_document", exchange.pk)


@requires("view:exchange")
def exchange_document(request: HttpRequest, pk: int) -> HttpResponse:
    """One document: its messages, what became of each, and the original."""
    found = get_object_or_404(exchanges_for(request.user), pk=pk)
    text = bytes(found.raw).decode("utf-8", "replace")
    return render(request, "web/exchange/document.html", {"object": found, "text": text[:20_000]})


@requires("view:exchange")
def exchange_original(request: HttpRequest, pk: int) -> HttpResponse:
    """The document as it came or went."""
    found = get_object_or_404(exchanges_for(request.user), pk=pk)
    response = HttpResponse(bytes(found.raw), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="exchange-{found.pk}.xml"'
    return response
