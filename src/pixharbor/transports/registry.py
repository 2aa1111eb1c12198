"""The transports there are: a new one is one file and one line here."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from importlib import import_module

from pydantic_settings import BaseSettings

from pixharbor.errors import SettingError
from pixharbor.transports.base import Forking, Transport
from pixharbor.transports.embedded import EmbeddedTransport


class TransportSettings(BaseSettings):
    """How wake-ups travel."""

    transport_url: str = "embedded:"


Opener = Callable[[str], AbstractAsyncContextManager[Transport]]


def _from(module: str, *, extra: str) -> Opener:
    """`open_transport` of a file whose client library is there when its extra is installed."""

    def open_it(url: str) -> AbstractAsyncContextManager[Transport]:
        try:
            found = import_module(f"pixharbor.transports.{module}")
        except ModuleNotFoundError as error:
            scheme = url.partition(":")[0]
            raise SettingError(
                f"TRANSPORT_URL: {scheme}: needs the extra: pip install 'pixharbor[{extra}]'"
            ) from error
        opened: AbstractAsyncContextManager[Transport] = found.open_transport(url)
        return opened

    return open_it


@asynccontextmanager
async def _open_embedded(_url: str) -> AsyncIterator[Transport]:
    with closing(EmbeddedTransport()) as transport:
        yield transport


TRANSPORTS: dict[str, Opener] = {
    "embedded": _open_embedded,
    "redis": _from("redis_streams", extra="redis"),
    "rediss": _from("redis_streams", extra="redis"),
}
# Those whose library brings its own worker processes; making one opens nothing.
FORKING: dict[str, Callable[[str], Forking]] = {}


def find_forking(url: str) -> Forking | None:
    """The transport that the URL's scheme names, if its library brings its own processes.

    For whoever starts workers, before anything is opened; the others work by `Transport.run`.
    """
    make = FORKING.get(url.partition(":")[0])
    return make(url) if make else None


def open_transport(url: str) -> AbstractAsyncContextManager[Transport]:
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
