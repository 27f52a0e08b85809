"""What the owner of taken property sees without an account: one paper to sign for, known by a signed address."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers

from anlan.areas.transport.agreements import signing
from anlan.areas.transport.agreements.documents import said
from anlan.areas.transport.agreements.forms import SignForm
from anlan.areas.transport.agreements.models import OwnerAnswer
from anlan.foundation.ledger.forms import tell


def owner(request: HttpRequest, token: str) -> HttpResponse:
    """Read one paper and sign for it; afterwards the receipt. A dead address says so and names nothing."""
    found = signing.behind(token)
    if found is None:
        return _page(request, {}, 404)
    requisition, paper, giver = found
    answer = requisition.answers.filter(paper=paper).first()
    if answer is None and paper not in signing.waiting(requisition):
        return _page(request, {}, 404)
    form, status = SignForm(request.POST or None, initial={"signer": requisition.owner_contact}), 200
    if request.method == "POST" and answer is None:
        status = 422
        if form.is_valid():
            try:
                signing.sign(
                    actor=giver, requisition=requisition, paper=paper, is_own_phone=True, **form.cleaned_data
                )  # fmt: skip
            except ValidationError as error:
                tell(form, error)
            except PermissionDenied:
                return _page(request, {}, 404)
            else:
                return redirect("agreements:owner", token)
    lines = answer.shown.splitlines() if answer else said(requisition, paper)
    context = {
        "object": requisition, "title": OwnerAnswer.Paper(paper).label, "lines": lines, "form": form, "answer": answer,
        "giver": giver,
    }  # fmt: skip
    return _page(request, context, status)


def _page(request: HttpRequest, context: dict, status: int) -> HttpResponse:
    """A page that no cache keeps and no search engine lists."""
    response = render(request, "agreements/owner.html", context, status=status)
    add_never_cache_headers(response)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
