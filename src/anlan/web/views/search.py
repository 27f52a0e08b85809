"""The command bar's answers: pages, ledgers, incidents, places."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from anlan.foundation.accounts.access import requires
from anlan.web import queries
from anlan.web.navigation import menu

AT_MOST = 8


@requires("view:home")
def search(request: HttpRequest) -> HttpResponse:
    """Everything whose name holds the words, most wanted kinds first; without words the pages."""
    words = request.GET.get("q", "").strip()[:60]
    needle = words.casefold()
    pages = [
        (page, group)
        for group, entries in menu(request.user)
        for page in entries
        if needle in f"{page.title} {group.title} {page.words}".casefold()
    ]
    context = {
        "words": words,
        "pages": pages[: AT_MOST if words else 12],
        "incidents": queries.incidents_named(request.user, words)[:AT_MOST] if words else [],
        "places": queries.places_named(request.user, words)[:AT_MOST] if words else [],
    }
    return render(request, "web/search_results.html", context)
