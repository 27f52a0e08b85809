"""Declare a register once; everything else is derived from the declaration and the model."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, reduce

from django.db import models
from django.forms import Form
from django.urls import reverse
from django.utils.functional import Promise

from anlan.foundation.accounts.models import User
from anlan.foundation.places.codes import within
from anlan.foundation.places.geometry import Lined


@dataclass(frozen=True, kw_only=True)
class Action:
    """A button on a record's page: a form whose cleaned data goes to a service."""

    name: str
    label: str | Promise
    #: Called as `service(actor=user, record=record, **form.cleaned_data)`.
    service: Callable
    form: type[Form] = Form
    icon: str = "bolt"
    #: Whether a record has the button now; the service refuses by itself.
    applies: Callable[[models.Model], bool] = lambda record: True


class Ledger:
    """One register (台账). Subclass, name the model and what a reader wants to see, and `@register` it."""

    #: The model whose rows the register keeps.
    model: type[models.Model]
    #: The register's name in addresses, permissions and the API.
    name: str
    #: Menu group: the folder name of the area, or "system".
    group: str = "system"
    #: Tabler icon name.
    icon: str = "table"
    #: Fields shown in the list, in this order.
    columns: tuple[str, ...]
    #: Fields that the list can be filtered by.
    filters: tuple[str, ...] = ()
    #: Text fields that the search box looks into.
    search: tuple[str, ...] = ()
    #: Unique field that identifies a row to people: an imported row with a known key updates, others create.
    key: str = "code"
    #: Fields that the forms offer; empty means every editable field of the model.
    fields: tuple[str, ...] = ()
    #: Path to the area code that row scope looks at; empty means that everybody sees all rows.
    area_path: str = "area_id"
    #: Path to the owning department, for people who see their own records only.
    owner_path: str = ""
    #: "point" makes the register a layer of the one map (the model has lon and lat).
    location: str = ""
    #: Whether each row is a line (the model is `Lined`): map layers and exports draw it as one.
    is_line: bool = False
    #: Fields with the people there by day and by night, of a register of places where people are; a zone counts them.
    people: tuple[str, str] | None = None
    #: Kind under which rows can be asked for through `foundation.resources`.
    deployable: str = ""
    #: Name of the page on which the called-out unit answers for an assigned row, called with the assignment's key.
    assignment_url: str = ""
    #: Field with the number of the positioning terminal that a row carries; its positions move the row.
    terminal: str = ""
    #: Rows are written by services only; no add, edit, import or delete.
    is_read_only: bool = False
    #: Buttons on a record's page.
    actions: tuple[Action, ...] = ()
    #: Name of an own page for a record, called with its primary key; empty uses the derived page.
    detail_url: str = ""
    #: Extra template shown on the record's page.
    detail_template: str = ""

    def __str__(self) -> str:
        return str(self.title)

    @property
    def title(self) -> str | Promise:
        return self.model._meta.verbose_name_plural

    @cached_property
    def form_fields(self) -> tuple[str, ...]:
        """Names of the fields that forms, imports and the API accept."""
        if self.fields:
            return self.fields
        return tuple(
            f.name
            for f in self.model._meta.get_fields()
            if isinstance(f, models.Field) and f.editable and (not f.primary_key or f.name == self.key != "id")
        )

    @property
    def box(self) -> tuple[str, str, str, str]:
        """Columns with a row's west, south, east and north end."""
        return ("min_lon", "min_lat", "max_lon", "max_lat") if self.is_line else ("lon", "lat", "lon", "lat")

    def within_box(self, west: float, south: float, east: float, north: float) -> models.Q:
        """A filter for rows that reach into a box; west may lie east of east, across the 180th meridian."""
        least_lon, least_lat, most_lon, most_lat = self.box
        start, end = models.Q(**{f"{most_lon}__gte": west}), models.Q(**{f"{least_lon}__lte": east})
        across = start | end if west > east else start & end
        return across & models.Q(**{f"{most_lat}__gte": south, f"{least_lat}__lte": north})

    @cached_property
    def owner(self) -> str:
        if self.owner_path:
            return self.owner_path
        names = {f.name for f in self.model._meta.get_fields()}
        return "department_id" if "department" in names else ""

    def capability(self, verb: str) -> str:
        return f"{verb}:{self.name}"

    def may(self, user: User, verb: str) -> bool:
        """Whether the user may view, add, change, delete, import, export or act on this register."""
        if self.is_read_only and verb in ("add", "change", "delete", "import"):
            return False
        if verb == "import" and self.key not in self.form_fields:
            return False
        return user.is_authenticated and user.may(self.capability(verb))

    def rows(self, user: User) -> models.QuerySet:
        """The rows that the user may see; every read of the kernel starts here."""
        return in_scope(self.model._default_manager.all(), user, self.area_path, self.owner)

    def holds(self, user: User, record: models.Model) -> bool:
        """Whether a record, saved or not, lies inside the user's areas and own records."""

        def value(path: str):
            return reduce(lambda found, name: getattr(found, name, None), path.split("__"), record)

        inside = not self.area_path or user.scope.contains(str(value(self.area_path)))
        return inside and (user.scope.owner is None or not self.owner or value(self.owner) == user.scope.owner)

    def related(self) -> tuple[str, ...]:
        """Foreign keys among the columns, to be joined by lists."""
        return tuple(c for c in self.columns if self.model._meta.get_field(c).is_relation)

    def list_url(self) -> str:
        return reverse("ledger:list", args=[self.name])

    def url_of(self, record: models.Model) -> str:
        """The address of a record's page."""
        return (
            reverse(self.detail_url, args=[record.pk])
            if self.detail_url
            else reverse("ledger:detail", args=[self.name, record.pk])
        )


def in_scope(rows: models.QuerySet, user: User, area_path: str, owner_path: str = "") -> models.QuerySet:
    """Rows inside the user's areas, and for own-only roles only those of the user's department."""
    if area_path:
        rows = rows.filter(within(user.scope.prefixes, area_path))
    if user.scope.owner is not None:
        rows = rows.filter(**{owner_path: user.scope.owner}) if owner_path else rows
    return rows


@dataclass
class _Registry:
    by_name: dict[str, Ledger] = field(default_factory=dict)
    by_model: dict[type[models.Model], Ledger] = field(default_factory=dict)


_registry = _Registry()


def register(declaration: type[Ledger]) -> type[Ledger]:
    """Enter a declaration into the registry; a wrong one fails at start with a clear message."""
    ledger = declaration()
    known = {f.name for f in ledger.model._meta.get_fields()}
    for name in (*ledger.columns, *ledger.filters, *ledger.search, *ledger.fields, ledger.key):
        if name.split("__")[0] not in known:
            raise ValueError(f"{declaration.__name__}: {ledger.model.__name__} has no field {name!r}")
    if ledger.location and not {"lon", "lat"} <= known:
        raise ValueError(f"{declaration.__name__}: a located ledger needs the fields lon and lat")
    if ledger.is_line and not issubclass(ledger.model, Lined):
        raise ValueError(f"{declaration.__name__}: rows along a line need a model that is Lined")
    if ledger.name in _registry.by_name:
        raise ValueError(f"ledger {ledger.name!r} is declared twice")
    _registry.by_name[ledger.name] = ledger
    _registry.by_model[ledger.model] = ledger
    return declaration


def ledgers() -> list[Ledger]:
    """All registers in the order of their declaration."""
    return list(_registry.by_name.values())


def ledger(name: str) -> Ledger:
    """A register by its name; KeyError when there is none."""
    return _registry.by_name[name]


def ledger_of(model: type[models.Model]) -> Ledger | None:
    """The register that keeps a model's rows."""
    return _registry.by_model.get(model)


def located() -> list[Ledger]:
    """The registers that are layers of the one map."""
    return [entry for entry in ledgers() if entry.location]


def deployables(kind: str = "") -> list[Ledger]:
    """The registers whose rows can be asked for, all or of one kind."""
    return [entry for entry in ledgers() if entry.deployable and kind in ("", entry.deployable)]
