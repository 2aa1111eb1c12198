"""ZIP archives for the flows: made, uploaded, served by a host, and looked for afterwards."""

import io
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from aiohttp import web
from harbour import Harbour, until


def zipped(bodies: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in bodies.items():
            archive.writestr(name, body)
    return data.getvalue()


def kept(tmp_path: Path) -> list[Path]:
    """What is left of archives, wherever they were."""
    found = [*(tmp_path / "data" / "staging").iterdir()]
    folder = tmp_path / "data" / "objects" / "archives"
    return found + ([*folder.iterdir()] if folder.exists() else [])


async def until_put_away(tmp_path: Path) -> None:
    """The job ends a moment before its archive goes."""

    async def is_gone() -> bool | None:
        return not kept(tmp_path) or None

    await until(is_gone, seconds=20)


async def upload(harbour: Harbour, body: bytes, **query: str) -> httpx.Response:
    """As the body itself."""
    return await harbour.api.post(
        "/api/v1/imports/zip",
        params={"name": "album.zip", **query},
        content=body,
        headers={"Content-Type": "application/zip"},
    )


@asynccontextmanager
async def web_server(answer: Callable[[], web.Response]) -> AsyncIterator[str]:
    """Answers everything alike."""

    async def handle(_request: web.Request) -> web.Response:
        return answer()

    app = web.Application()
    app.router.add_get("/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/album.zip"
    finally:
        await runner.cleanup()
