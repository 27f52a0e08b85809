"""A person's subscriptions, and the calendars that programs read by their secret addresses."""

import hashlib

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_POST, require_safe

from anlan.foundation.accounts.access import requires
from anlan.foundation.calendars import services
from anlan.foundation.calendars.forms import SubscriptionForm
from anlan.foundation.calendars.registry import calendars


@requires("view:home")
def overview(request: HttpRequest) -> HttpResponse:
    """One's own addresses; a new one is shown once."""
    form = SubscriptionForm(request.POST or None, user=request.user, initial=request.GET.dict())
    address = ""
    if request.method == "POST" and form.is_valid():
        try:
            secret = services.subscribe(actor=request.user, **form.cleaned_data)
        except ValidationError as problem:
            for name, lines in getattr(problem, "message_dict", {"": problem.messages}).items():
                form.add_error(name if name in form.fields else None, lines)
        else:
            address = request.build_absolute_uri(reverse("calendars:serve", args=[secret]))
    titles = {code: one.title for code, one in calendars().items()}
    rows = request.user.subscriptions.filter(revoked_at=None).select_related("unit")
    context = {
        "form": form,
        "address": address,
        "webcal": "webcal:" + address.partition(":")[2] if address else "",
        "subscriptions": [(row, titles.get(row.calendar, row.calendar)) for row in rows],
    }
    return render(request, "calendars/overview.html", context, status=422 if form.errors else 200)


@requires("view:home")
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke an address."""
    services.revoke(actor=request.user, subscription=get_object_or_404(request.user.subscriptions, pk=pk))
    return redirect("calendars:overview")


@require_safe
def serve(request: HttpRequest, secret: str) -> HttpResponseBase:
    """A calendar by its secret address; 404 when it was revoked or its person may no longer see it."""
    body = services.read(secret)
    if body is None:
        return HttpResponse(status=404)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = quote_etag(hashlib.sha256(body).hexdigest())
    response["Content-Disposition"] = 'attachment; filename="anlan.ics"'
    response["Referrer-Policy"] = "no-referrer"
    patch_cache_control(response, private=True, max_age=300)
    return get_conditional_response(request, response["ETag"], None, response)
