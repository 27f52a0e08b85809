"""The phone page of a person in the field; it opens and records without a network.

The orders come from `/field/pack.json`, which the part that keeps orders answers:
`{"orders": [{"id", "title", "text", "status_label", "verbs": ["acknowledge", "set_out", "arrive", "finish",
"withdraw"], "started_at", "due_at", "place", "lon", "lat", "is_exercise", "incident": {"title", "place",
"facts": [[term, value], ...]}}]}`. What the person records goes to `/field/orders/<id>/<verb>/` (also `report`) with
`at`, `text`, `lon`, `lat`, `photo` and `key`; the same key counts once, a refusal answers 4xx with `{"error": ...}`.
"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires


@requires("view:field")
def field(request: HttpRequest) -> HttpResponse:
    """My orders with one big button each; the orders themselves are kept on the phone."""
    return render(request, "web/field.html")


@requires("view:field")
def me(request: HttpRequest) -> JsonResponse:
    """Who is signed in, so that a phone sends only what this person recorded."""
    return JsonResponse({"user": request.user.pk})
