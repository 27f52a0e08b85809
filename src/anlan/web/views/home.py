"""The first page after signing in, by role; notices that wait for confirmation; the person's sign-ins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from anlan.foundation.accounts.access import requires
from anlan.web import queries


@requires("view:home")
def home(request: HttpRequest) -> HttpResponse:
    """The desk of a duty officer, the phone page of a team, else what waits for this person."""
    if request.user.roles == ("field",):
        return redirect("web:field")
    if "duty_officer" in request.user.roles and (desk := _address("duty:desk")):
        return redirect(desk)
    can = {"can_screen": request.user.may("view:screen"), "can_map": request.user.may("view:map")}
    return render(request, "web/home.html", queries.todo(request.user) | can)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@requires("view:home")
def notices(request: HttpRequest) -> HttpResponse:
    """The notices that reached this person: waiting ones first, then the confirmed."""
    context = {
        "waiting": queries.waiting_notices(request.user),
        "done": queries.confirmed_notices(request.user)[:50],
    }
    return render(request, "web/notices.html", context)


@requires("view:home")
def notice_counter(request: HttpRequest) -> HttpResponse:
    """The number in the header, without the page around it."""
    return HttpResponse(str(queries.waiting_notices(request.user).count() or ""))
