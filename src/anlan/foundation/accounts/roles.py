"""Roles (角色) and what each may do; the one place that decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role: its title and its grants, patterns of `verb:subject` (verbs: view add change delete import export act)."""

    code: str
    title: str | Promise
    grants: tuple[str, ...]
    #: Needs a second factor.
    is_privileged: bool = False
    #: Sees only its own department's records.
    is_own_only: bool = False
    #: System, security and audit administrators exclude one another (三员分立) and all business.
    is_administrator: bool = False


READ = ("view:*",)
#: What an enterprise keeps of its own rescue team.
OWN_TEAM = (
    *(f"{verb}:{name}" for verb in ("view", "add", "change")
      for name in ("teammembers", "teamcertificates", "teamequipment", "teamtrainings")),
    "view:teams",
    "view:teamagreements",
    "view:turnouts",
    "act:teams",
)  # fmt: skip
#: What a gas company keeps of its own network.
OWN_NETWORK = (
    *(f"{verb}:{name}" for verb in ("view", "add", "change", "delete", "import", "export")
      for name in ("gaspipes", "gaspoints")),
    "act:gaspoints",
)  # fmt: skip
FIELD = ("view:field", "act:orders", "act:messages", "add:attachments")
#: The registers that the transport bureau keeps.
KEEP_TRANSPORT = tuple(
    f"{verb}:{name}"
    for name in (
        "vehicles",
        "carriers",
        "drivers",
        "convoys",
        "convoygear",
        "transportnodes",
        "agreements",
        "speedprofiles",
    )
    for verb in ("add", "change", "import", "export")
)
_ROLES = (
    Role(
        code="duty_officer",
        title=_("值班员"),
        grants=(
            *READ,
            *FIELD,
            "add:calls",
            "add:incidents",
            "change:incidents",
            "act:incidents",
            "act:assessments",
            "add:predictions",
            "add:closures",
            "change:closures",
            "act:closures",
            "act:closures.report",
            "act:sitestudies",
            "act:socialapplications",
            "act:riskstudies",
            "act:warnings",
            "act:warnings.receive",
            "act:exchange.receive",
            "act:readings.receive",
            "act:alarms",
            "act:cameras",
            "add:resourcerequests",
            "act:resourcerequests",
            "act:convoyorders",
            "add:reliefrequests",
            "act:reliefrequests",
            "add:reliefneeds",
            "change:reliefneeds",
            "delete:reliefneeds",
            "import:reliefneeds",
            "act:allocationplans",
            "act:waybills.receive",
            "add:reports",
            "change:reports",
            "act:duty",
            "act:activations.propose",
            "add:reviews",
            "change:reviews",
            "add:improvements",
            "change:improvements",
            "export:*",
        ),
        is_privileged=True,
    ),
    Role(
        code="commander",
        title=_("指挥长"),
        grants=(
            *READ,
            *FIELD,
            "act:*",
            "change:incidents",
            "add:incidents",
            "add:predictions",
            "add:resourcerequests",
            "add:reliefrequests",
            "add:reliefneeds",
            "change:reliefneeds",
            "delete:reliefneeds",
            "import:reliefneeds",
            "act:activations.confirm",
            "act:reports.approve",
            "change:plans",
            "export:*",
            "add:reviews",
            "change:reviews",
            "add:improvements",
            "change:improvements",
        ),
        is_privileged=True,
    ),
    Role(
        code="department",
        title=_("部门联络员"),
        grants=(
            *READ,
            *FIELD,
            "add:*",
            "change:*",
            "import:*",
            "export:*",
            "act:alarms",
            "act:activations.propose",
            "act:resourcerequests",
            "act:assessments",
            "act:warnings",
            "act:incidents",
            "act:closures",
            "act:convoyorders",
            "act:requisitions",
            "act:requisitions.approve",
            "act:closures.report",
            "act:sitestudies",
            "act:socialapplications",
            "act:teams",
            "act:duty",
            "act:duty.approve",
            "act:stock",
            "act:stock.approve",
            "act:donations",
            "act:donations.goods",
            "act:donations.publish",
            "act:hazardsheets",
            "act:hazardsheets.review",
            "act:riskstudies",
            "act:gaspoints",
            "act:reliefrequests",
            "delete:reliefneeds",
            "act:allocationplans",
            "act:waybills.receive",
            "act:exchange.receive",
            "act:readings.receive",
        ),
    ),
    Role(
        code="warehouse",
        title=_("仓库管理员"),
        grants=(
            "view:depots",
            "view:items",
            "view:norms",
            "view:stock",
            "view:lots",
            "view:slips",
            "view:movements",
            "view:donations",
            "view:waybills",
            "view:map",
            "view:home",
            "view:areas",
            "view:departments",
            "change:depots",
            "import:depots",
            "export:depots",
            "export:stock",
            "export:lots",
            "export:slips",
            "export:movements",
            "export:donations",
            "act:stock",
            "act:donations.goods",
            "act:resourcerequests",
            "view:resourcerequests",
            *FIELD,
        ),
        is_own_only=True,
    ),
    Role(
        code="enterprise",
        title=_("企业安全员"),
        grants=(
            "view:home",
            "view:stations",
            "view:instruments",
            "view:alarms",
            "view:readings",
            "export:readings",
            "act:readings.receive",
            "act:alarms",
            "view:enterprises",
            "view:hazardsources",
            "change:enterprises",
            "change:hazardsources",
            "view:passes",
            "add:passes",
            "view:hazardunits",
            "add:hazardunits",
            "change:hazardunits",
            "view:hazardstocks",
            "add:hazardstocks",
            "change:hazardstocks",
            "delete:hazardstocks",
            "import:hazardstocks",
            "export:hazardstocks",
            "view:hazardsheets",
            "export:hazardsheets",
            "act:hazardsheets",
            "view:exerciseunits",
            "view:exercises",
            "add:exercises",
            "change:exercises",
            *OWN_TEAM,
            *OWN_NETWORK,
            "view:map",
            "view:areas",
            *FIELD,
        ),
        is_own_only=True,
    ),
    Role(
        code="hospital",
        title=_("医院、疾控联络员"),
        grants=(
            "view:home",
            "view:map",
            "view:hospitals",
            "change:hospitals",
            "act:exchange.receive",
            "view:incidents",
            "view:areas",
            "view:departments",
            *FIELD,
        ),
    ),
    Role(
        code="transport",
        title=_("交通运输调度员"),
        grants=(
            *READ,
            *FIELD,
            *KEEP_TRANSPORT,
            "act:convoyorders",
            "act:requisitions",
            "act:requisitions.approve",
            "add:cameras",
            "change:cameras",
            "import:cameras",
            "act:cameras",
            "add:closures",
            "change:closures",
            "import:closures",
            "export:closures",
            "act:closures",
            "act:closures.report",
            "add:resourcerequests",
            "act:resourcerequests",
            "add:passes",
            "act:passes",
            "act:passes.check",
            "export:passes",
            "export:passchecks",
            "add:passwhitelist",
            "change:passwhitelist",
            "import:passwhitelist",
            "add:checkpoints",
            "change:checkpoints",
            "import:checkpoints",
        ),
    ),
    Role(
        code="traffic_police",
        title=_("交通警察"),
        grants=(
            "view:home",
            "view:map",
            "view:areas",
            "view:incidents",
            "view:closures",
            "view:passes",
            "view:passchecks",
            "view:passwhitelist",
            "view:checkpoints",
            "view:attachments",
            "act:passes",
            "act:passes.check",
            "act:closures.report",
            *FIELD,
        ),
    ),
    Role(
        code="field",
        title=_("现场救援人员"),
        grants=(
            "view:home",
            "view:map",
            "view:incidents",
            "view:teams",
            "view:turnouts",
            "act:teams",
            "view:areas",
            "view:closures",
            "act:closures.report",
            "view:waybills",
            "act:waybills.receive",
            *FIELD,
        ),
    ),
    Role(
        code="analyst",
        title=_("分析员"),
        grants=(*READ, "add:predictions", "act:sitestudies", "act:riskstudies", "export:*"),
    ),
    Role(code="auditor", title=_("督查员"), grants=(*READ, "act:oversight", "export:*")),
    Role(
        code="system_administrator",
        title=_("系统管理员"),
        grants=(
            "view:home",
            "view:gateways",
            "view:jobs",
            "view:areas",
            "change:areas",
            "import:areas",
            "act:gateways",
            "view:sources",
            "add:sources",
            "change:sources",
            "delete:sources",
            "view:warningsources",
            "add:warningsources",
            "change:warningsources",
            "delete:warningsources",
            "act:warningsources",
            "act:backup",
        ),
        is_privileged=True,
        is_administrator=True,
    ),
    Role(
        code="security_administrator",
        title=_("安全管理员"),
        grants=(
            "view:home",
            "view:users",
            "add:users",
            "change:users",
            "import:users",
            "view:departments",
            "add:departments",
            "change:departments",
            "import:departments",
            "view:posts",
            "add:posts",
            "change:posts",
            "view:appointments",
            "add:appointments",
            "change:appointments",
            "view:rules",
            "act:rules",
            "view:passkeys",
            "act:passkeys",
            "view:areas",
            "view:trustedcertificates",
            "add:trustedcertificates",
            "change:trustedcertificates",
            "view:warningfeeds",
            "add:warningfeeds",
            "change:warningfeeds",
        ),
        is_privileged=True,
        is_administrator=True,
    ),
    Role(
        code="audit_administrator",
        title=_("审计管理员"),
        grants=("view:home", "view:audit", "export:audit"),
        is_privileged=True,
        is_administrator=True,
    ),
)
ROLES: dict[str, Role] = {role.code: role for role in _ROLES}
#: Business roles read widely, but never these: accounts and audit belong to the three administrators.
RESERVED = ("users", "appointments", "posts", "audit", "jobs", "gateways.settings", "passkeys")
#: What they read and never write: by decision of the administrators, or by its own procedure.
READ_ONLY = (
    "areas",
    "departments",
    "rules",
    "plans",
    "warningsources",
    "trustedcertificates",
    "warningfeeds",
    "passwhitelist",
)


@lru_cache(maxsize=4096)
def _granted(code: str, capability: str) -> bool:
    role = ROLES[code]
    verb, _, subject = capability.partition(":")
    patterns = role.grants
    if subject in RESERVED or (verb in ("add", "change", "delete", "import") and subject in READ_ONLY):
        patterns = tuple(p for p in patterns if not p.endswith(":*"))
    return any(fnmatchcase(capability, pattern) for pattern in patterns)


def allows(roles: Iterable[str], capability: str) -> bool:
    """Whether any of the roles grants `verb:subject`.

    >>> allows(["warehouse"], "change:depots"), allows(["warehouse"], "add:incidents")
    (True, False)
    >>> allows(["analyst"], "view:users")
    False
    """
    return any(_granted(code, capability) for code in roles if code in ROLES)
