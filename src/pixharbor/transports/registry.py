"""The transports there are: a new one is one file and one line here."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, nullcontext

from pydantic_settings import BaseSettings

from pixharbor.errors import SettingError
from pixharbor.transports.base import Transport
from pixharbor.transports.embedded import EmbeddedTransport


class TransportSettings(BaseSettings):
    """How wake-ups travel."""

    transport_url: str = "embedded:"


TRANSPORTS: dict[str, Callable[[str], AbstractAsyncContextManager[Transport]]] = {
    "embedded": lambda _url: nullcontext(EmbeddedTransport()),
}


def open_transport(url: str) -> AbstractAsyncContextManager[Transport]:
    """Connect the transport that the URL's scheme names."""
    scheme = url.partition(":")[0]
    if scheme not in TRANSPORTS:
        known = ", ".join(f"{name}:" for name in TRANSPORTS)
        raise SettingError(f"TRANSPORT_URL: cannot use {scheme!r}; expected one of {known}")
    return TRANSPORTS[scheme](url)
