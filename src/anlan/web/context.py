"""What the shell around every page needs, computed only when a template asks."""

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.foundation.accounts import demo
from anlan.foundation.events.models import OutboxRow
from anlan.foundation.notices.models import Notice
from anlan.foundation.places.models import Area
from anlan.web.navigation import menu


class Shell:
    """The frame of a page: city, menu, unconfirmed notices, the stream that keeps it live."""

    def __init__(self, request: HttpRequest):
        self.request = request

    config = settings.ANLAN

    @cached_property
    def city(self) -> str:
        area = Area.objects.filter(pk=settings.ANLAN.city).only("name").first()
        return area.name if area else _("未设置城市")

    @cached_property
    def menu(self) -> list:
        """Groups with their pages, the current page marked by the longest address that matches."""
        # A request refused early, for a wrong host name say, has no user.
        if not hasattr(self.request, "user") or not self.request.user.is_authenticated:
            return []
        path = self.request.path
        groups = [(group, pages) for group, pages in menu(self.request.user)]
        matching = [page.url for _group, pages in groups for page in pages if path.startswith(page.url)]
        current = max(matching, key=len, default="")
        if current == "/" and path != "/":
            current = ""
        return [
            {
                "group": group,
                "pages": [(page, page.url == current) for page in pages],
                "is_open": not group.is_area or any(page.url == current for page in pages),
            }
            for group, pages in groups
        ]

    @property
    def can_field(self) -> bool:
        return self.request.user.may("view:field")

    @cached_property
    def field_pages(self) -> list:
        """The other pages that people use on the way."""
        pages = [page for _group, found in menu(self.request.user) for page in found]
        return [page for page in pages if page.is_on_the_way and page.url != self.request.path]

    @property
    def can_map(self) -> bool:
        return self.request.user.may("view:map")

    @cached_property
    def unconfirmed(self) -> int:
        """Notices that reached this person and that nobody has confirmed."""
        rows = Notice.objects.filter(confirmed_at=None, attempts__user=self.request.user)
        return rows.distinct().count()

    @cached_property
    def last_event(self) -> int:
        """The event up to which the page's content is current; the stream goes on from there."""
        return OutboxRow.objects.order_by("-id").values_list("id", flat=True).first() or 0

    #: Sign-ins that a demo installation lists on its sign-in page; none elsewhere.
    demo_sign_ins = staticmethod(demo.sign_ins)
    demo_password = demo.PASSWORD

    @property
    def now(self) -> str:
        return timezone.now().isoformat()


def shell(request: HttpRequest) -> dict[str, Shell]:
    """The `shell` of every template."""
    return {"shell": Shell(request)}
