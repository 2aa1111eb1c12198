"""One client for all commands: the API of a server, or the same API in this very process."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from pixharbor.errors import PixharborError

BLOCK_BYTES = 1 << 20


class ServerRefused(PixharborError):
    """The server refused the request."""


class ServerAway(PixharborError):
    """No server answers there."""

    code = "server_away"


class Client:
    """Asks the API and gives its answers as plain JSON; problems become ServerRefused."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, **query: Any) -> Any:
        """The answer to a GET."""
        wanted = {name: value for name, value in query.items() if value is not None}
        return await self._ask("GET", path, params=wanted)

    async def post(self, path: str, body: Any = None) -> Any:
        """The answer to a POST."""
        return await self._ask("POST", path, json=body)

    async def send(self, path: str, file: Path, **query: str) -> Any:
        """The answer to a POST of a file's bytes, which are sent as they are read."""
        return await self._ask(
            "POST",
            path,
            params=query,
            content=_blocks(file),
            headers={"Content-Type": "application/octet-stream"},
            timeout=None,
        )

    async def patch(self, path: str, body: Any) -> Any:
        """The answer to a PATCH."""
        return await self._ask("PATCH", path, json=body)

    async def upload(self, path: str, file: Path, **fields: str) -> Any:
        """The answer to a POST of a form with a file, which is read as it is sent."""
        with file.open("rb") as content:
            return await self._ask("POST", path, files={"file": (file.name, content)}, data=fields)

    async def delete(self, path: str) -> None:
        """Delete what is there."""
        await self._ask("DELETE", path)

    async def location(self, path: str) -> str:
        """Where a redirect leads, as a whole URL."""
        answer = await self._http.get(path)
        _raise_problem(answer)
        return str(self._http.base_url.join(answer.headers["location"]))

    async def text(self, path: str) -> str:
        """The answer as it is."""
        answer = await self._http.get(path)
        _raise_problem(answer)
        return answer.text

    async def _ask(self, method: str, path: str, **rest: Any) -> Any:
        try:
            answer = await self._http.request(method, path, **rest)
        except httpx.TransportError as error:
            raise ServerAway(
                f"No pixharbor answers at {self._http.base_url} ({error or 'no connection'}).",
                cure="Start one with: pixharbor serve. Or leave --server out to work without.",
            ) from error
        _raise_problem(answer)
        return answer.json() if answer.content else None


async def _blocks(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while block := opened.read(BLOCK_BYTES):
            yield block


def _raise_problem(answer: httpx.Response) -> None:
    if answer.status_code < httpx.codes.BAD_REQUEST:
        return
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    raise ServerRefused(
        problem.get("detail", f"The server answered {answer.status_code}."),
        code=problem.get("code", "http_error"),
        cure=problem.get("cure", ""),
    )


@asynccontextmanager
async def open_client(
    server: str | None,
    *,
    token: str | None = None,
    working: bool = False,
    folders: Sequence[Path] = (),
) -> AsyncIterator[Client]:
    """A client of `server`; without one, of an API inside this process on the same database.

    With `working`, a worker runs beside the API inside, so that what is started gets done. The API
    inside may import from `folders` too: they were named by somebody who sits at this machine.
    """
    if server:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(base_url=server, headers=headers, timeout=60) as http:
            yield Client(http)
        return
    async with _inside(working=working, folders=folders) as http:
        yield Client(http)


@asynccontextmanager
async def _inside(*, working: bool, folders: Sequence[Path]) -> AsyncIterator[httpx.AsyncClient]:
    # Loads all of the program, which a client of a server does without.
    from pixharbor.app import create_app  # noqa: PLC0415 - loaded only where it is used
    from pixharbor.db.migrate import migrate  # noqa: PLC0415 - loaded only where it is used
    from pixharbor.logs import set_up_logs  # noqa: PLC0415 - loaded only where it is used
    from pixharbor.runtime import load_settings, open_runtime  # noqa: PLC0415 - loaded only where it is used
    from pixharbor.worker import run_worker  # noqa: PLC0415 - loaded only where it is used

    settings = load_settings()
    roots = os.pathsep.join(filter(None, (settings.local_folder_roots, *map(str, folders))))
    settings = settings.model_copy(update={"local_folder_roots": roots})
    set_up_logs(settings.model_copy(update={"log_level": "warning"}))
    async with open_runtime(settings) as runtime:
        await migrate(runtime.database)
        stop = asyncio.Event()
        worker = asyncio.create_task(run_worker(runtime, stop=stop)) if working else None
        base = f"http://{settings.host}:{settings.port}"
        transport = httpx.ASGITransport(create_app(runtime))
        try:
            async with httpx.AsyncClient(transport=transport, base_url=base) as http:
                yield http
        finally:
            stop.set()
            if worker:
                await worker
