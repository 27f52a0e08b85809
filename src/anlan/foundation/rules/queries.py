"""Read rules: the version in force for a code, or all that overlap."""

from datetime import date

from django.utils import timezone

from anlan.foundation.rules.models import Rule


class NoRule(LookupError):
    """No version of the rule is in force; the message says which."""


def rule(code: str, *, on: date | None = None) -> Rule:
    """The newest version of a rule in force on a day (today by default)."""
    on = on or timezone.localdate()
    found = Rule.objects.filter(Rule.in_force(on), code=code).order_by("-version").first()
    if found is None:
        raise NoRule(f"no rule {code!r} is in force on {on}; load the rules with `anlan setup`")
    return found


def rules(prefix: str, *, on: date | None = None) -> list[Rule]:
    """The newest versions in force of all rules whose code starts with `prefix`."""
    on = on or timezone.localdate()
    newest: dict[str, Rule] = {}
    for found in Rule.objects.filter(Rule.in_force(on), code__startswith=prefix).order_by("code", "version"):
        newest[found.code] = found
    return list(newest.values())
