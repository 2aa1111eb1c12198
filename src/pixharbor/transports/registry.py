"""The transports there are: a new one is one file and one line here."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from importlib import import_module
from typing import Any

from pydantic_settings import BaseSettings

from pixharbor.errors import SettingError
from pixharbor.transports.base import Forking, Transport
from pixharbor.transports.embedded import EmbeddedTransport


class TransportSettings(BaseSettings):
    """How wake-ups travel."""

    transport_url: str = "embedded:"


def _from(module: str, name: str = "open_transport", *, extra: str) -> Callable[[str], Any]:
    """What a file calls `name`; its client library is there when its extra is installed."""

    def call(url: str) -> Any:
        try:
            found = import_module(f"pixharbor.transports.{module}")
        except ModuleNotFoundError as error:
            scheme = url.partition(":")[0]
            raise SettingError(
                f"TRANSPORT_URL: {scheme}: needs the extra: pip install 'pixharbor[{extra}]'"
            ) from error
        return getattr(found, name)(url)

    return call


@asynccontextmanager
async def _open_embedded(_url: str) -> AsyncIterator[Transport]:
    with closing(EmbeddedTransport()) as transport:
        yield transport


TRANSPORTS: dict[str, Callable[[str], AbstractAsyncContextManager[Transport | Forking]]] = {
    "embedded": _open_embedded,
    "redis": _from("redis_streams", extra="redis"),
    "rediss": _from("redis_streams", extra="redis"),
    "celery+redis": _from("celery", extra="celery"),
    "celery+amqp": _from("celery", extra="celery"),
    "kafka": _from("kafka", extra="kafka"),
}
# Those of them whose library brings its own worker processes: what makes one, opening nothing.
FORKING: dict[str, Callable[[str], Forking]] = {
    scheme: _from("celery", "CeleryTransport", extra="celery")
    for scheme in TRANSPORTS
    if scheme.startswith("celery+")
}


def find_forking(url: str) -> Forking | None:
    """The transport that the URL's scheme names, if its library brings its own processes.

    For whoever starts workers, before anything is opened; the others work by `Transport.run`.
    """
    make = FORKING.get(url.partition(":")[0])
    return make(url) if make else None


def open_transport(url: str) -> AbstractAsyncContextManager[Transport | Forking]:
    """Connect the transport that the URL's scheme names."""
    scheme = url.partition(":")[0]
    if scheme not in TRANSPORTS:
        known = ", ".join(f"{name}:" for name in TRANSPORTS)
        raise SettingError(f"TRANSPORT_URL: cannot use {scheme!r}; expected one of {known}")
    return TRANSPORTS[scheme](url)


def require_server(url: str) -> None:
    """Raise SettingError for a transport that ends with the process: no other one hears of it."""
    if url.startswith("embedded:"):
        raise SettingError(
            "TRANSPORT_URL: embedded: works only inside `pixharbor serve`, which has workers of "
            "its own; between processes that are started apart expected celery+redis://…, "
            "redis://… or kafka://…",
        )
