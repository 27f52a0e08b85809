"""Form widgets in the shell's look."""

from django.forms import widgets
from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Renders forms field by field with label, help and error beside each."""

    form_template_name = "ledger/form_body.html"

    def render(self, template_name, context, request=None):
        if widget := context.get("widget"):
            kind = widget.get("type", "")
            css = (
                "form-check-input"
                if kind in ("checkbox", "radio")
                else "form-select"
                if "select" in template_name
                else "form-control"
            )
            if css not in widget["attrs"].get("class", ""):
                widget["attrs"]["class"] = f"{css} {widget['attrs'].get('class', '')}".strip()
        return super().render(template_name, context, request)


class DateTimeInput(widgets.DateTimeInput):
    """The browser's own date and time picker."""

    input_type = "datetime-local"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DateInput(widgets.DateInput):
    """The browser's own date picker."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class SecretInput(widgets.PasswordInput):
    """A box for a secret: what is set is never sent to the browser."""

    def __init__(self, attrs=None):
        super().__init__({"autocomplete": "new-password"} | (attrs or {}))


class ReferenceInput(widgets.TextInput):
    """A text box that suggests records while one types."""

    template_name = "ledger/reference_input.html"

    def __init__(self, model, attrs=None):
        self.model = model
        super().__init__(attrs)

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        context["widget"]["model"] = self.model._meta.label_lower
        return context
