"""The first page after signing in, by role."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from anlan.foundation.accounts.access import requires
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
