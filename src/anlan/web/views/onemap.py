"""The one map (一张图): layers of every ledger with a location, search, and what is inside a zone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires


@requires("view:map")
def onemap(request: HttpRequest) -> HttpResponse:
    """The map page."""
    return render(request, "web/map.html")
