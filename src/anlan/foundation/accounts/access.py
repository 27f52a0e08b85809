"""Guard a view with one capability; a test walks every address and role."""

from collections.abc import Callable
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _


def requires(capability: str) -> Callable:
    """Decorate a view that needs `verb:subject`."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request, *args, **kwargs):
            demand(request.user, capability)
            return view(request, *args, **kwargs)

        guarded.required_capability = capability
        return guarded

    return decorate


def demand(user, capability: str) -> None:
    """Raise PermissionDenied, naming what is missing, unless the user may."""
    if not user.is_authenticated or not user.may(capability):
        raise PermissionDenied(
            _("您的岗位没有这项权限：%(capability)s。请联系安全管理员。") % {"capability": capability}
        )
