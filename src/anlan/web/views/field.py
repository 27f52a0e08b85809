"""The phone page of a person in the field; it opens and records without a network."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires


@requires("view:field")
def field(request: HttpRequest) -> HttpResponse:
    """My orders with one big button each; the orders themselves come as JSON and are kept on the phone."""
    return render(request, "web/field.html")
