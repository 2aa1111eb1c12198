"""What a disk's errors mean for the work that met them."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from pixharbor.storage.base import StoreError, StoreFull


@contextmanager
def naming_disk_errors() -> Iterator[None]:
    """Turn the system's error into one that says what becomes of the job."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull from error
        raise StoreError(f"The bytes could not be kept: {error.strerror}.") from error
