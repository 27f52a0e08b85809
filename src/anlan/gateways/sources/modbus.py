"""Modbus TCP: devices that are asked for their registers, time and again."""

import asyncio
from datetime import datetime

from django.utils import timezone
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from anlan.areas.risk.monitoring.models import DeviceCommand
from anlan.areas.risk.monitoring.queries import Device, SourceConfig
from anlan.areas.risk.monitoring.readings import GOOD, MISSING, milliseconds
from anlan.gateways.adapters import Fault, Submission
from anlan.gateways.intake import Intake, Item
from anlan.gateways.sources import devices_of, mark_sent, note
from anlan.protocols.modbus import Block, ModbusMappingError, Register, blocks, value_in
from anlan.protocols.modbus.frames import EXCEPTIONS
from anlan.protocols.modbus.mapping import TABLES, packed

PROTOCOL = "modbus"
TIMEOUT_S = 3.0


class ModbusSource:
    """One device or concentrator, asked every so many seconds; its stations are its units."""

    def __init__(self, config: SourceConfig, intake: Intake) -> None:
        self.config, self.intake = config, intake
        self.addresses: set[str] = set()
        self._problem: str | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def follow(self) -> None:
        """The next round asks for what is registered then."""

    def stop_listening(self) -> None:
        self._task.cancel()

    async def stop(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def send(self, command: DeviceCommand) -> None:
        """Nothing is written to a Modbus device: a wrong register there may start a machine."""
        asyncio.get_running_loop().create_task(mark_sent(command, problem="Modbus 接入源只读，不下发命令"))

    async def _run(self) -> None:
        client = AsyncModbusTcpClient(
            self.config.host, port=self.config.port, timeout=TIMEOUT_S, retries=1, reconnect_delay=0
        )
        loop = asyncio.get_running_loop()
        try:
            while True:
                started = loop.time()
                await self._round(client)
                await asyncio.sleep(max(0.0, self.config.poll_seconds - (loop.time() - started)))
        finally:
            client.close()

    async def _round(self, client: AsyncModbusTcpClient) -> None:
        """Ask every unit once; what is not answered is a problem of the source, and no reading."""
        problem = ""
        if not client.connected and not await client.connect():
            problem = f"连接不上 {self.config.host}:{self.config.port}"
        else:
            for address, device in devices_of(self.config, self.intake.devices).items():
                try:
                    await self._ask(client, address, device)
                except (ModbusException, OSError, TimeoutError) as error:
                    problem = f"单元 {device.address} 没有应答（{type(error).__name__}）"
        if problem:
            self.addresses.clear()
        if problem != self._problem:
            self._problem = problem
            await note(self.config, problem)

    async def _ask(self, client: AsyncModbusTcpClient, address: str, device: Device) -> None:
        at, peer = timezone.now(), f"{self.config.code} {self.config.host}"
        try:
            unit = int(device.address)
            registers = {channel: Register.parse(channel) for channel in device.channels}
        except (ValueError, ModbusMappingError) as error:
            self.intake.submit(Item(Fault(PROTOCOL, "mapping", str(error), address.encode()), peer))
            return
        rows, unknown, raw = [], {}, [int(at.timestamp() * 1000).to_bytes(8, "big")]
        for block in blocks(registers):
            words, problem = await self._read(client, unit, block)
            if problem:
                unknown |= dict.fromkeys(block.channels, problem)
                continue
            raw.append(_frame(unit, block, words))
            rows += _rows(device, registers, block, words, at)
        self.addresses.add(address)
        content = Submission(PROTOCOL, address, (b"".join(raw),), tuple(rows), b"", tuple(unknown.items()))
        self.intake.submit(Item(content, peer))

    async def _read(self, client: AsyncModbusTcpClient, unit: int, block: Block) -> tuple[list[int], str]:
        """The words or bits of a block, or why the device gives none."""
        read = {
            "hr": client.read_holding_registers,
            "ir": client.read_input_registers,
            "co": client.read_coils,
            "di": client.read_discrete_inputs,
        }[block.table]
        answer = await read(block.start, count=block.count, device_id=unit)
        if answer.isError():
            code = getattr(answer, "exception_code", 0)
            return [], f"{block.table}:{block.start} {EXCEPTIONS.get(code, f'异常码 {code}')}"
        words = answer.bits if block.table in ("co", "di") else answer.registers
        return list(words[: block.count]), ""


def _rows(
    device: Device, registers: dict[str, Register], block: Block, words: list[int], at: datetime
) -> list[tuple[int, int, float, int]]:
    rows = []
    for channel in block.channels:
        value = value_in(registers[channel], block, words)
        flag = GOOD if value == value else MISSING  # NaN is unlike itself
        rows.append((device.channels[channel], milliseconds(at), value, flag))
    return rows


def _frame(unit: int, block: Block, words: list[int]) -> bytes:
    """What was read, kept as evidence: unit, function, start, count, data."""
    head = bytes([unit & 0xFF, TABLES[block.table]]) + block.start.to_bytes(2, "big") + block.count.to_bytes(2, "big")
    return head + packed(words, block.table)
