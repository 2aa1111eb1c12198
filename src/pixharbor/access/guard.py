"""The guard at the door: which hosts and origins a request may name (DNS rebinding, CSRF)."""

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pixharbor.errors import AccessRefused, SettingError

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
# A name or an address, and a port; nothing that a parser of URLs could take for something else.
HOST = re.compile(r"(?:([a-z0-9._-]+)|\[([0-9a-f:.]+)\])(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class AccessSettings(BaseSettings):
    """Where the server listens, who may call it, and which proxies are believed."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str | None = None
    cors_origins: str = ""
    auth: Literal["off"] = "off"
    allow_insecure: bool = False
    forwarded_allow_ips: str = ""

    @field_validator("public_url")
    @classmethod
    def _is_web_address(cls, given: str | None) -> str | None:
        if given is None or (
            urlsplit(given).hostname and given.startswith(("http://", "https://"))
        ):
            return given
        raise ValueError("expected an address such as https://pictures.example")

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _name_proxies(cls, given: str) -> str:
        if given.strip() == "*":
            return "*"
        networks = [one.strip() for one in given.split(",") if one.strip()]
        try:
            return ",".join(str(ipaddress.ip_network(network)) for network in networks)
        except ValueError as error:
            raise ValueError(
                f"{error}; expected the proxies' addresses or networks, such as "
                "10.0.0.7,172.16.0.0/12, or * where nobody else can connect",
            ) from None


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


def is_local_only(settings: AccessSettings) -> bool:
    """Whether nobody is expected from elsewhere: no address of the network, and no proxy's."""
    public = urlsplit(settings.public_url or "").hostname or settings.host
    return is_loopback(settings.host) and is_loopback(public) and not settings.forwarded_allow_ips


class Guard:
    """ASGI middleware: refuses foreign hosts, and writes from foreign origins.

    X-Forwarded-Host is never read: a page under a rebound name could send one through a proxy that
    passes it on. A proxy keeps the Host, which PUBLIC_URL names.
    """

    def __init__(self, app: ASGIApp, *, settings: AccessSettings) -> None:
        self._app = app
        public = urlsplit(settings.public_url or "")
        self._hosts = LOCAL_HOSTS | {public.hostname or settings.host}
        self._origins = known_origins(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or raise a refusal (answered as a problem by app.py)."""
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            self._check_host(headers.get("host", ""))
            if scope["method"] not in SAFE_METHODS:
                self._check_origin(headers.get("origin"), headers.get("host", ""), scope["scheme"])
        await self._app(scope, receive, send)

    def _check_host(self, given: str) -> None:
        if _host_name(given) not in self._hosts:
            raise HostRefused(f"This server is not {given[:100]!r}.")

    def _check_origin(self, origin: str | None, host: str, scheme: str) -> None:
        if origin is None or origin in self._origins:
            return
        # Known to have come by TLS: a page without it may be anybody's on the way. Otherwise a
        # proxy that we do not believe may have ended TLS.
        if origin != f"https://{host}" and (scheme == "https" or origin != f"http://{host}"):
            raise OriginRefused(f"{origin[:100]!r} may not change anything here.")


def known_origins(settings: AccessSettings) -> frozenset[str]:
    """Pages that may change things here although another host serves them, or a proxy ours."""
    given = [*settings.cors_origins.split(","), settings.public_url or ""]
    split = [urlsplit(origin.strip()) for origin in given if origin.strip()]
    return frozenset(f"{origin.scheme}://{origin.netloc}" for origin in split)


def _host_name(given: str) -> str:
    """The host without its port; "" for what is no host."""
    found = HOST.fullmatch(given)
    return (found[1] or found[2]).lower() if found else ""
