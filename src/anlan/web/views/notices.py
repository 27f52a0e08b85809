"""Notices: mine, to be confirmed; and the register of calls (叫应台账), where the desk confirms for others."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from anlan.foundation.accounts.access import requires
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.queries import median_wait, notices_in_scope, people_of, waiting_notices
from anlan.foundation.notices.services import confirm_notice
from anlan.web import queries

#: Days that the middle waiting time looks back.
WINDOW = 30


@requires("view:home")
def notices(request: HttpRequest) -> HttpResponse:
    """The notices that reached this person: waiting ones first, then the confirmed."""
    context = {
        "waiting": waiting_notices(request.user),
        "done": queries.confirmed_notices(request.user)[:50],
        "can_register": request.user.may("view:notices"),
    }
    return render(request, "web/notices.html", context)


@requires("act:messages")
@require_POST
def notice_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Record that this person received a notice that was sent to them."""
    notice = get_object_or_404(Notice.objects.filter(attempts__user=request.user).distinct(), pk=pk)
    confirm_notice(notice=notice, user=request.user)
    return HttpResponse(status=204) if request.htmx else redirect("web:notices")


@requires("view:home")
def notice_counter(request: HttpRequest) -> HttpResponse:
    """The number in the header, without the page around it."""
    return HttpResponse(str(waiting_notices(request.user).count() or ""))


@requires("view:notices")
def register(request: HttpRequest) -> HttpResponse:
    """All notices of the person's areas with the rungs tried, who confirmed and how long it took."""
    rows = notices_in_scope(request.user)
    recent = rows.filter(created_at__gte=timezone.now() - timedelta(days=WINDOW), confirmed_at__isnull=False)
    context = {
        "waiting": rows.filter(confirmed_at=None, exhausted_at=None).count(),
        "exhausted": rows.filter(confirmed_at=None, exhausted_at__isnull=False).count(),
        "confirmed": recent.count(),
        "median": median_wait(recent.prefetch_related(None)),
        "window": WINDOW,
    }
    show = request.GET.get("show", "")
    if show == "waiting":
        rows = rows.filter(confirmed_at=None)
    elif show == "exhausted":
        rows = rows.filter(confirmed_at=None, exhausted_at__isnull=False)
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    can_confirm = request.user.may("act:messages")
    return render(
        request, "web/notice_register.html", context | {"page": page, "show": show, "can_confirm": can_confirm}
    )


@requires("act:messages")
def notice_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose who confirmed on the telephone, and write it down on that person's behalf."""
    notice = get_object_or_404(notices_in_scope(request.user), pk=pk)
    people, error = people_of(notice), ""
    if request.method == "POST":
        person = people.filter(pk=request.POST.get("person") or 0).first()
        try:
            if person is None:
                raise ValidationError({"person": _("请选择确认的人。")})
            confirm_notice(notice=notice, user=person, how=Notice.How.PHONE, recorded_by=request.user)
        except ValidationError as problem:
            error = " ".join(problem.messages)
        else:
            messages.success(request, _("已登记：%(person)s 电话确认。") % {"person": person})
            return redirect("web:notice_register")
    context = {"object": notice, "people": people.select_related("department"), "error": error}
    return render(request, "web/notice_phone.html", context)
