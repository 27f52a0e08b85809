"""The registers of departments, users, posts and appointments."""

from anlan.foundation.accounts.models import Appointment, Department, Post, User
from anlan.foundation.ledger.registry import Ledger, register


@register
class DepartmentLedger(Ledger):
    """Units with duties."""

    model = Department
    name = "departments"
    icon = "building"
    columns = ("code", "name", "short_name", "kind", "area", "phone")
    filters = ("kind", "area")
    search = ("code", "name", "short_name")
    owner_path = "pk"


@register
class UserLedger(Ledger):
    """People who sign in; passwords are set by their owners."""

    model = User
    name = "users"
    icon = "user"
    columns = ("username", "full_name", "phone", "department", "is_active", "last_login")
    filters = ("is_active",)
    search = ("username", "full_name", "phone")
    key = "username"
    fields = ("username", "full_name", "phone", "email", "department", "is_active")
    area_path = "department__area_id"


@register
class PostLedger(Ledger):
    """Seats with a role."""

    model = Post
    name = "posts"
    icon = "id-badge"
    columns = ("id", "title", "department", "role", "rank")
    filters = ("role",)
    search = ("title", "department__name")
    key = "id"
    area_path = "department__area_id"


@register
class AppointmentLedger(Ledger):
    """Who holds which post when."""

    model = Appointment
    name = "appointments"
    icon = "users"
    columns = ("id", "user", "post", "is_substitute", "valid_from", "valid_to")
    filters = ("is_substitute",)
    search = ("user__full_name", "user__username", "post__title")
    key = "id"
    area_path = "post__department__area_id"
