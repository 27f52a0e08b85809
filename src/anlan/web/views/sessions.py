"""A person's own sign-ins on other devices, and how to end them."""

from django.contrib import messages
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anlan.foundation.accounts.access import requires
from anlan.foundation.audit.services import record


def _own_sessions(request: HttpRequest) -> list[Session]:
    """The person's running sign-ins; sessions hold their owner only inside their data, so each is opened."""
    rows = Session.objects.filter(expire_date__gt=timezone.now()).order_by("-expire_date")
    return [row for row in rows.iterator() if row.get_decoded().get("_auth_user_id") == str(request.user.pk)]


@requires("view:home")
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """List the running sign-ins; a POST ends all but this one."""
    rows = _own_sessions(request)
    if request.method == "POST":
        others = [row for row in rows if row.session_key != request.session.session_key]
        for row in others:
            SessionStore(row.session_key).delete()
        record(actor=request.user, action="session.end", subject=request.user, details={"ended": len(others)})
        messages.success(request, _("已退出其他 %(n)s 处登录。") % {"n": len(others)})
        return redirect("web:sessions")
    current = request.session.session_key
    entries = [{"expires_at": row.expire_date, "is_current": row.session_key == current} for row in rows]
    return render(request, "web/sessions.html", {"entries": entries})
