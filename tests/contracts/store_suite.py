"""What every store must do: the port's contract (storage/base.py), inherited by each one's test."""

import asyncio
from pathlib import Path
from uuid import UUID

import pytest

from pixharbor.storage.base import NewObject, ObjectMissing, Store
from pixharbor.storage.keys import original_key, variant_key

OWNER = 1
KEY = original_key(OWNER, "ab" * 32, "jpg")
OTHER = original_key(OWNER, "cd" * 32, "png")


def of(key: str, body: bytes | Path) -> NewObject:
    return NewObject(key, body, "image/jpeg")


async def read(store: Store, key: str) -> bytes:
    async with store.as_file(key) as path:
        return path.read_bytes()


class StoreSuite:
    """Inherit this, and give a fixture `store` that opens an empty one."""

    async def test_what_was_put_is_there(self, store: Store) -> None:
        await store.put_many([of(KEY, b"one"), of(OTHER, b"two")])
        assert (await read(store, KEY), await read(store, OTHER)) == (b"one", b"two")
        assert await store.size(KEY) == 3

    async def test_nothing_is_put_by_an_empty_call(self, store: Store) -> None:
        await store.put_many([])
        assert [key async for key in store.keys("")] == []

    async def test_an_object_that_is_there_is_left_as_it_is(self, store: Store) -> None:
        await store.put_many([of(KEY, b"first")])
        await store.put_many([of(KEY, b"again")])
        assert await read(store, KEY) == b"first"

    async def test_the_same_key_twice_in_one_call_is_one_object(self, store: Store) -> None:
        await store.put_many([of(KEY, b"same"), of(KEY, b"same")])
        assert await read(store, KEY) == b"same"
        assert [key async for key in store.keys("")] == [KEY]

    async def test_the_same_key_at_the_same_time_is_one_object(self, store: Store) -> None:
        await asyncio.gather(*(store.put_many([of(KEY, b"same" * 9999)]) for _ in range(20)))
        assert await read(store, KEY) == b"same" * 9999
        assert [key async for key in store.keys("")] == [KEY]

    async def test_a_staged_file_becomes_the_object(self, store: Store, tmp_path: Path) -> None:
        staged = tmp_path / "staged"
        staged.write_bytes(b"large")
        await store.put_many([of(KEY, staged)])
        assert await read(store, KEY) == b"large"

    async def test_a_staged_file_may_be_known_already(self, store: Store, tmp_path: Path) -> None:
        staged = tmp_path / "staged"
        staged.write_bytes(b"large")
        await store.put_many([of(KEY, b"large")])
        await store.put_many([of(KEY, staged)])
        staged.unlink(missing_ok=True)  # as its owner does in the end
        assert await read(store, KEY) == b"large"

    async def test_more_objects_than_threads_and_folders_are_all_kept(self, store: Store) -> None:
        keys = [original_key(OWNER, f"{n:064x}"[::-1], "jpg") for n in range(300)]
        await store.put_many([of(key, key.encode()) for key in keys])
        assert {key async for key in store.keys("originals/")} == set(keys)
        assert await read(store, keys[299]) == keys[299].encode()

    async def test_an_empty_object_is_an_object(self, store: Store) -> None:
        await store.put_many([of(KEY, b"")])
        assert await store.size(KEY) == 0

    async def test_what_is_missing_is_said_to_be(self, store: Store) -> None:
        assert await store.size(KEY) is None
        with pytest.raises(ObjectMissing):
            await read(store, KEY)

    async def test_what_was_deleted_is_missing_and_deleting_it_again_is_fine(
        self, store: Store
    ) -> None:
        await store.put_many([of(KEY, b"one"), of(OTHER, b"two")])
        await store.delete_many([KEY, KEY])
        await store.delete_many([KEY])
        assert await store.size(KEY) is None
        assert await store.size(OTHER) == 3

    async def test_a_deleted_object_can_be_put_again(self, store: Store) -> None:
        await store.put_many([of(KEY, b"one")])
        await store.delete_many([KEY])
        await store.put_many([of(KEY, b"new")])
        assert await read(store, KEY) == b"new"

    async def test_keys_are_found_by_their_prefix(self, store: Store) -> None:
        variant = variant_key(OWNER, UUID(int=7), "0123", "webp")
        await store.put_many([of(KEY, b"one"), of(OTHER, b"two"), of(variant, b"three")])
        assert {key async for key in store.keys("")} == {KEY, OTHER, variant}
        assert {key async for key in store.keys("originals/1/")} == {KEY, OTHER}
        assert {key async for key in store.keys("originals/1/ab/abab")} == {KEY}
        assert {key async for key in store.keys("originals/2/")} == set()

    async def test_a_link_names_the_object_and_nothing_of_this_machine(
        self, store: Store, tmp_path: Path
    ) -> None:
        await store.put_many([of(KEY, b"one")])
        link = store.link(KEY, seconds=60, name="harbour at dusk.jpg")
        assert KEY in link
        assert str(tmp_path) not in link
