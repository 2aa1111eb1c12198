"""What every store must do: the port's contract (storage/base.py), inherited by each one's test."""

import asyncio
import hashlib
import os
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from harbour import until

from pixharbor.storage.base import NewObject, ObjectMissing, Store
from pixharbor.storage.keys import original_key, variant_key

OWNER = 1
KEY = original_key(OWNER, "ab" * 32, "jpg")
OTHER = original_key(OWNER, "cd" * 32, "png")


def of(key: str, body: bytes | Path, mime_type: str = "image/jpeg") -> NewObject:
    return NewObject(key, body, mime_type)


async def read(store: Store, key: str) -> bytes:
    async with store.as_file(key) as path:
        return path.read_bytes()


async def copy_to_a_full_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask a bucket for a file where there is no room for the copy."""
    await store.put_many([of(KEY, b"one")])
    full = nullcontext(SimpleNamespace(name="/dev/full"))
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", lambda **_: full)
    async with store.as_file(KEY):
        pass


class StoreSuite:
    """Inherit this, and give fixtures: `store` opens an empty one, `browser` can open its links."""

    checks_signatures = True

    async def test_what_was_put_is_there(self, store: Store) -> None:
        await store.put_many([of(KEY, b"one"), of(OTHER, b"two")])
        assert (await read(store, KEY), await read(store, OTHER)) == (b"one", b"two")
        assert await store.size(KEY) == 3

    async def test_nothing_is_put_by_an_empty_call(self, store: Store) -> None:
        await store.put_many([])
        assert [key async for key in store.keys("")] == []

    async def test_an_object_that_is_there_may_be_put_again(self, store: Store) -> None:
        await store.put_many([of(KEY, b"same")])
        await store.put_many([of(KEY, b"same"), of(OTHER, b"other")])
        assert (await read(store, KEY), await read(store, OTHER)) == (b"same", b"other")

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

    async def test_a_file_of_30_megabytes_is_kept_whole(self, store: Store, tmp_path: Path) -> None:
        staged = tmp_path / "staged"
        body = os.urandom(1 << 20) * 30 + b"and a part that is not whole"
        staged.write_bytes(body)
        await store.put_many([of(KEY, staged), of(OTHER, b"small, beside it")])
        assert hashlib.sha256(await read(store, KEY)).digest() == hashlib.sha256(body).digest()
        assert (await store.size(KEY), await store.size(OTHER)) == (len(body), 16)

    async def test_more_keys_than_a_page_holds_are_all_listed_and_deleted(
        self, store: Store
    ) -> None:
        keys = [original_key(OWNER, f"{n:064x}"[::-1], "jpg") for n in range(1_050)]
        await store.put_many([of(key, b"small") for key in keys])
        assert sorted([key async for key in store.keys("")]) == sorted(keys)
        await store.delete_many(keys)
        assert [key async for key in store.keys("")] == []

    async def test_a_link_names_the_object_and_nothing_of_this_machine(
        self, store: Store, tmp_path: Path
    ) -> None:
        await store.put_many([of(KEY, b"one")])
        link = store.link(KEY, seconds=60, name="harbour at dusk.jpg")
        assert KEY in link
        assert str(tmp_path) not in link

    async def test_a_link_brings_the_bytes_to_anyone_s3_10(
        self, store: Store, browser: httpx.AsyncClient
    ) -> None:
        await store.put_many([of(KEY, b"the whole picture")])
        link = store.link(KEY, seconds=60, name="harbour.jpg")
        assert link.startswith(f"{store.link_origin}/")
        answer = await browser.get(link)
        assert (answer.status_code, answer.content) == (200, b"the whole picture"), answer.text
        assert answer.headers["content-type"] == "image/jpeg"
        assert "immutable" in answer.headers["cache-control"]
        part = await browser.get(link, headers={"Range": "bytes=4-8"})
        assert (part.status_code, part.content) == (206, b"whole")

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("plain.jpg", 'inline; filename="plain.jpg"'),
            ("at dusk & dawn.jpg", "inline; filename*=UTF-8''at%20dusk%20%26%20dawn.jpg"),
            ("schön 🏖.jpg", "inline; filename*=UTF-8''sch%C3%B6n%20%F0%9F%8F%96.jpg"),
            ('a";b\r\nX: y/+', "inline; filename*=UTF-8''a%22%3Bb%0D%0AX%3A%20y%2F%2B"),
            ("🏖" * 300 + ".jpg", f"inline; filename*=UTF-8''{'%F0%9F%8F%96' * 62}.jpg"),
        ],
    )
    async def test_a_link_tells_the_browser_the_file_name(
        self, store: Store, browser: httpx.AsyncClient, name: str, told: str
    ) -> None:
        await store.put_many([of(KEY, b"one")])
        answer = await browser.get(store.link(KEY, seconds=60, name=name))
        assert (answer.status_code, answer.content) == (200, b"one"), answer.text
        assert answer.headers["content-disposition"] == told

    @pytest.mark.parametrize(
        ("extension", "mime_type"), [("svg", "image/svg+xml"), ("html", "text/html"), ("cr2", "x")]
    )
    async def test_what_browsers_might_run_is_only_saved_x6(
        self, store: Store, browser: httpx.AsyncClient, extension: str, mime_type: str
    ) -> None:
        key = original_key(OWNER, "ef" * 32, extension)
        await store.put_many([of(key, b"<script>alert(1)</script>", mime_type)])
        answer = await browser.get(store.link(key, seconds=60, name="a"))
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == 'attachment; filename="a"'

    async def test_nobody_gets_in_without_a_link_s1_26(
        self, store: Store, browser: httpx.AsyncClient
    ) -> None:
        self._needs_signatures()
        await store.put_many([of(KEY, b"private")])
        link = store.link(KEY, seconds=60, name="a.jpg")
        bare = await browser.get(urlsplit(link)._replace(query="").geturl())
        assert bare.status_code in {401, 403, 422}
        assert b"private" not in bare.content

    @pytest.mark.parametrize("spoiled", ["signature", "key", "name", "life"])
    async def test_a_link_that_was_changed_is_refused_x2(
        self, store: Store, browser: httpx.AsyncClient, spoiled: str
    ) -> None:
        self._needs_signatures()
        await store.put_many([of(KEY, b"one"), of(OTHER, b"another's")])
        link = store.link(KEY, seconds=60, name="a.jpg")
        longer = store.link(KEY, seconds=6_000, name="a.jpg")
        signature = link[link.lower().index("signature=") :]
        changed = {
            "signature": link[:-4] + ("0000" if link[-4:] != "0000" else "1111"),
            "key": link.replace(KEY, OTHER),
            "name": link.replace("a.jpg", "b.html"),
            "life": longer[: longer.lower().index("signature=")] + signature,
        }[spoiled]
        assert changed != link
        answer = await browser.get(changed)
        assert answer.status_code == 403, answer.text

    async def test_a_link_expires(self, store: Store, browser: httpx.AsyncClient) -> None:
        self._needs_signatures()
        await store.put_many([of(KEY, b"one")])
        link = store.link(KEY, seconds=1, name="a.jpg")
        assert (await browser.get(link)).status_code == 200

        async def refused() -> httpx.Response | None:
            answer = await browser.get(link)
            return None if answer.status_code == 200 else answer

        answer = await until(refused, seconds=10)
        assert answer.status_code in {400, 403, 410}
        assert answer.content != b"one"

    async def test_equal_links_are_given_for_a_while_so_that_browsers_keep_the_picture(
        self, store: Store
    ) -> None:
        links = {store.link(KEY, seconds=3600, name="a.jpg") for _ in range(9)}
        assert len(links) <= 2  # two when a quarter of an hour begins just now

    def _needs_signatures(self) -> None:
        if not self.checks_signatures:
            pytest.skip("this server checks no signatures")
