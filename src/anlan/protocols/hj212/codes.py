"""What the codes of HJ 212 mean: systems, commands, factors, kinds of value, data flags, results."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from anlan.protocols.hj212 import factors

VERSIONS = {0: "HJ/T 212-2005", 1: "HJ 212-2017", 2: "HJ 212-2025"}
"""Flag bits 7..2, the version of the standard (标准版本号). 2025: 待核对."""

SYSTEMS = {
    "21": "地表水质量监测",
    "22": "空气质量监测",
    "23": "声环境质量监测",
    "24": "地下水质量监测",
    "25": "土壤质量监测",
    "26": "海水质量监测",
    "27": "挥发性有机物监测",
    "31": "大气环境污染源",
    "32": "地表水体环境污染源",
    "33": "地下水体环境污染源",
    "34": "海洋环境污染源",
    "35": "土壤环境污染源",
    "36": "声环境污染源",
    "37": "振动环境污染源",
    "38": "放射性环境污染源",
    "39": "工地扬尘污染源",
    "41": "电磁环境污染源",
    "51": "烟气排放过程监控",
    "52": "污水排放过程监控",
    "91": "系统交互",
}
"""System codes ST (系统编码), HJ 212-2017 6.6.1, table 5."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command CN (命令): what it asks for, how it is answered, and which fields it takes."""

    code: str
    name: str
    flow: str = "request"
    """``request`` (9011, then data or 9012), ``notice`` (9013), ``upload`` (9014) or ``answer`` (none)."""
    parameters: tuple[str, ...] = ()
    """Fields of a request; ``?`` marks one that may be left out."""
    upload: str = ""
    """Name of the same code when the site sends it of itself or as the data asked for."""
    marks: tuple[str, ...] = ()
    """Fields by which an upload is told from a request; ``-SN`` means any name ending so."""
    measured: bool = False
    """The upload carries observations."""


_PERIOD = ("BeginTime", "EndTime")
_TIMED = ("DataTime",)


def _table(*commands: Command) -> dict[str, Command]:
    return {command.code: command for command in commands}


COMMANDS = _table(
    Command("1000", "设置超时时间及重发次数", parameters=("OverTime", "ReCount")),
    Command("1011", "提取现场机时间", "request", ("PolId?",), "上传现场机时间", ("SystemTime",)),
    Command("1012", "设置现场机时间", parameters=("PolId?", "SystemTime")),
    Command("1013", "现场机时间校准请求", "notice", ("PolId?",)),
    Command("1061", "提取实时数据间隔", "request", (), "上传实时数据间隔", ("RtdInterval",)),
    Command("1062", "设置实时数据间隔", parameters=("RtdInterval",)),
    Command("1063", "提取分钟数据间隔", "request", (), "上传分钟数据间隔", ("MinInterval",)),
    Command("1064", "设置分钟数据间隔", parameters=("MinInterval",)),
    Command("1072", "设置现场机密码", parameters=("NewPW",)),
    Command("2011", "取污染物实时数据", "request", (), "上传污染物实时数据", _TIMED, measured=True),
    Command("2012", "停止察看污染物实时数据", "notice"),
    Command("2021", "取设备运行状态数据", "request", (), "上传设备运行状态数据", _TIMED, measured=True),
    Command("2022", "停止察看设备运行状态", "notice"),
    Command("2031", "取污染物日历史数据", "request", _PERIOD, "上传污染物日历史数据", _TIMED, measured=True),
    Command(
        "2041",
        "取设备运行时间日历史数据",
        "request",
        _PERIOD,
        "上传设备运行时间日历史数据",
        _TIMED,
        measured=True,
    ),
    Command("2051", "取污染物分钟数据", "request", _PERIOD, "上传污染物分钟数据", _TIMED, measured=True),
    Command("2061", "取污染物小时数据", "request", _PERIOD, "上传污染物小时数据", _TIMED, measured=True),
    Command("2081", "上传数采仪开机时间", "upload", upload="上传数采仪开机时间"),
    Command("2083", "上传通讯卡信息", "upload", upload="上传通讯卡信息", marks=_TIMED),  # 2025, 待核对
    Command("3011", "零点校准量程校准", parameters=("PolId",)),
    Command("3012", "即时采样", parameters=("PolId",)),
    Command("3013", "启动清洗/反吹", parameters=("PolId",)),
    Command("3014", "比对采样", parameters=("PolId",)),
    Command("3015", "超标留样", "request", (), "上传超标留样信息", ("VaseNo",)),
    Command("3016", "设置采样时间周期", parameters=("PolId", "CstartTime", "Ctime")),
    Command("3017", "提取采样时间周期", "request", ("PolId",), "上传采样时间周期", ("CstartTime",)),
    Command("3018", "提取出样时间", "request", ("PolId",), "上传出样时间", ("Stime",)),
    Command("3019", "提取设备唯一标识", "request", ("PolId",), "上传设备唯一标识", ("-SN",)),
    Command(
        "3020",
        "提取现场机信息",
        "request",
        ("PolId?", "InfoId", "BeginTime?", "EndTime?"),
        "上传现场机信息",
        ("-Info",),
    ),
    Command("3021", "设置现场机参数", parameters=("PolId?", "InfoId", "-Info")),
    Command("9011", "请求应答", "answer"),
    Command("9012", "执行结果", "answer"),
    Command("9013", "通知应答", "answer"),
    Command("9014", "数据应答", "answer"),
    Command("9015", "心跳包", "notice"),  # HJ 212-2025, 待核对
)
"""Commands of HJ 212-2017 6.6.5, table 9; answers as in its 6.4 and annex C."""

COMMANDS_2005 = _table(
    Command("1001", "设置超限报警时间", parameters=("WarnTime",)),
    Command(
        "1021",
        "提取污染物报警门限值",
        "request",
        ("PolId",),
        "上传污染物报警门限值",
        ("-UpValue", "-LowValue"),
    ),
    Command("1022", "设置污染物报警门限值", parameters=("PolId", "-UpValue", "-LowValue")),
    Command("1031", "提取上位机地址", "request", (), "上传上位机地址", ("AlarmTarget",)),
    Command("1032", "设置上位机地址", parameters=("AlarmTarget",)),
    Command("1041", "提取数据上报时间", "request", (), "上传数据上报时间", ("ReportTime",)),
    Command("1042", "设置数据上报时间", parameters=("ReportTime",)),
    Command("2071", "取污染物报警记录", "request", _PERIOD, "上传污染物报警记录", _TIMED),
    Command("2072", "上传报警事件", "upload", upload="上传报警事件", marks=("AlarmTime",)),
    Command("3011", "校零校满", parameters=("PolId",)),
    Command("3012", "即时采样", parameters=("PolId",)),
    Command("3013", "设备操作", parameters=("PolId",)),
    Command("3014", "设置设备采样时间周期", parameters=("PolId", "CTime")),
)
"""Commands that only HJ/T 212-2005 has, or that mean something else there (待核对)."""

PARAMETERS = {
    "OverTime": ("超时时间，秒", r"\d{1,2}"),
    "ReCount": ("重发次数", r"\d{1,2}"),
    "RtdInterval": ("实时数据间隔，秒", r"\d{1,4}"),
    "MinInterval": ("分钟数据间隔，分钟", r"\d{1,2}"),
    "SystemTime": ("系统时间 yyyyMMddHHmmss", r"\d{14}"),
    "BeginTime": ("开始时间 yyyyMMddHHmmss", r"\d{14}"),
    "EndTime": ("截止时间 yyyyMMddHHmmss", r"\d{14}"),
    "NewPW": ("新密码，至多 9 个字符", r"[!-:<-~]{1,9}"),
    "PolId": ("污染物编码", r"\w{1,8}"),
    "InfoId": ("现场端信息编码", r"\w{1,8}"),
    "CstartTime": ("采样启动时间 HHmmss", r"\d{6}"),
    "Ctime": ("采样周期，小时", r"\d{1,2}"),
}
"""Fields of requests (HJ 212-2017 table 6) and the form of their values; value ranges: 待核对."""

KINDS = {
    "Rtd": "实时值",
    "Min": "最小值",
    "Avg": "平均值",
    "Max": "最大值",
    "Cou": "排放量",
    "ZsRtd": "折算实时值",
    "ZsMin": "折算最小值",
    "ZsAvg": "折算平均值",
    "ZsMax": "折算最大值",
    "RS": "运行状态",
    "RT": "运行时间",
    "Data": "噪声时段值",
    "DayData": "噪声昼间值",
    "NightData": "噪声夜间值",
    "UpValue": "报警上限",
    "LowValue": "报警下限",
}
"""What the part after the hyphen says about a number."""

DATA_FLAGS = {
    "N": "正常",
    "F": "停运",
    "M": "维护",
    "S": "手工输入",
    "D": "故障",
    "C": "校准",
    "T": "超过测量上限",
    "B": "通讯异常",
    "P": "电源故障",
    "0": "校准数据",
    "1": "气象参数",
    "2": "异常数据",
    "3": "正常数据",
}
"""Data flags (数据标记), HJ 212-2017 table 8; P and 0-3 are of 2005 (待核对)."""

REQUEST_RESULTS = {
    1: "准备执行请求",
    2: "请求被拒绝",
    3: "PW 错误",
    4: "MN 错误",
    5: "ST 错误",
    6: "Flag 错误",
    7: "QN 错误",
    8: "CN 错误",
    9: "CRC 校验错误",
    100: "未知错误",
}
"""QnRtn, the answer to a request (请求返回结果)."""

EXECUTION_RESULTS = {
    1: "执行成功",
    2: "执行失败，但不知道原因",
    3: "命令请求条件错误",
    4: "通讯超时",
    5: "系统繁忙不能执行",
    6: "系统故障",
    100: "没有数据",
}
"""ExeRtn, what became of a request (执行结果)."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One monitoring factor (监测因子) or piece of device information, by its code of 2017."""

    code: str
    name: str
    unit: str | None
    total_unit: str | None
    """Unit of the emission total (Cou)."""
    format: str | None
    """``N5.1``: five digits before and one after the point; ``C890``: text."""
    is_checked: bool
    """False where the annex's unit is doubtful or the row is not of the annex (待核对)."""

    def unit_of(self, kind: str) -> str | None:
        """The unit of a value of this kind.

        >>> factor("w01018").unit_of("Avg"), factor("w01018").unit_of("Cou")
        ('mg/L', 'kg')
        """
        return self.total_unit if kind == "Cou" else self.unit


_UNIT_2005 = {"µg/L": "mg/L", "ng/L": "mg/L", "ng/m³": "mg/m³"}  # 2005 wrote every concentration so


def _factor_tables() -> tuple[dict[str, Factor], dict[str, Factor]]:
    current: dict[str, Factor] = {}
    legacy: dict[str, Factor] = {}
    tables = (factors.WATER, factors.AIR, factors.NOISE, factors.PROCESS, factors.SITE)
    for row in "".join(tables).split("\n"):
        if not row:
            continue
        code, name, code_2005, *cells = row.split()
        unit, total_unit, form = (None if cell == "-" else cell for cell in cells)
        known = Factor(code, name.removeprefix("?"), unit, total_unit, form, not name.startswith("?"))
        current[code] = known
        if code_2005 != "-":
            coarse = _UNIT_2005.get(unit or "")
            legacy[code_2005] = replace(known, unit=coarse, total_unit="kg") if coarse else known
    return current, legacy


FACTORS, FACTORS_2005 = _factor_tables()


@lru_cache(maxsize=4096)
def factor(code: str) -> Factor | None:
    """The factor behind a code of 2017 or 2005, or None for one that the standard does not list.

    >>> factor("a21026").name, factor("011").code, factor("e30112").name, factor("x99")
    ('二氧化硫', 'w01018', '污水提升泵', None)
    """
    found = FACTORS.get(code) or FACTORS_2005.get(code)
    if not found and len(code) == 6 and code.isascii() and code[-1].isdigit():
        found = FACTORS.get(code[:5] + "x")
        if not found and code[-2].isdigit():
            found = FACTORS.get(code[:4] + "xx")
    return found


def command(code: str, version: int = 1) -> Command | None:
    """The command behind a code, or None for one that the standard does not list.

    >>> command("3013").name, command("3013", version=0).name, command("4001")
    ('启动清洗/反吹', '设备操作', None)
    """
    if version == 0 and code in COMMANDS_2005:
        return COMMANDS_2005[code]
    return COMMANDS.get(code) or COMMANDS_2005.get(code)
