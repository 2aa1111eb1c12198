"""Error answers: every error of the API is a problem (RFC 9457) that says what to do."""

import math
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pixharbor.errors import PixharborError
from pixharbor.sources.base import SourceError

log = structlog.get_logger()


class FieldProblem(BaseModel):
    """What is wrong with one field of the request."""

    field: str
    message: str


class Problem(BaseModel):
    """An error: `code` is stable, `detail` says what happened, `cure` what to do about it."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    cure: str = ""
    errors: list[FieldProblem] = []


def answer_problems(app: FastAPI) -> None:
    """Have the application answer every error as a problem."""
    app.add_exception_handler(PixharborError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_framework)


class ProblemsAtTheDoor:
    """ASGI middleware: problems for what is refused or breaks outside the routes."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what was raised before an answer began; after that only the log can tell."""
        begun = False

        async def send_noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noting)
        except PixharborError as error:
            if begun:
                raise
            await (await _of_ours(Request(scope), error))(scope, receive, send)
        except Exception:
            if begun or scope["type"] != "http":
                raise
            log.exception("request.failed", path=scope["path"])
            answer = problem_response(
                500,
                code="internal_error",
                detail="Something went wrong here; nothing you sent was lost by that.",
                cure="Try again; the log has the details under this answer's X-Request-ID.",
            )
            await answer(scope, receive, send)


def problem_response(
    status: int,
    *,
    code: str,
    detail: str,
    cure: str = "",
    errors: list[FieldProblem] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem as an answer."""
    problem = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        cure=cure,
        errors=errors or [],
    )
    return Response(
        orjson.dumps(problem.model_dump()),
        status_code=status,
        media_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


async def _of_ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PixharborError)
    headers = {}
    if isinstance(error, SourceError) and error.retry_after:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    errors = [FieldProblem(field=error.field, message=error.message)] if error.field else []
    return problem_response(
        error.status,
        code=error.code,
        detail=error.message,
        cure=error.cure,
        errors=errors,
        headers=headers,
    )


async def _of_validation(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [_field_problem(one) for one in error.errors()]
    told = "; ".join(f"{one.field}: {one.message}" for one in errors[:3])
    return problem_response(
        422,
        code="bad_input",
        detail=f"The request cannot be understood: {told}.",
        cure="Correct the fields named under errors; /docs shows what each endpoint takes.",
        errors=errors,
    )


def _field_problem(one: dict[str, Any]) -> FieldProblem:
    if one["type"] == "json_invalid":
        return FieldProblem(field="body", message=f"no valid JSON, at character {one['loc'][-1]}")
    place = [str(part) for part in one["loc"] if part not in ("body", "query", "path", "header")]
    message = str(one["msg"])
    field = ".".join(place) or "body"
    if field == "folder_url":
        message += "; send a link such as https://drive.google.com/drive/folders/1AbC…"
    return FieldProblem(field=field, message=message)


async def _of_framework(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    cures = {404: "/docs lists what there is.", 405: "/docs lists the methods of each path."}
    return problem_response(
        error.status_code,
        code=codes.get(error.status_code, "http_error"),
        detail=str(error.detail),
        cure=cures.get(error.status_code, ""),
        headers=dict(error.headers or {}),
    )
