"""The stores there are: a new one is one file and one line here."""

from contextlib import AbstractAsyncContextManager
from importlib import import_module

from pixharbor.errors import SettingError
from pixharbor.storage.base import Store
from pixharbor.storage.settings import StorageSettings
from pixharbor.storage.signed_links import LinkSigner

# The URL's scheme, and the module beside this one that opens such a store with `open_store`. It is
# imported when it is asked for: a laptop starts without the libraries of buckets, which are the
# extra of the module's name.
STORES = {
    "file": "local_files",
    "s3": "s3",
    "gs": "gcs",
}


def open_store(settings: StorageSettings, signer: LinkSigner) -> AbstractAsyncContextManager[Store]:
    """Open the store that the URL's scheme names."""
    scheme = settings.storage_url.partition("://")[0]
    if scheme not in STORES:
        known = ", ".join(f"{name}://" for name in STORES)
        raise SettingError(f"STORAGE_URL: cannot use {scheme!r}; expected one of {known}")
    extra = STORES[scheme]
    try:
        module = import_module(f"pixharbor.storage.{extra}")
    except ModuleNotFoundError as error:
        raise SettingError(
            f"STORAGE_URL: {scheme}:// needs the extra: pip install 'pixharbor[{extra}]'"
        ) from error
    opened: AbstractAsyncContextManager[Store] = module.open_store(settings, signer)
    return opened
