"""The API's part about ZIP archives: upload one, and it is imported."""

import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Query, Request
from pydantic_core import from_json
from starlette.datastructures import UploadFile

from pixharbor.connections.dependencies import TheConnected
from pixharbor.dependencies import TheCaller, TheSources, TheWork
from pixharbor.errors import BadInput
from pixharbor.imports.endpoints import IdempotencyKey, answer_job, request_key_of
from pixharbor.imports.schemas import ImportRequest
from pixharbor.imports.start_import import ImportOrder, start_import
from pixharbor.jobs.put_away import put_away
from pixharbor.jobs.schemas import JobAnswer
from pixharbor.sources.zip_archive import ZipArchive

router = APIRouter(tags=["imports"])

BLOCK_BYTES = 1 << 20
NOT_FOR_UPLOADS = {"location", "urls", "source", "connection_id", "schedule", "link_password"}
FORM: dict[str, Any] = {
    "type": "object",
    "properties": {"file": {"type": "string", "format": "binary"}, "options": {"type": "string"}},
    "required": ["file"],
}
BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": FORM},
        "application/zip": {"schema": {"type": "string", "format": "binary"}},
    },
}
Name = Annotated[str, Query(max_length=255, description="What the archive is called.")]
Options = Annotated[
    str,
    Query(
        max_length=1 << 16, description="What POST /api/v1/imports takes besides the place; JSON."
    ),
]


@router.post("/api/v1/imports/zip", status_code=202, openapi_extra={"requestBody": BODY})
async def post_zip(
    request: Request,
    caller: TheCaller,
    work: TheWork,
    sources: TheSources,
    connected: TheConnected,
    name: Name = "archive.zip",
    options: Options = "{}",
    idempotency_key: IdempotencyKey = None,
) -> JobAnswer:
    """Upload a ZIP archive and import what is in it; it is kept until the job has ended.

    As the body itself, which is streamed, with `name` and `options` in the query; or as the field
    `file` of a multipart form.
    """
    source = sources["zip_archive"]
    assert isinstance(source, ZipArchive)
    async with _uploaded(request, name, options) as upload:
        wanted = _read_options(upload.options)
        # Told apart by its bytes only where that is asked for: of 10 GiB that takes a while.
        digest = hashlib.sha256() if idempotency_key is not None else None
        blocks = _seen(upload.blocks, digest.update) if digest else upload.blocks
        link = await source.receive(blocks, _plain(upload.name))
    asked = f"{upload.name}\n{upload.options}\n{digest.hexdigest() if digest else ''}".encode()
    order = ImportOrder(caller.owner, link, wanted.options, wanted.priority)
    try:
        request_key = request_key_of(request, caller.owner, idempotency_key, asked)
        job_id = await start_import(order, source=source, work=work, request_key=request_key)
    finally:  # what the same request has brought before, or is refused, is named by no job
        await put_away(source.locate(link), connected, work=work)
    return await answer_job(job_id, caller, work, connected)


class _Upload(NamedTuple):
    """What came: the archive's bytes, its name, and the import's options as they were given."""

    blocks: AsyncIterator[bytes]
    name: str
    options: str


@asynccontextmanager
async def _uploaded(request: Request, name: str, options: str) -> AsyncIterator[_Upload]:
    """The body itself, or what its form has. Raises BadInput."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        yield _Upload(request.stream(), name, options)
        return
    async with request.form(max_files=1, max_fields=2) as form:
        file, told = form.get("file"), form.get("options")
        if not isinstance(file, UploadFile):
            raise BadInput(
                "The form has no file.",
                field="file",
                cure="Send the archive as a multipart form with the field `file`.",
            )
        told = told if isinstance(told, str) else options
        yield _Upload(_blocks(file), file.filename or name, told)


def _read_options(given: str) -> ImportRequest:
    """As POST /api/v1/imports takes them. An upload is there once: it has no schedule."""
    try:
        told = _without_place(from_json(given or "{}"))
        return ImportRequest.model_validate({**told, "location": "upload:"})
    except ValueError as error:  # a ValidationError is one
        raise BadInput(f"The options are wrong: {error}", field="options") from None


def _without_place(told: Any) -> dict[str, Any]:
    if isinstance(told, dict) and not told.keys() & NOT_FOR_UPLOADS:
        return told
    raise ValueError(f"expected an object without {', '.join(sorted(NOT_FOR_UPLOADS))}")


async def _seen(
    blocks: AsyncIterator[bytes], see: Callable[[bytes], object]
) -> AsyncIterator[bytes]:
    async for block in blocks:
        see(block)
        yield block


async def _blocks(file: UploadFile) -> AsyncIterator[bytes]:
    while block := await file.read(BLOCK_BYTES):
        yield block


def _plain(name: str) -> str:
    """A name without the folders that some browsers send, and without NUL."""
    return name.replace("\\", "/").rpartition("/")[2].replace("\0", "")[:255] or "archive.zip"
