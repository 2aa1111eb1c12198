"""Load libvips in a sandbox process: the right build, few loaders, no cache, no threads."""

import logging
import os
from functools import cache
from importlib import import_module
from typing import Any, Final

from pixharbor.errors import NotConfigured

OLDEST: Final = (8, 18, 4)
"""Older ones read TIFF (CVE-2026-35591) and other formats in ways that can be exploited."""

# Everything is blocked but these; libvips calls most of the rest unsafe for untrusted files itself.
_LOADERS: Final = ("Jpeg", "Png", "Webp", "Nsgif")

_CURE: Final = (
    "Install the locked packages again, into an environment of their own:"
    " pip install --force-reinstall --no-cache-dir pyvips pyvips-binary"
)


class LibvipsUnusable(NotConfigured):
    """The libvips that Python finds here cannot be used."""

    code = "libvips_unusable"
    cure = _CURE


@cache
def load_libvips() -> Any:
    """Import pyvips, ready for files that nobody vouches for. Raises LibvipsUnusable."""
    os.environ["VIPS_CONCURRENCY"] = "1"  # parallelism is a matter of processes
    # A strange file is the caller's news, as an exception, and not the log's.
    logging.getLogger("pyvips").setLevel(logging.CRITICAL)
    try:
        pyvips = import_module("pyvips")
    except (ImportError, OSError) as error:
        raise LibvipsUnusable(f"libvips cannot be loaded: {error}") from error
    require_usable(tuple(pyvips.version(part) for part in range(3)), api_mode=pyvips.API_mode)
    pyvips.cache_set_max(0)
    pyvips.operation_block_set("VipsForeignLoad", True)  # noqa: FBT003 - pyvips' own signature
    for loader in _LOADERS:
        pyvips.operation_block_set(f"VipsForeignLoad{loader}", False)  # noqa: FBT003 - the same
    return pyvips


def require_usable(version: tuple[int, ...], *, api_mode: bool) -> None:
    """Refuse a libvips that is too old, or that is not the one of the wheel."""
    found = ".".join(map(str, version))
    if version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise LibvipsUnusable(f"libvips {found} is too old, pixharbor needs {oldest} or newer.")
    if not api_mode:
        raise LibvipsUnusable(f"pyvips found libvips {found}, but not its own compiled module.")


def describe_libvips() -> str:
    """Which libvips decodes, in words; a job for the sandbox, where it is loaded."""
    vips = load_libvips()
    return f"libvips {'.'.join(str(vips.version(part)) for part in range(3))}, in a process apart"
