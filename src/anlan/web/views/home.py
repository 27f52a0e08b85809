"""The first page after signing in, by role; notices that wait for confirmation; the person's sign-ins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from anlan.foundation.accounts.access import requires
from anlan.foundation.notices.models import Notice
from anlan.foundation.notices.services import confirm_notice
from anlan.web import queries


@requires("view:home")
def home(request: HttpRequest) -> HttpResponse:
    """The desk of a duty officer, the phone page of a team, else what waits for this person."""
    if request.user.roles == ("field",):
        return redirect("web:field")
    if "duty_officer" in request.user.roles:
        return redirect("web:desk")
    can = {"can_screen": request.user.may("view:screen"), "can_map": request.user.may("view:map")}
    return render(request, "web/home.html", queries.todo(request.user) | can)


@requires("view:home")
def notices(request: HttpRequest) -> HttpResponse:
    """The notices that reached this person: waiting ones first, then the confirmed."""
    context = {
        "waiting": queries.waiting_notices(request.user),
        "done": queries.confirmed_notices(request.user)[:50],
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
    return HttpResponse(str(queries.waiting_notices(request.user).count() or ""))
