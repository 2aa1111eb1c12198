"""Serve a thumbnail: found, or made in the sandbox on first request and kept."""

import asyncio
import hashlib
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from pixharbor.db.upsert import insert_into
from pixharbor.errors import BadInput
from pixharbor.images.models import Image, Variant
from pixharbor.images.read_images import find_image, no_image
from pixharbor.imaging.inspect import ImageError
from pixharbor.imaging.sandbox import Sandbox
from pixharbor.storage.base import NewObject, Store
from pixharbor.storage.keys import variant_key
from pixharbor.unit_of_work import Work

SIZES = (320, 1600)
# What the bytes themselves say, and will say again. A decoder that crashed or ran out of memory or
# time may do better the next time, and limits are raised: those are tried again at each request.
LASTING = ("image_damaged", "format_not_shown", "not_an_image")


class ThumbnailMaker:
    """Makes each thumbnail once, however many ask for it at the same time."""

    def __init__(self, *, work: Work, store: Store, sandbox: Sandbox) -> None:
        self._work = work
        self._store = store
        self._sandbox = sandbox
        self._under_way: dict[tuple[UUID, int], asyncio.Task[str]] = {}

    async def find_or_make(self, owner: int, image_id: UUID, size: int) -> str:
        """The thumbnail's storage key. Raises ImageError for a picture that cannot be shown."""
        if size not in SIZES:
            raise BadInput(
                f"There are no thumbnails of {size} pixels.", field="size", code="unknown_size",
                cure=f"Sizes: {', '.join(map(str, SIZES))}.",
            )  # fmt: skip
        async with self._work.read() as session:
            image = await find_image(session, owner, image_id, with_trash=True)
            found = await session.get(Variant, (image.id, _recipe(size)))
        if found:
            return found.storage_key
        if image.damaged:
            code, _, message = image.damaged.partition(": ")
            raise ImageError(message, code=code)
        making = self._under_way.get((image_id, size))
        if making is None:
            making = asyncio.create_task(self._make(image, size))
            self._under_way[image_id, size] = making
            making.add_done_callback(lambda _: self._under_way.pop((image_id, size)))
        # Shielded: one visitor who leaves must not stop it for the others who wait.
        return await asyncio.shield(making)

    async def _make(self, image: Image, size: int) -> str:
        try:
            async with self._store.as_file(image.storage_key) as path:
                made = await self._sandbox.thumbnail(path, image.format, size)
        except ImageError as error:
            if error.code in LASTING:
                await self._mark_damaged(image, error)
            raise
        recipe_hash = hashlib.sha256(_recipe(size).encode()).hexdigest()[:16]
        extension = made.mime_type.partition("/")[2]
        key = variant_key(image.owner, image.id, recipe_hash, extension)
        await self._store.put_many([NewObject(key, made.data, made.mime_type)])
        row = {
            "image_id": image.id,
            "recipe": _recipe(size),
            "storage_key": key,
            "mime_type": made.mime_type,
            "width": made.width,
            "height": made.height,
            "size": len(made.data),
            "created_at": datetime.now(UTC),
        }
        try:
            async with self._work(durable=True) as unit:
                await _insert_once(unit.session, row)
        except IntegrityError:  # the image was purged from the trash meanwhile
            await self._store.delete_many([key])
            raise no_image(image.id) from None
        return key

    async def _mark_damaged(self, image: Image, error: ImageError) -> None:
        async with self._work() as unit:
            kept = await unit.session.get(Image, image.number)
            if kept:  # it may have been purged from the trash meanwhile
                kept.damaged = f"{error.code}: {error.message}"


def _recipe(size: int) -> str:
    return f"thumbnail:{size}"


async def _insert_once(session: AsyncSession, row: dict[str, object]) -> None:
    """Another process may have made the same variant meanwhile: the same bytes, the same key."""
    connection = await session.connection()
    insert = insert_into(Variant, dialect=connection.dialect.name)
    await connection.execute(insert.on_conflict_do_nothing(), row)
