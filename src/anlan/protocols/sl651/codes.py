"""What the numbers of SL 651-2014 stand for: function codes, station classes, status bits, events."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import NamedTuple

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

FUNCTIONS = {  # table B.1
    0x2F: "链路维持报",
    0x30: "测试报",
    0x31: "均匀时段水文信息报",
    0x32: "遥测站定时报",
    0x33: "遥测站加报报",
    0x34: "遥测站小时报",
    0x35: "遥测站人工置数报",
    0x36: "遥测站图片报",
    0x37: "查询遥测站实时数据",
    0x38: "查询遥测站时段数据",
    0x39: "查询遥测站人工置数",
    0x3A: "查询遥测站指定要素数据",
    0x40: "修改遥测站基本配置表",
    0x41: "读取遥测站基本配置表",
    0x42: "修改遥测站运行参数配置表",
    0x43: "读取遥测站运行参数配置表",
    0x44: "查询水泵电机实时工作数据",
    0x45: "查询遥测终端软件版本",
    0x46: "查询遥测站状态和报警信息",
    0x47: "初始化固态存储数据",
    0x48: "恢复终端出厂设置",
    0x49: "修改密码",
    0x4A: "设置遥测站时钟",
    0x4B: "设置遥测终端IC卡状态",
    0x4C: "控制水泵开关命令",
    0x4D: "控制阀门开关命令",
    0x4E: "控制闸门开关命令",
    0x4F: "水量定值控制命令",
    0x50: "查询遥测站事件记录",
    0x51: "查询遥测站时钟",
}
"""Function codes (功能码). 00-2E, 3B-3F and 52-DF are reserved, E0-FF belong to the user."""

REPORTS = frozenset(range(0x30, 0x3B)) | {0x44}
"""Functions whose upward body is stations, observation times and elements."""
SERIES = frozenset({0x31, 0x38})
"""Functions in which a time step leads values at even intervals."""
SETTINGS = frozenset({0x40, 0x41, 0x42, 0x43, 0x47, 0x48, 0x49, 0x4A, 0x51})
"""Functions whose body is an optional station address and parameters of annex D."""
BASIC_SETTINGS = frozenset({0x40, 0x41})
STATUS = frozenset({0x46, 0x4B})
SWITCHES = frozenset({0x4C, 0x4D, 0x4E})

STATION_CLASSES = {  # table A.1
    "P": "降水",
    "H": "河道",
    "K": "水库(湖泊)",
    "Z": "闸坝",
    "D": "泵站",
    "T": "潮汐",
    "M": "墒情",
    "G": "地下水",
    "Q": "水质",
    "I": "取水口",
    "O": "排水口",
}
"""Station classes (遥测站分类码); any other byte is the user's own."""

CONTROLS = {0x03: "ETX", 0x17: "ETB", 0x05: "ENQ", 0x04: "EOT", 0x06: "ACK", 0x15: "NAK", 0x1B: "ESC"}
"""Characters that end a frame (报文结束符), table 10."""


class StatusBit(NamedTuple):
    """One bit of the status and alarm word (遥测站状态及报警), table 58."""

    bit: int
    name: str
    clear: str
    """What 0 means."""
    set: str
    """What 1 means."""
    is_alarm: bool
    """Whether 1 is something to see to."""


STATUS_BITS = (
    StatusBit(0, "交流电充电状态", "正常", "停电", True),
    StatusBit(1, "蓄电池电压状态", "正常", "电压低", True),
    StatusBit(2, "水位超限报警状态", "正常", "报警", True),
    StatusBit(3, "流量超限报警状态", "正常", "报警", True),
    StatusBit(4, "水质超限报警状态", "正常", "报警", True),
    StatusBit(5, "流量仪表状态", "正常", "故障", True),
    StatusBit(6, "水位仪表状态", "正常", "故障", True),
    StatusBit(7, "终端箱门状态", "开启", "关闭", False),
    StatusBit(8, "存储器状态", "正常", "异常", True),
    StatusBit(9, "IC卡功能有效", "关闭", "IC卡有效", False),
    StatusBit(10, "水泵工作状态", "水泵工作", "水泵停机", False),
    StatusBit(11, "剩余水量报警", "未超限", "水量超限", True),
)


def alarms(bits: int) -> tuple[str, ...]:
    """The alarms that a status word raises, in the words of table 58.

    >>> alarms(0b1000_0000_0010)
    ('蓄电池电压状态: 电压低', '剩余水量报警: 水量超限')
    """
    return tuple(f"{row.name}: {row.set}" for row in STATUS_BITS if row.is_alarm and bits >> row.bit & 1)


def status(bits: int) -> dict[str, str]:
    """Every state that a status word declares, by name.

    >>> status(0x481)["终端箱门状态"], status(0x481)["水泵工作状态"]
    ('关闭', '水泵停机')
    """
    return {row.name: row.set if bits >> row.bit & 1 else row.clear for row in STATUS_BITS}


EVENTS = (  # table 82, ERC1 to ERC18; ERC19 to ERC32 are spare
    "历史数据初始化记录",
    "参数变更记录",
    "状态量变位记录",
    "传感器及仪表故障记录",
    "密码修改记录",
    "终端故障记录",
    "交流失电记录",
    "蓄电池电压低告警记录",
    "终端箱非法打开记录",
    "水泵故障记录",
    "剩余水量超限告警记录",
    "水位超限告警记录",
    "水压超限告警记录",
    "水质参数超限告警记录",
    "数据出错记录",
    "发报文记录",
    "收报文记录",
    "发报文出错记录",
)
"""What the terminal counts in its event log (遥测站事件记录), in the order of ERC1, ERC2 ..."""

WIND_DIRECTIONS = (  # table E.1, UC 1 to 16
    [
        "北",
        "东北北",
        "东北",
        "东北东",
        "东",
        "东南东",
        "东南",
        "东南南",
        "南",
        "西南南",
        "西南",
        "西南西",
        "西",
        "西北西",
        "西北",
        "西北北",
    ]
)

_WATERWAYS = ["非常溢洪道", "正常溢洪道", "泄洪道(洞)", "灌溉洞(渠)", "发电洞", "供水洞(渠)", "排沙孔", "船闸"]
_GATE = {444: "闸门全关", 555: "无闸门控制", 888: "闸门提出水面", 999: "闸门全开"}

MEANINGS: dict[str, dict[int, str]] = {
    "09": _GATE,  # E.3.2.2, E.4.2.3
    "0B": {**dict(enumerate(_WATERWAYS)), 9: "其它"},  # table E.4
    "0E": {0: "地面积水", 444: "监测井干涸"},  # E.8.2.2
    "33": dict(enumerate(WIND_DIRECTIONS, 1)),  # table E.1
}
"""Values that are codes, by element identifier."""

STATES = {"09": frozenset(_GATE), "0E": frozenset({444})}
"""Values that say a state instead of a measurement."""

WORK_MODES = {1: "自报", 2: "自报确认", 3: "查询/应答", 4: "调试或维修"}
"""What parameter 0C (工作方式) may be."""

CHANNELS = {0: "禁用", 1: "短信", 2: "IPV4", 3: "北斗", 4: "海事卫星", 5: "PSTN", 6: "超短波"}
"""Channel kinds (信道类型) of parameters 04 to 0B."""

COLLECTED = (  # table D.2, from A1 to A8, each from bit 0 to bit 7
    ["气压", "地温", "湿度", "气温", "风速", "风向", "蒸发量", "降水量"]
    + [f"水位{number}" for number in range(1, 9)]
    + ["水压", "流量", "流速", "水量", "闸门开度", "波浪", "图片", "地下水埋深"]
    + [f"水表{number}" for number in range(1, 9)]
    + [f"{depth}CM墒情" for depth in (10, 20, 30, 40, 50, 60, 80, 100)]
    + ["水温", "氨氮", "高锰酸盐指数", "氧化还原电位", "浊度", "电导率", "溶解氧", "pH值"]
    + ["镉", "总汞", "砷", "硒", "锌", "总磷", "总氮", "总有机碳"]
    + ["铅", "铜", "叶绿素a"]
)


def collected(data: bytes) -> tuple[str, ...]:
    """The elements that a station is set to collect (parameter 0D), from the eight bytes A1 to A8.

    >>> collected(bytes.fromhex("8001000000000000"))
    ('降水量', '水位1')
    """
    return tuple(
        name
        for place, name in enumerate(COLLECTED)
        if data[place >> 3 : (place >> 3) + 1] and data[place >> 3] >> (place & 7) & 1
    )


class Address(NamedTuple):
    """What a station address (遥测站地址) says of itself, 6.2.3.2."""

    kind: str
    """``hydrological``, ``local``, ``relay``, ``broadcast`` or ``invalid``."""
    code: str
    """SL 502 station code, or the six digits of the area."""
    number: int | None
    """Number of the station within its area; None for a hydrological station."""


def address(station: str) -> Address:
    """Read a station address of ten hexadecimal digits.

    >>> address("0012345678")
    Address(kind='hydrological', code='12345678', number=None)
    >>> address("3715022711")
    Address(kind='local', code='371502', number=10001)
    """
    if station.startswith("00"):
        return Address("hydrological", station[2:], None)
    number = int(station[6:], 16)
    kinds = {0: "invalid", 65535: "broadcast"}
    return Address(kinds.get(number, "relay" if number > 60000 else "local"), station[:6], number)
