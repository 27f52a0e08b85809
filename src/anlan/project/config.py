"""The configuration of one installation: `anlan.toml`, overridden by `ANLAN_*` in the environment."""

import os
import secrets
import tomllib
import typing
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit


class ConfigError(ValueError):
    """A setting that cannot be used; the message names it and the fix."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """Every setting of an installation, with its meaning and its default."""

    #: GB/T 2260 code of the city that this installation serves.
    city: str = "371500"
    #: Folder of the database, attachments, journals and the secret key.
    data_dir: Path = Path("var")
    #: `postgresql://user:password@host:port/name`; empty means SQLite in `data_dir`.
    database_url: str = ""
    #: Names under which browsers reach the installation.
    allowed_hosts: list[str] = field(default_factory=lambda: ["localhost", "127.0.0.1", "[::1]"])
    #: Address that the web pages, the streams and the gateways listen on.
    host: str = "127.0.0.1"
    #: Port of the pages and the API.
    web_port: int = 8000
    #: Web worker processes.
    web_workers: int = 1
    #: Port of the live stream (SSE).
    live_port: int = 8001
    #: Public address of the live stream, when a proxy serves it; empty derives it from `live_port`.
    live_url: str = ""
    #: Port of the SL 651 gateway (hydrology).
    sl651_port: int = 6651
    #: Port of the HJ 212 gateway (pollution sources).
    hj212_port: int = 6212
    #: Port of the JT/T 808 gateway (vehicle terminals); 0 does not listen, as for every gateway.
    jt808_port: int = 6808
    #: Port of the JT/T 809 gateway (platforms of transport companies).
    jt809_port: int = 6809
    #: Port of the GB/T 26875.3 gateway (fire-facility transmission devices).
    gb26875_port: int = 6875
    #: Port of the GB/T 28181 signalling (cameras and lower platforms), UDP and TCP.
    gb28181_port: int = 5060
    #: This platform's own code of 20 digits in GB/T 28181; empty makes one of the city's code.
    gb28181_code: str = ""
    #: Address by which cameras reach the signalling when it is not `host`, such as one behind address translation.
    gb28181_host: str = ""
    #: Seconds without a message after which a camera or lower platform counts as offline (three keep-alives of 60 s).
    gb28181_silence_seconds: float = 180.0
    #: Address of a camera's picture at the media server, with {camera}, {device}, {ssrc} or {ssrc_hex} in it.
    media_server: str = ""
    #: Where the media server takes streams that cameras send, as udp://host:port or tcp://host:port.
    media_receiver: str = ""
    #: Networks that devices may come from, such as 10.20.0.0/16 or jt808=10.30.0.0/16; empty is any.
    gateway_networks: list[str] = field(default_factory=list)
    #: Connections that one gateway takes in all.
    gateway_connections: int = 20_000
    #: Connections that one gateway takes from one address.
    gateway_per_peer: int = 5_000
    #: Messages a second that one device may send in the long run; 0 is any number.
    gateway_rate: float = 50.0
    #: Datagrams a second that a gateway takes from one address; more are dropped and counted; 0 is any number.
    gateway_datagrams: float = 500.0
    #: Seconds without a byte after which a device's connection is closed.
    gateway_idle_seconds: float = 600.0
    #: Port of the gateway's counters (Prometheus text).
    metrics_port: int = 9652
    #: True shows tracebacks and reloads templates; never in operation.
    debug: bool = False
    #: True marks the installation as a demonstration and lists the demo sign-ins on the sign-in page.
    demo: bool = False
    #: Privileged posts must set up a second factor before they can work.
    require_mfa: bool = True
    #: Cookies only over TLS; switch on behind an HTTPS proxy.
    https: bool = False
    #: Minutes without activity after which a sign-in ends.
    session_idle_minutes: int = 480
    #: XYZ address of an external base map ({z}/{x}/{y}), for example 天地图 with its key; empty uses own vectors.
    basemap_xyz: str = ""
    #: Address of a PMTiles base map file; empty uses own vectors.
    basemap_pmtiles: str = ""
    #: Attribution that the external base map's terms ask for.
    basemap_attribution: str = ""
    #: SMTP server of the mail outlet as `host:port`; empty switches the outlet off.
    smtp: str = ""
    #: Sender address of the mail outlet.
    smtp_from: str = "anlan@localhost"
    #: Account at the SMTP server; empty sends without signing in.
    smtp_user: str = ""
    #: Password of that account.
    smtp_password: str = ""
    #: `starttls`, `tls`, or empty for a server inside the own network.
    smtp_security: str = ""
    #: http(s) address that the webhook outlet posts notices to; empty switches the outlet off.
    webhook: str = ""
    #: Secret shared with the webhook's receiver, who checks the signature with it.
    webhook_secret: str = ""
    #: Address under which readers reach the pages, for links in mails and webhooks; empty leaves the links out.
    public_url: str = ""
    #: Folder with the city's licensed fonts for official documents (仿宋_GB2312, 方正小标宋).
    fonts_dir: str = ""

    def __post_init__(self) -> None:
        if self.webhook and not self.webhook.startswith(("https://", "http://")):
            raise ConfigError("setting webhook: the address must begin with https:// or http://")
        if self.webhook and not self.webhook_secret:
            raise ConfigError("setting webhook_secret: the webhook needs a secret to sign with")
        for network in self.gateway_networks:
            try:
                ip_network(network.rpartition("=")[2].strip(), strict=False)
            except ValueError as error:
                raise ConfigError(f"setting gateway_networks: {network!r} is no network ({error})") from error
        if self.gb28181_code and not (self.gb28181_code.isdigit() and len(self.gb28181_code) == 20):
            raise ConfigError(f"setting gb28181_code: {self.gb28181_code!r} has not 20 digits")
        if self.media_server and not self.media_server.startswith(("https://", "http://")):
            raise ConfigError("setting media_server: the address must begin with https:// or http://")
        if self.media_receiver:
            _receiver(self.media_receiver)
        if self.smtp_security not in ("", "starttls", "tls"):
            raise ConfigError("setting smtp_security: use starttls, tls or nothing")

    @classmethod
    def load(cls, path: Path | None = None, environ: typing.Mapping[str, str] = os.environ) -> "Config":
        """Read the file named by ANLAN_CONFIG (or `anlan.toml`), then the environment."""
        path = path or Path(environ.get("ANLAN_CONFIG", "anlan.toml"))
        values: dict[str, typing.Any] = {}
        if path.exists():
            try:
                values = tomllib.loads(path.read_text("utf-8"))
            except tomllib.TOMLDecodeError as error:
                raise ConfigError(f"{path}: {error}") from error
        known = {f.name: f.type for f in fields(cls)}
        if unknown := sorted(set(values) - set(known)):
            raise ConfigError(f"{path}: unknown setting {unknown[0]!r}; `anlan config` lists all settings")
        for name in known:
            if (text := environ.get(f"ANLAN_{name.upper()}")) is not None:
                values[name] = text
        return cls(**{name: _convert(name, known[name], value) for name, value in values.items()})

    @property
    def video_code(self) -> str:
        """This platform's code in GB/T 28181: the city's centre, no industry, a signalling server, the first."""
        return self.gb28181_code or f"{self.city}00002000000001"

    @property
    def receiver(self) -> tuple[str, str, int] | None:
        """How and where the media server takes streams: transport, host, port."""
        return _receiver(self.media_receiver) if self.media_receiver else None

    @property
    def handover_path(self) -> Path:
        """The socket over which the web process hands readings to the gateway process."""
        return self.data_dir / "gateway.sock"

    @property
    def secret_key(self) -> str:
        """The installation's secret, made once and kept in the data folder, readable by its owner only."""
        path = self.data_dir / "secret_key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text()


def _receiver(text: str) -> tuple[str, str, int]:
    parts = urlsplit(text)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in ("udp", "tcp") or not parts.hostname or not port:
        raise ConfigError(f"setting media_receiver: write udp://host:port or tcp://host:port, not {text!r}")
    return parts.scheme, parts.hostname, port


def _convert(name: str, kind: typing.Any, value: typing.Any) -> typing.Any:
    try:
        if kind is bool and isinstance(value, str):
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[value.lower()]
        if kind == list[str]:
            return value.split(",") if isinstance(value, str) else list(value)
        if kind is Path:
            return Path(value).resolve()
        return kind(value)
    except (KeyError, TypeError, ValueError):
        raise ConfigError(f"setting {name}: {value!r} is not a {getattr(kind, '__name__', kind)}") from None
