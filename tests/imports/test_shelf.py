"""The shelf that sources borrow: what a full disk says, and what is left of it afterwards."""

from pathlib import Path

import pytest

from pixharbor.imports.shelf import StoreShelf
from pixharbor.runtime import Settings
from pixharbor.storage.base import StoreFull
from pixharbor.storage.registry import open_store
from pixharbor.storage.signed_links import LinkSigner

FULL = Path("/dev/full")


async def fill(shelf: StoreShelf) -> None:
    async with shelf.staged() as path:
        path.symlink_to(FULL)
        path.write_bytes(b"x")


@pytest.mark.skipif(not FULL.exists(), reason="/dev/full, a disk always full, is Linux's")
async def test_a_disk_that_fills_up_under_a_staged_file_says_so_r9(tmp_path: Path) -> None:
    staging = tmp_path / "staging"
    staging.mkdir()
    settings = Settings(_env_file=None, data_dir=tmp_path)
    async with open_store(settings, LinkSigner(b"secret")) as store:
        with pytest.raises(StoreFull):
            await fill(StoreShelf(store, staging))
    assert list(staging.iterdir()) == []
