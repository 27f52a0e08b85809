"""The command screen (指挥大屏): everything that is going on, live, on one wall."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires


@requires("view:screen")
def screen(request: HttpRequest) -> HttpResponse:
    """The frame of the wall; its panels refresh themselves when something happens."""
    return render(request, "web/screen.html")
