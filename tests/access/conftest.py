"""The whole application with a route that falls over, and no worker."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from harbour import BASE, running_harbour

from pixharbor.app import create_app


async def fall_over() -> None:
    raise RuntimeError("a bug with a /secret/path in it")


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application; POST /falls-over is a bug."""
    async with running_harbour(tmp_path / "data", working=False) as harbour:
        app = create_app(harbour.runtime)
        app.add_api_route("/falls-over", fall_over, methods=["POST"])
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            yield client
