"""What the codes of JT/T 809 mean: messages, sub-messages, results, alarms, plate colours.

Identifiers are the standard's own; names are those of its tables, shortened where the table repeats the class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Kind(NamedTuple):
    """A business or sub-business type (业务类型标识、子业务类型标识)."""

    code: str
    """``UP_CONNECT_REQ``."""
    name: str


_MESSAGES = """
1001 UP_CONNECT_REQ 主链路登录请求
1002 UP_CONNECT_RSP 主链路登录应答
1003 UP_DISCONNECT_REQ 主链路注销请求
1004 UP_DISCONNECT_RSP 主链路注销应答
1005 UP_LINKTEST_REQ 主链路连接保持请求
1006 UP_LINKTEST_RSP 主链路连接保持应答
1007 UP_DISCONNECT_INFORM 主链路断开通知
1008 UP_CLOSELINK_INFORM 下级平台主动关闭链路通知
1101 UP_TOTAL_RECV_BACK_MSG 发送车辆定位信息数量通知
1102 UP_MANAGE_MSG_RSP 平台链路连接情况与车辆定位消息传输情况上报应答
1103 UP_MANAGE_MSG_SN_INFORM 上传平台间消息序列号通知
1200 UP_EXG_MSG 主链路车辆动态信息交换
1300 UP_PLATFORM_MSG 主链路平台间信息交互
1400 UP_WARN_MSG 主链路报警信息交互
1500 UP_CTRL_MSG 主链路车辆监管
1600 UP_BASE_MSG 主链路车辆静态信息交换
1700 UP_AUTHORIZE_MSG 主链路时效口令交互
1800 UP_REALVIDEO_MSG 主链路实时音视频交互
1900 UP_SEARCH_MSG 主链路远程录像检索交互
1A00 UP_PLAYBACK_MSG 主链路远程录像回放交互
1B00 UP_DOWNLOAD_MSG 主链路远程录像下载交互
9001 DOWN_CONNECT_REQ 从链路连接请求
9002 DOWN_CONNECT_RSP 从链路连接应答
9003 DOWN_DISCONNECT_REQ 从链路注销请求
9004 DOWN_DISCONNECT_RSP 从链路注销应答
9005 DOWN_LINKTEST_REQ 从链路连接保持请求
9006 DOWN_LINKTEST_RSP 从链路连接保持应答
9007 DOWN_DISCONNECT_INFORM 从链路断开通知
9008 DOWN_CLOSELINK_INFORM 上级平台主动关闭链路通知
9101 DOWN_TOTAL_RECV_BACK_MSG 接收车辆定位信息数量通知
9102 DOWN_MANAGE_MSG_REQ 平台链路连接情况与车辆定位消息传输情况上报请求
9103 DOWN_MANAGE_MSG_SN_INFORM 下发平台间消息序列号通知
9200 DOWN_EXG_MSG 从链路车辆动态信息交换
9300 DOWN_PLATFORM_MSG 从链路平台间信息交互
9400 DOWN_WARN_MSG 从链路报警信息交互
9500 DOWN_CTRL_MSG 从链路车辆监管
9600 DOWN_BASE_MSG 从链路车辆静态信息交换
9700 DOWN_AUTHORIZE_MSG 从链路时效口令交互
9800 DOWN_REALVIDEO_MSG 从链路实时音视频交互
9900 DOWN_SEARCH_MSG 从链路远程录像检索交互
9A00 DOWN_PLAYBACK_MSG 从链路远程录像回放交互
9B00 DOWN_DOWNLOAD_MSG 从链路远程录像下载交互
"""

_SUB_MESSAGES = """
1201 UP_EXG_MSG_REGISTER 上传车辆注册信息
1202 UP_EXG_MSG_REAL_LOCATION 实时上传车辆定位信息
1203 UP_EXG_MSG_HISTORY_LOCATION 车辆定位信息自动补报
1205 UP_EXG_MSG_RETURN_STARTUP_ACK 启动车辆定位信息交换应答
1206 UP_EXG_MSG_RETURN_END_ACK 结束车辆定位信息交换应答
1207 UP_EXG_MSG_APPLY_FOR_MONITOR_STARTUP 申请交换指定车辆定位信息请求
1208 UP_EXG_MSG_APPLY_FOR_MONITOR_END 取消交换指定车辆定位信息请求
1209 UP_EXG_MSG_APPLY_HISGNSSDATA_REQ 补发车辆定位信息请求
120A UP_EXG_MSG_REPORT_DRIVER_INFO_ACK 上报车辆驾驶员身份识别信息应答
120B UP_EXG_MSG_TAKE_EWAYBILL_ACK 上报车辆电子运单应答
120C UP_EXG_MSG_REPORT_DRIVER_INFO 主动上报驾驶员身份信息
120D UP_EXG_MSG_REPORT_EWAYBILL_INFO 主动上报车辆电子运单信息
120E UP_EXG_MSG_DRVLINE_INFO 主动上报车辆行驶路线信息
1301 UP_PLATFORM_MSG_POST_QUERY_ACK 平台查岗应答
1302 UP_PLATFORM_MSG_INFO_ACK 下发平台间报文应答
1303 UP_PLATFORM_MSG_RETRAN_REQ 上传平台间消息补传请求
1401 UP_WARN_MSG_URGE_TODO_ACK 报警督办应答
1402 UP_WARN_MSG_ADPT_INFO 上报报警信息
1403 UP_WARN_MSG_INFORM_TIPS 主动上报报警处理结果（2011）、上报报警预警信息（2019）
1411 UP_WARN_MSG_URGE_TODO_ACK_INFO 上报报警督办应答
1412 UP_WARN_MSG_ADPT_TODO_INFO 主动上报报警处理结果
1413 UP_WARN_MSG_URGE_TODO_REQ_INFO 上报报警督办请求
1501 UP_CTRL_MSG_MONITOR_VEHICLE_ACK 车辆单向监听应答
1502 UP_CTRL_MSG_TAKE_PHOTO_ACK 车辆拍照应答
1503 UP_CTRL_MSG_TEXT_INFO_ACK 下发车辆报文应答
1504 UP_CTRL_MSG_TAKE_TRAVEL_ACK 上报车辆行驶记录应答
1505 UP_CTRL_MSG_EMERGENCY_MONITORING_ACK 车辆应急接入监管平台应答
1601 UP_BASE_MSG_VEHICLE_ADDED_ACK 补报车辆静态信息应答
1602 UP_BASE_MSG_DRVLINE_ADDED_ACK 补报车辆行驶路线信息应答
1701 UP_AUTHORIZE_MSG_STARTUP 时效口令上报
1702 UP_AUTHORIZE_MSG_STARTUP_REQ 时效口令请求
1801 UP_REALVIDEO_MSG_STARTUP_ACK 实时音视频请求应答
1802 UP_REALVIDEO_MSG_END_ACK 主动请求停止实时音视频传输应答
1901 UP_FILELIST_MSG 主动上传音视频资源目录信息
1902 UP_REALVIDEO_FILELIST_REQ_ACK 查询音视频资源目录应答
1A01 UP_PLAYBACK_MSG_STARTUP_ACK 远程录像回放请求应答
1A02 UP_PLAYBACK_MSG_CONTROL_ACK 远程录像回放控制应答
1B01 UP_DOWNLOAD_MSG_STARTUP_ACK 远程录像下载请求应答
1B02 UP_DOWNLOAD_MSG_END_INFORM 远程录像下载通知
1B03 UP_DOWNLOAD_MSG_CONTROL_ACK 远程录像下载控制应答
9201 DOWN_EXG_MSG_REGISTER_ACK 车辆注册信息应答
9202 DOWN_EXG_MSG_CAR_LOCATION 交换车辆定位信息
9203 DOWN_EXG_MSG_HISTORY_ARCOSSAREA 车辆定位信息交换补发
9204 DOWN_EXG_MSG_CAR_INFO 交换车辆静态信息
9205 DOWN_EXG_MSG_RETURN_STARTUP 启动车辆定位信息交换请求
9206 DOWN_EXG_MSG_RETURN_END 结束车辆定位信息交换请求
9207 DOWN_EXG_MSG_APPLY_FOR_MONITOR_STARTUP_ACK 申请交换指定车辆定位信息应答
9208 DOWN_EXG_MSG_APPLY_FOR_MONITOR_END_ACK 取消交换指定车辆定位信息应答
9209 DOWN_EXG_MSG_APPLY_HISGNSSDATA_ACK 补发车辆定位信息应答
920A DOWN_EXG_MSG_REPORT_DRIVER_INFO 上报车辆驾驶员身份识别信息请求
920B DOWN_EXG_MSG_TAKE_EWAYBILL_REQ 上报车辆电子运单请求
920C DOWN_BASE_MSG_DRVLINE_REQ 上报车辆行驶路线请求
920D DOWN_BASE_MSG_DRVLINE_ACK 车辆行驶路线请求应答
9301 DOWN_PLATFORM_MSG_POST_QUERY_REQ 平台查岗请求
9302 DOWN_PLATFORM_MSG_INFO_REQ 下发平台间报文请求
9303 DOWN_PLATFORM_MSG_RETRAN_REQ 下发平台间消息补传请求
9401 DOWN_WARN_MSG_URGE_TODO_REQ 报警督办请求
9402 DOWN_WARN_MSG_INFORM_TIPS 报警预警
9403 DOWN_WARN_MSG_EXG_INFORM 实时交换报警信息
9501 DOWN_CTRL_MSG_MONITOR_VEHICLE_REQ 车辆单向监听请求
9502 DOWN_CTRL_MSG_TAKE_PHOTO_REQ 车辆拍照请求
9503 DOWN_CTRL_MSG_TEXT_INFO 下发车辆报文请求
9504 DOWN_CTRL_MSG_TAKE_TRAVEL_REQ 上报车辆行驶记录请求
9505 DOWN_CTRL_MSG_EMERGENCY_MONITORING_REQ 车辆应急接入监管平台请求
9601 DOWN_BASE_MSG_VEHICLE_ADDED 补报车辆静态信息请求
9602 DOWN_BASE_MSG_DRVLINE_ADDED 补报车辆行驶路线信息请求
9702 DOWN_AUTHORIZE_MSG_STARTUP_REQ_ACK 时效口令请求应答
9801 DOWN_REALVIDEO_MSG_STARTUP 实时音视频请求
9802 DOWN_REALVIDEO_MSG_END 主动请求停止实时音视频传输
9901 DOWN_FILELIST_MSG_ACK 主动上传音视频资源目录信息应答
9902 DOWN_REALVIDEO_FILELIST_REQ 查询音视频资源目录请求
9A01 DOWN_PLAYBACK_MSG_STARTUP 远程录像回放请求
9A02 DOWN_PLAYBACK_MSG_CONTROL 远程录像回放控制
9B01 DOWN_DOWNLOAD_MSG_STARTUP 远程录像下载请求
9B02 DOWN_DOWNLOAD_MSG_END_INFORM_ACK 远程录像下载通知应答
9B03 DOWN_DOWNLOAD_MSG_CONTROL 远程录像下载控制
"""


def _table(text: str) -> dict[int, Kind]:
    return {int(one[0], 16): Kind(one[1], one[2]) for one in map(str.split, text.strip().splitlines())}


MESSAGES: Mapping[int, Kind] = _table(_MESSAGES)
"""Business types; 1700 to 1B00 and 9700 to 9B00 are those of JT/T 1078 between platforms."""
SUB_MESSAGES: Mapping[int, Kind] = _table(_SUB_MESSAGES)

PLATE_COLORS: Mapping[int, str] = {
    0: "未上牌", 1: "蓝色", 2: "黄色", 3: "黑色", 4: "白色", 5: "绿色", 9: "其他",
    91: "农黄色", 92: "农绿色", 93: "黄绿色", 94: "渐变绿色",
}  # fmt: skip
"""Plate colours (车牌颜色), JT/T 415-2006 5.4.12 and JT/T 697.7-2014."""

WARN_SOURCES: Mapping[int, str] = {1: "车载终端", 2: "企业监控平台", 3: "政府监管平台", 9: "其他"}

WARN_TYPES: Mapping[int, str] = {
    0x0001: "超速报警", 0x0002: "疲劳驾驶报警", 0x0003: "紧急报警", 0x0004: "进入指定区域报警",
    0x0005: "离开指定区域报警", 0x0006: "路段堵塞报警", 0x0007: "危险路段报警", 0x0008: "越界报警",
    0x0009: "盗警", 0x000A: "劫警", 0x000B: "偏离路线报警", 0x000C: "车辆移动报警", 0x000D: "超时驾驶报警",
    0x000E: "其他报警", 0x0010: "违规行驶报警", 0x0011: "前撞报警", 0x0012: "车道偏离报警",
    0x0013: "胎压异常报警", 0x0014: "动态信息异常报警",
    0xA001: "超时停车", 0xA002: "车辆定位信息上报时间间隔异常", 0xA003: "车辆定位信息上报距离间隔异常",
    0xA004: "下级平台异常断线", 0xA005: "下级平台数据传输异常", 0xA006: "路段堵塞报警",
    0xA007: "危险路段报警", 0xA008: "雨雪天气报警", 0xA009: "驾驶员身份识别异常", 0xA00A: "终端异常",
    0xA00B: "平台接入异常", 0xA00C: "核心数据异常", 0xA0FF: "其他报警",
}  # fmt: skip
"""Alarm types (报警类型): those of vehicles, and from A001 on those that a platform raises."""

OBJECT_TYPES: Mapping[int, str] = {
    0: "下级平台所属单一平台", 1: "当前连接的下级平台", 2: "下级平台所属单一业户", 3: "下级平台所属所有业户",
    4: "下级平台所属所有平台", 5: "下级平台所属所有平台和业户", 6: "下级平台所属所有政府监管平台（含监控端）",
    7: "下级平台所属所有企业监控平台", 8: "下级平台所属所有经营性企业监控平台",
    9: "下级平台所属所有非经营性企业监控平台",
}  # fmt: skip
"""Whom a query of the post or a message between platforms is for (查岗对象、下发报文对象)."""

_LEVELS = {0: "紧急", 1: "一般"}
_HANDLED = {0: "处理中", 1: "已处理完毕", 2: "不作处理", 3: "将来处理"}
_REVIEWED = {0: "完成", 1: "审核通过，完成", 2: "信息错误，未完成", 3: "审核未通过，未完成"}
_EXCHANGED = {0: "车辆进入指定区域", 1: "人工指定交换", 2: "应急状态下车辆定位信息回传", 3: "其他原因"}

NAMES: Mapping[tuple[int, str], Mapping[int, str]] = {
    (0x1002, "result"): {
        0: "成功", 1: "IP 地址不正确", 2: "接入码不正确", 3: "用户没有注册", 4: "密码错误", 5: "资源紧张，稍后再连接",
        6: "其他",
    },
    (0x1007, "error_code"): {0: "主链路断开", 1: "其他原因"},
    (0x1008, "error_code"): {0: "网关重启", 1: "其他原因"},
    (0x9002, "result"): {0: "成功", 1: "VERIFY_CODE 错误", 2: "资源紧张，稍后再连接", 3: "其他"},
    (0x9007, "error_code"): {
        0: "无法连接下级平台指定的服务 IP 与端口", 1: "上级平台客户端与下级平台服务端断开", 2: "其他原因",
    },
    (0x9008, "error_code"): {0: "网关重启", 1: "其他原因"},
    (0x1401, "result"): _HANDLED, (0x1403, "result"): _HANDLED,
    (0x1411, "result"): _HANDLED, (0x1412, "result"): _HANDLED,
    (0x1413, "supervision_level"): _LEVELS, (0x9401, "supervision_level"): _LEVELS,
    (0x1501, "result"): {0: "监听成功", 1: "监听失败"},
    (0x1502, "photo_rsp_flag"): {
        0: "不支持拍照", 1: "完成拍照", 2: "完成拍照，照片数据稍后传送", 3: "未拍照（不在线）",
        4: "未拍照（无法使用指定镜头）", 5: "未拍照（其他原因）", 9: "车牌号码错误",
    },
    (0x1503, "result"): {0: "下发成功", 1: "下发失败"},
    (0x1505, "result"): {0: "车载终端成功收到该命令", 1: "无该车辆", 2: "其他原因失败"},
    (0x1801, "result"): {0: "成功", 1: "失败", 2: "不支持", 3: "会话结束", 4: "时效口令错误", 5: "不满足跨域条件"},
    (0x9201, "result"): _REVIEWED, (0x920D, "result"): _REVIEWED,
    (0x9205, "reason_code"): _EXCHANGED,
    (0x9206, "reason_code"): {
        0: "车辆离开指定区域", 1: "人工停止交换", 2: "紧急监控完成", 3: "车辆离线", 4: "其他原因",
    },
    (0x9207, "result"): {0: "申请成功", 1: "上级平台没有该车数据", 2: "申请时间段错误", 3: "其他"},
    (0x9208, "result"): {0: "取消申请成功", 1: "之前没有对应申请信息", 2: "其他"},
    (0x9209, "result"): {
        0: "成功，上级平台即刻补发", 1: "成功，上级平台择机补发", 2: "失败，上级平台无对应申请的定位数据",
        3: "失败，申请内容不正确", 4: "其他原因",
    },
    (0x9503, "msg_priority"): {0: "紧急", 1: "一般"},
}  # fmt: skip
"""What the values of a field mean, by message or sub-message and field."""

PHOTO_SIZES: Mapping[int, str] = {
    1: "320x240", 2: "640x480", 3: "800x600", 4: "1024x768", 5: "176x144", 6: "352x288", 7: "704x288", 8: "704x576",
}  # fmt: skip
PHOTO_TYPES: Mapping[int, str] = {1: "jpg", 2: "gif", 3: "tiff", 4: "png"}

ANYWHERE: Mapping[str, Mapping[int, str]] = {
    "warn_src": WARN_SOURCES, "warn_type": WARN_TYPES, "object_type": OBJECT_TYPES, "size": PHOTO_SIZES,
    "photo_type": PHOTO_TYPES, "vehicle_color": PLATE_COLORS,
}  # fmt: skip
"""What the values of a field mean wherever it stands."""

ALARMS: Mapping[int, str] = dict(enumerate((
    "紧急报警", "超速报警", "疲劳驾驶", "危险预警", "卫星定位模块故障", "卫星定位天线未接或被剪断",
    "卫星定位天线短路", "终端主电源欠压", "终端主电源掉电", "终端显示器故障", "语音合成模块故障", "摄像头故障",
    "道路运输证 IC 卡模块故障", "超速预警", "疲劳驾驶预警", "违规行驶报警", "胎压预警", "右转盲区异常报警",
    "当天累计驾驶超时", "超时停车", "进出区域", "进出路线", "路段行驶时间不足或过长", "路线偏离报警",
    "车辆速度传感器故障", "车辆油量异常", "车辆被盗", "车辆非法点火", "车辆非法位移", "碰撞预警", "侧翻预警",
    "非法开门报警",
)))  # fmt: skip
"""Bits of a position's alarm word, which JT/T 809 takes over from JT/T 808."""


def meaning(message: int, field: str, value: object) -> str | None:
    """What a value of a field means; None for fields and values that the standard does not list.

    >>> meaning(0x1002, "result", 4), meaning(0x9402, "warn_type", 1), meaning(0x9402, "length", 1)
    ('密码错误', '超速报警', None)
    """
    names = NAMES.get((message, field)) or ANYWHERE.get(field)
    return names.get(value) if names and isinstance(value, int) else None


def alarm_names(word: int) -> list[str]:
    """The alarms whose bits are set.

    >>> alarm_names(0b110)
    ['超速报警', '疲劳驾驶']
    """
    return [name for bit, name in ALARMS.items() if word >> bit & 1]
