"""Parameters of a terminal (终端参数): set, asked for, answered (8103, 8106, 0104)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from anlan.protocols.jt808.messages import Body, body
from anlan.protocols.layouts import U8, U16, U32, Bytes, Counted, LayoutError, Many, Text

NUMBER, TEXT, BYTES = "number", "text", "bytes"
PARAMETERS: dict[int, tuple[str, str]] = {
    0x0001: ("终端心跳发送间隔_s", NUMBER), 0x0002: ("TCP消息应答超时时间_s", NUMBER), 0x0003: ("TCP消息重传次数", NUMBER),
    0x0004: ("UDP消息应答超时时间_s", NUMBER), 0x0005: ("UDP消息重传次数", NUMBER), 0x0006: ("SMS消息应答超时时间_s", NUMBER),
    0x0007: ("SMS消息重传次数", NUMBER), 0x0010: ("主服务器APN", TEXT), 0x0011: ("主服务器无线通信拨号用户名", TEXT),
    0x0012: ("主服务器无线通信拨号密码", TEXT), 0x0013: ("主服务器地址", TEXT), 0x0014: ("备份服务器APN", TEXT),
    0x0015: ("备份服务器无线通信拨号用户名", TEXT), 0x0016: ("备份服务器无线通信拨号密码", TEXT), 0x0017: ("备用服务器地址", TEXT),
    0x0018: ("服务器TCP端口", NUMBER), 0x0019: ("服务器UDP端口", NUMBER), 0x001A: ("IC卡认证主服务器地址", TEXT),
    0x001B: ("IC卡认证主服务器TCP端口", NUMBER), 0x001C: ("IC卡认证主服务器UDP端口", NUMBER), 0x001D: ("IC卡认证备份服务器地址", TEXT),
    0x0020: ("位置汇报策略", NUMBER), 0x0021: ("位置汇报方案", NUMBER), 0x0022: ("驾驶员未登录汇报时间间隔_s", NUMBER),
    0x0023: ("从服务器APN", TEXT), 0x0024: ("从服务器无线通信拨号用户名", TEXT), 0x0025: ("从服务器无线通信拨号密码", TEXT),
    0x0026: ("从服务器备份地址", TEXT), 0x0027: ("休眠时汇报时间间隔_s", NUMBER), 0x0028: ("紧急报警时汇报时间间隔_s", NUMBER),
    0x0029: ("缺省时间汇报间隔_s", NUMBER), 0x002C: ("缺省距离汇报间隔_m", NUMBER), 0x002D: ("驾驶员未登录汇报距离间隔_m", NUMBER),
    0x002E: ("休眠时汇报距离间隔_m", NUMBER), 0x002F: ("紧急报警时汇报距离间隔_m", NUMBER), 0x0030: ("拐点补传角度_度", NUMBER),
    0x0031: ("电子围栏半径_m", NUMBER), 0x0032: ("违规行驶时段范围", BYTES), 0x0040: ("监控平台电话号码", TEXT),
    0x0041: ("复位电话号码", TEXT), 0x0042: ("恢复出厂设置电话号码", TEXT), 0x0043: ("监控平台SMS电话号码", TEXT),
    0x0044: ("接收终端SMS文本报警号码", TEXT), 0x0045: ("终端电话接听策略", NUMBER), 0x0046: ("每次最长通话时间_s", NUMBER),
    0x0047: ("当月最长通话时间_s", NUMBER), 0x0048: ("监听电话号码", TEXT), 0x0049: ("监管平台特权短信号码", TEXT),
    0x0050: ("报警屏蔽字", NUMBER), 0x0051: ("报警发送文本SMS开关", NUMBER), 0x0052: ("报警拍摄开关", NUMBER),
    0x0053: ("报警拍摄存储标志", NUMBER), 0x0054: ("关键标志", NUMBER), 0x0055: ("最高速度_kmh", NUMBER), 0x0056: ("超速持续时间_s", NUMBER),
    0x0057: ("连续驾驶时间门限_s", NUMBER), 0x0058: ("当天累计驾驶时间门限_s", NUMBER), 0x0059: ("最小休息时间_s", NUMBER),
    0x005A: ("最长停车时间_s", NUMBER), 0x005B: ("超速预警差值_0.1kmh", NUMBER), 0x005C: ("疲劳驾驶预警差值_s", NUMBER),
    0x005D: ("碰撞报警参数", NUMBER), 0x005E: ("侧翻报警参数_度", NUMBER), 0x0064: ("定时拍照控制", NUMBER), 0x0065: ("定距拍照控制", NUMBER),
    0x0070: ("图像/视频质量", NUMBER), 0x0071: ("亮度", NUMBER), 0x0072: ("对比度", NUMBER), 0x0073: ("饱和度", NUMBER), 0x0074: ("色度", NUMBER),
    0x0075: ("音视频参数", BYTES), 0x0076: ("音视频通道列表", BYTES), 0x0077: ("单独视频通道参数", BYTES), 0x0079: ("特殊报警录像参数", BYTES),
    0x007A: ("视频相关报警屏蔽字", NUMBER), 0x007B: ("图像分析报警参数", BYTES), 0x007C: ("终端休眠唤醒模式", BYTES),
    0x0080: ("车辆里程表读数_0.1km", NUMBER), 0x0081: ("车辆所在省域ID", NUMBER), 0x0082: ("车辆所在市域ID", NUMBER), 0x0083: ("机动车号牌", TEXT),
    0x0084: ("车牌颜色", NUMBER), 0x0090: ("GNSS定位模式", NUMBER), 0x0091: ("GNSS波特率", NUMBER), 0x0092: ("GNSS详细定位数据输出频率", NUMBER),
    0x0093: ("GNSS详细定位数据采集频率_s", NUMBER), 0x0094: ("GNSS详细定位数据上传方式", NUMBER), 0x0095: ("GNSS详细定位数据上传设置", NUMBER),
    0x0100: ("CAN总线通道1采集时间间隔_ms", NUMBER), 0x0101: ("CAN总线通道1上传时间间隔_s", NUMBER),
    0x0102: ("CAN总线通道2采集时间间隔_ms", NUMBER), 0x0103: ("CAN总线通道2上传时间间隔_s", NUMBER), 0x0110: ("CAN总线ID单独采集设置", BYTES),
}  # fmt: skip
"""Parameters by identifier: name with unit, and how the bytes are read (table 12 of 2019, JT/T 1078-2016 table 2)."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter as sent."""

    key: int
    raw: bytes

    def json(self) -> dict[str, Any]:
        name, kind = PARAMETERS.get(self.key, ("", BYTES))
        value: Any = self.raw.hex()
        if kind == NUMBER:
            value = int.from_bytes(self.raw, "big")
        elif kind == TEXT:
            try:
                value = Text().read(self.raw, 0, name)[0]
            except LayoutError:
                pass
        return {"id": f"0x{self.key:04X}", "name": name, "value": value}


class _Parameter:
    """How a parameter stands in the bytes: identifier, length, value."""

    def read(self, data: bytes, at: int, name: str) -> tuple[Parameter, int]:
        key, at = U32.read(data, at, f"{name} 参数ID")
        raw, at = Counted(U8, Bytes()).read(data, at, f"{name} 参数值")
        return Parameter(key, raw), at

    def write(self, value: Parameter, name: str) -> bytes:
        return U32.write(value.key, f"{name} 参数ID") + Counted(U8, Bytes()).write(value.raw, f"{name} 参数值")


@dataclass(frozen=True, slots=True)
class Parameters:
    """Parameters behind their number; terminals that count wrongly are read as far as their bytes go."""

    known: tuple[Parameter, ...]
    count: int | None = None
    """The number that was sent, where it is not theirs."""
    rest: bytes = b""
    """Bytes behind the last whole parameter."""

    @classmethod
    def read(cls, data: bytes, at: int) -> Parameters:
        count, at = U8.read(data, at, "参数总数")
        known: list[Parameter] = []
        while at < len(data) and len(known) < count:
            try:
                one, at = _Parameter().read(data, at, f"参数[{len(known)}]")
            except LayoutError:
                break
            known.append(one)
        if count and not known:
            raise LayoutError(f"声明 {count} 个参数，一个也读不出")
        return cls(tuple(known), None if count == len(known) else count, data[at:])

    def write(self) -> bytes:
        head = U8.write(len(self.known) if self.count is None else self.count, "参数总数")
        return (
            head
            + b"".join(_Parameter().write(one, f"参数[{index}]") for index, one in enumerate(self.known))
            + self.rest
        )

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"parameters": [one.json() for one in self.known]}
        if self.count is not None or self.rest:
            declared = len(self.known) if self.count is None else self.count
            found["rest"] = self.rest.hex()
            found["problem"] = f"声明 {declared} 个参数，读出 {len(self.known)} 个，之后有 {len(self.rest)} 字节"
        return found


@body(0x8103)
@dataclass(frozen=True, slots=True)
class SetParameters(Body):
    """Parameters to be set (设置终端参数)."""

    held: Parameters

    @classmethod
    def read(cls, data: bytes) -> SetParameters:
        return cls(Parameters.read(data, 0))

    def write(self) -> bytes:
        return self.held.write()

    def json(self) -> dict[str, Any]:
        return self.held.json()


@body(0x8106)
@dataclass(frozen=True, slots=True)
class AskParameters(Body):
    """Which parameters are wanted (查询指定终端参数)."""

    keys: Annotated[tuple[int, ...], Many(U32, U8)]

    def json(self) -> dict[str, Any]:
        return {"ids": [f"0x{key:04X}" for key in self.keys]}


@body(0x0104)
@dataclass(frozen=True, slots=True)
class ParametersAnswer(Body):
    """Parameters as they are set (查询终端参数应答)."""

    answered_serial: int
    held: Parameters

    @classmethod
    def read(cls, data: bytes) -> ParametersAnswer:
        serial, at = U16.read(data, 0, "应答流水号")
        return cls(serial, Parameters.read(data, at))

    def write(self) -> bytes:
        return U16.write(self.answered_serial, "应答流水号") + self.held.write()

    def json(self) -> dict[str, Any]:
        return {"answered_serial": self.answered_serial, **self.held.json()}
