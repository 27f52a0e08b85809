"""The one derived form that validates a page, an imported row and an API body."""

from collections.abc import Collection

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.foundation.accounts.models import Department, User
from anlan.foundation.ledger.records import SecretField
from anlan.foundation.ledger.registry import Ledger, ledger_of
from anlan.foundation.ledger.rendering import DateInput, DateTimeInput, ReferenceInput, SecretInput
from anlan.foundation.places.models import Area

#: Most rows that a reference offers as a plain list; beyond that it is a box that suggests.
LISTED = 30


def tell(form: forms.BaseForm, error: ValidationError) -> None:
    """Put a service's errors beside the fields that they name."""
    found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, texts in found.items():
        form.add_error(name if name in form.fields else None, texts)


def key_of(model: type[models.Model]) -> str:
    """The field by which people name a row of the model."""
    if model is Area:
        return "code"
    entry = ledger_of(model)
    return entry.key if entry else model._meta.pk.name


def name_field(model: type[models.Model]) -> str:
    """The field that holds a row's name."""
    names = {f.name for f in model._meta.get_fields()}
    return next((n for n in ("name", "title", "full_name", "username") if n in names), model._meta.pk.name)


class ReferenceField(forms.ModelChoiceField):
    """A foreign key typed as its key, `key name`, or a name that only one visible row has."""

    default_error_messages = {
        "invalid_choice": _("找不到“%(value)s”，或不在您的范围内。请填代码，例如 %(example)s。"),
        "ambiguous": _("有多条记录叫“%(value)s”，请改填代码。"),
    }

    def __init__(self, queryset, **kwargs):
        kwargs.setdefault("to_field_name", key_of(queryset.model))
        self.cache: dict | None = None
        super().__init__(queryset, **kwargs)
        self.widget = ReferenceInput(queryset.model)

    def prepare_value(self, value):
        """Show a reference as `key name`; typed text stays as it was typed."""
        model = self.queryset.model
        if isinstance(value, model):
            record = value
        elif value in (None, ""):
            return ""
        else:
            record = model._default_manager.filter(
                **{self.to_field_name if isinstance(value, str) else "pk": value}
            ).first()
        return f"{getattr(record, self.to_field_name)} {record}" if record else value

    def to_python(self, value):
        text = str(value or "").strip()
        if not text:
            return None
        slot = (self.queryset.model, text)
        if self.cache is not None and slot in self.cache:
            return self.cache[slot]
        found = self._find(text)
        if self.cache is not None:
            self.cache[slot] = found
        return found

    def _find(self, text: str):
        key, name = self.to_field_name, name_field(self.queryset.model)
        for query in ({key: text}, {key: text.split(maxsplit=1)[0]}, {name: text}):
            try:
                matches = list(self.queryset.filter(**query)[:2])
            except (ValueError, ValidationError):
                continue
            if len(matches) == 1:
                return matches[0]
            if matches:
                raise ValidationError(self.error_messages["ambiguous"], code="ambiguous", params={"value": text})
        example = getattr(self.queryset.first(), key, "—")
        raise ValidationError(
            self.error_messages["invalid_choice"],
            code="invalid_choice",
            params={"value": text, "example": example},
        )

    def has_changed(self, initial, data) -> bool:
        try:
            found = self.to_python(data)
        except ValidationError:
            return True
        return getattr(found, "pk", None) != getattr(initial, "pk", initial)


class SecretFormField(forms.CharField):
    """A secret counts as changed when somebody types one."""

    widget = SecretInput

    def has_changed(self, initial, data) -> bool:
        return bool(data)


def _form_field(field: models.Field, **kwargs):
    if isinstance(field, models.ForeignKey):
        queryset = field.remote_field.model._default_manager.all()
        return ReferenceField(queryset, required=not field.blank, label=field.verbose_name, help_text=field.help_text)
    if isinstance(field, models.DateTimeField):
        kwargs["widget"] = DateTimeInput
    elif isinstance(field, models.DateField):
        kwargs["widget"] = DateInput
    elif isinstance(field, SecretField):
        kwargs["form_class"] = SecretFormField
    if field.has_default():
        kwargs["required"] = False
    return field.formfield(show_hidden_initial=False, **kwargs)


class RecordForm(forms.ModelForm):
    """A ledger's form, with references limited to what the user may see."""

    def __init__(self, *args, user: User, cache: dict | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        for name, field in self.fields.items():
            if isinstance(field, SecretFormField) and getattr(self.instance, name):
                field.widget.attrs["placeholder"] = _("留空不改")
            if isinstance(field, ReferenceField):
                field.queryset = visible(field.queryset.model, user)
                field.cache = cache

    def clean(self):
        """A field left empty takes its default, the own unit of a keeper of own rows; a secret stays as it is."""
        cleaned = super().clean()
        own = self.user.scope.owner
        if own is not None and "department" in self.fields and not cleaned.get("department"):
            cleaned["department"] = Department.objects.get(pk=own)  # who keeps only the own unit's rows means it
        for name, value in cleaned.items():
            column = self._meta.model._meta.get_field(name)
            if value in (None, "") and column.has_default():
                cleaned[name] = column.get_default()
            elif not value and isinstance(column, SecretField):
                cleaned[name] = getattr(self.instance, name)
        return cleaned

    def _update_errors(self, errors: ValidationError) -> None:
        """What the model finds wrong with a field that this form does not offer stands above the form, by its label."""
        for name in set(getattr(errors, "error_dict", ())) - {*self.fields, NON_FIELD_ERRORS}:
            label = self._meta.model._meta.get_field(name).verbose_name
            found = errors.error_dict.pop(name)
            told = [ValidationError(f"{label}：{text}") for error in found for text in error.messages]
            errors.error_dict.setdefault(NON_FIELD_ERRORS, []).extend(told)
        super()._update_errors(errors)

    def clean_area(self):
        area = self.cleaned_data["area"]
        if area and not self.user.scope.contains(area.code):
            raise ValidationError(_("%(area)s 不在您的管辖范围内。") % {"area": area})
        return area


def unsaid(ledger: Ledger, given: Collection[str]) -> dict[str, str]:
    """Form data for switches that are on by default and that a table or an API body does not mention."""
    switches = (f for f in ledger.model._meta.fields if isinstance(f, models.BooleanField) and f.default is True)
    return {f.name: "on" for f in switches if f.name in ledger.form_fields and f.name not in given}


def visible(model: type[models.Model], user: User) -> models.QuerySet:
    """The rows that a reference may name: any area or department (their names are public), otherwise the scope."""
    entry = ledger_of(model)
    return model._default_manager.all() if entry is None or model in (Area, Department) else entry.rows(user)


def form_class(ledger: Ledger, fields: tuple[str, ...] = ()) -> type[RecordForm]:
    """The derived form of a ledger, or of some of its fields."""
    made = _made.get((ledger.name, fields))
    if made is None:
        made = forms.modelform_factory(
            ledger.model, form=RecordForm, fields=fields or ledger.form_fields, formfield_callback=_form_field
        )
        _made[ledger.name, fields] = made
    return made


_made: dict[tuple[str, tuple[str, ...]], type[RecordForm]] = {}
