"""What a social team sees without an account: its report, the answer, the briefing; known by secret addresses."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from anlan.areas.rescue.social import services
from anlan.areas.rescue.social.forms import ApplicationForm, SignForm
from anlan.foundation.audit.services import client_address
from anlan.foundation.ledger.forms import tell


def _page(request: HttpRequest, template: str, context: dict, status: int = 200) -> HttpResponse:
    """A page that no cache keeps and no search engine lists."""
    response = render(request, template, context, status=status)
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def join(request: HttpRequest, secret: str) -> HttpResponse:
    """Report to the command of an incident; a dead code says so and names nothing."""
    entry = services.entry_of(secret)
    if entry is None:
        return _page(request, "social/gone.html", {}, 404)
    form, status = ApplicationForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _made, ticket = services.apply(entry=entry, address=client_address.get(), **form.cleaned_data)
            except services.TooMany as error:
                form.add_error(None, error.messages)
                status = 429
            except ValidationError as error:
                tell(form, error)
            else:
                return redirect("social:follow", ticket)
    context = {"entry": entry, "incident": entry.incident, "form": form}
    return _page(request, "social/join.html", context, status)


def follow(request: HttpRequest, ticket: str) -> HttpResponse:
    """The answer of the command; the briefing to be signed; the people and whether they are inside."""
    application = services.application_of(ticket)
    if application is None:
        return _page(request, "social/gone.html", {}, 404)
    form, problem = SignForm(), ""
    if request.method == "POST":
        is_signing = request.POST.get("verb") == "sign"
        form = SignForm(request.POST) if is_signing else form
        try:
            if not is_signing:
                services.withdraw(application=application)
            elif form.is_valid():
                services.sign_briefing(application=application, signed_by=form.cleaned_data["signed_by"])
            else:
                problem = " ".join(text for texts in form.errors.values() for text in texts)
        except ValidationError as error:
            problem = " ".join(error.messages)
        if not problem:
            return redirect("social:follow", ticket)
    newest = application.incident.social_entries.order_by("-opened_at").first() or application.entry
    context = {
        "application": application, "incident": application.incident, "entry": newest, "form": form,
        "people": application.people.all(), "problem": problem,
    }  # fmt: skip
    return _page(request, "social/follow.html", context, 422 if problem else 200)
