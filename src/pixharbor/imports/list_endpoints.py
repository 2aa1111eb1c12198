"""The API's part about lists of addresses: bring one, and look at a table's columns before."""

from collections.abc import Iterator
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData, UploadFile

from pixharbor.dependencies import TheCaller, TheWork
from pixharbor.errors import BadInput
from pixharbor.imports.keep_url_list import keep_url_list, location_of
from pixharbor.imports.read_url_list import is_table, look_at_table, read_column, read_lines
from pixharbor.imports.schemas import ColumnAnswer, ColumnsAnswer, UrlListAnswer

router = APIRouter(tags=["imports"])

FILE: dict[str, Any] = {"type": "string", "format": "binary"}


def _takes(**fields: dict[str, Any]) -> dict[str, Any]:
    """The multipart form of an endpoint, as OpenAPI says it."""
    schema = {"type": "object", "properties": {"file": FILE, **fields}, "required": ["file"]}
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }


async def _form(request: Request) -> Any:
    """The form; what it has spooled to the disk is deleted when the request is over."""
    async with request.form(max_files=1, max_fields=8) as form:
        yield form


TheForm = Annotated[FormData, Depends(_form)]


@router.post(
    "/api/v1/url-lists",
    status_code=201,
    openapi_extra=_takes(column={"type": "string", "description": "Of a CSV file."}),
)
async def post_url_list(form: TheForm, caller: TheCaller, work: TheWork) -> UrlListAnswer:
    """Bring a list of addresses: a text file, or a CSV file with the name of its `column`.

    Then import it: POST /api/v1/imports with the `location` of the answer. The same list is kept
    once, however often it is brought: this needs no Idempotency-Key.
    """
    file, name = _file_of(form)
    column = form.get("column")
    wanted = column if isinstance(column, str) and column.strip() else None
    kept = await keep_url_list(
        _lines_of(file, name, wanted), owner=caller.owner, name=name, work=work
    )
    return UrlListAnswer(location=location_of(kept), name=kept.name, lines=kept.lines)


@router.post("/api/v1/url-lists/columns", openapi_extra=_takes())
async def post_columns(form: TheForm) -> ColumnsAnswer:
    """What columns a CSV file has, told by its head: send the first 64 KiB. Nothing is kept."""
    file, _ = _file_of(form)
    table = look_at_table(file)
    return ColumnsAnswer(
        columns=[
            ColumnAnswer(name=one.name, example=one.example, has_addresses=one.has_addresses)
            for one in table.columns
        ],
        suggested=table.suggested,
    )


def _file_of(form: FormData) -> tuple[BinaryIO, str]:
    upload = form.get("file")
    if not isinstance(upload, UploadFile):
        raise BadInput(
            "The form has no file.",
            field="file",
            cure="Send the list as a multipart form with the field `file`.",
        )
    return upload.file, (upload.filename or "list").replace("\0", "")[:255]


def _lines_of(file: BinaryIO, name: str, column: str | None) -> Iterator[str]:
    if column is None and not is_table(name):
        return read_lines(file)
    return read_column(file, look_at_table(file), column)
