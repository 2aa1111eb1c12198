"""The guard at the door: which hosts and origins a request may name (DNS rebinding, CSRF)."""

import ipaddress
from collections.abc import Collection
from typing import Literal
from urllib.parse import urlsplit

from pydantic_settings import BaseSettings
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pixharbor.errors import AccessRefused, SettingError

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class AccessSettings(BaseSettings):
    """Where the server listens and who may call it."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    cors_origins: str = ""
    auth: Literal["off"] = "off"
    allow_insecure: bool = False


class HostRefused(AccessRefused):
    """The request names a host that this server is not."""

    code = "host_refused"
    cure = "Set PUBLIC_URL to the address by which people reach this server."


class OriginRefused(AccessRefused):
    """A page of another site tried to change something here."""

    code = "origin_refused"
    cure = "Add the page's address to CORS_ORIGINS if it is yours."


def check_listening(settings: AccessSettings) -> None:
    """Refuse to listen to the world without accounts. Raises SettingError."""
    if settings.allow_insecure or is_loopback(settings.host):
        return
    raise SettingError(
        f"HOST: {settings.host} can be reached from outside and AUTH is off, so anybody could "
        "read and delete your images; listen on 127.0.0.1, or set ALLOW_INSECURE=1 if something "
        "in front of pixharbor keeps strangers out.",
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can connect to `host`."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Guard:
    """ASGI middleware: refuses foreign hosts, and writes from foreign origins."""

    def __init__(self, app: ASGIApp, *, settings: AccessSettings) -> None:
        self._app = app
        self._hosts = _known_hosts(settings)
        self._origins = _origins(settings.cors_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or raise a refusal (answered as a problem by app.py)."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            self._check_host(headers.get("host", ""))
            if scope["method"] not in SAFE_METHODS:
                self._check_origin(headers.get("origin"), headers.get("host", ""))
        await self._app(scope, receive, send)

    def _check_host(self, given: str) -> None:
        if self._hosts is not None and _host_name(given) not in self._hosts:
            raise HostRefused(f"This server is not {given[:100]!r}.")

    def _check_origin(self, origin: str | None, host: str) -> None:
        if origin is None or origin in self._origins:
            return
        if urlsplit(origin).netloc != host:
            raise OriginRefused(f"{origin[:100]!r} may not change anything here.")


def _known_hosts(settings: AccessSettings) -> Collection[str] | None:
    """None with ALLOW_INSECURE and no PUBLIC_URL: then the operator answers for what gets here."""
    public = urlsplit(settings.public_url).hostname if settings.public_url else None
    if settings.allow_insecure and public is None:
        return None
    return LOCAL_HOSTS | {public or "localhost"}


def _origins(given: str) -> frozenset[str]:
    return frozenset(origin.strip().rstrip("/") for origin in given.split(",") if origin.strip())


def _host_name(given: str) -> str:
    """The host without its port; "" for what is no host."""
    try:
        return urlsplit(f"//{given}").hostname or ""
    except ValueError:
        return ""
