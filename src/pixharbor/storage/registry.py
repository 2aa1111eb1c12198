"""The stores there are: a new one is one file and one line here."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from pydantic import ByteSize, SecretStr
from pydantic_settings import BaseSettings

from pixharbor.errors import SettingError
from pixharbor.storage.base import Store
from pixharbor.storage.local_files import LocalFiles
from pixharbor.storage.signed_links import LinkSigner


class StorageSettings(BaseSettings):
    """Where bytes are kept, and how long links to them live (seconds)."""

    storage_url: str = "file://{DATA_DIR}/objects"
    storage_reserve: ByteSize = ByteSize(256 << 20)
    signed_url_ttl: int = 3600
    secret_key: SecretStr | None = None


@asynccontextmanager
async def _open_local(settings: StorageSettings, signer: LinkSigner) -> AsyncIterator[Store]:
    root = Path(settings.storage_url.removeprefix("file://"))
    try:
        store = LocalFiles(root, signer, reserve=settings.storage_reserve)
    except OSError as error:
        raise SettingError(
            f"STORAGE_URL: cannot write to {settings.storage_url!r} ({error.strerror}); "
            "expected a folder that this user may write to, as file:///path/to/folder",
        ) from error
    try:
        yield store
    finally:
        store.close()


STORES: dict[str, Callable[[StorageSettings, LinkSigner], AbstractAsyncContextManager[Store]]] = {
    "file": _open_local,
}


def open_store(settings: StorageSettings, signer: LinkSigner) -> AbstractAsyncContextManager[Store]:
    """Open the store that the URL's scheme names."""
    scheme = settings.storage_url.partition("://")[0]
    if scheme not in STORES:
        known = ", ".join(f"{name}://" for name in STORES)
        raise SettingError(f"STORAGE_URL: cannot use {scheme!r}; expected one of {known}")
    return STORES[scheme](settings, signer)
