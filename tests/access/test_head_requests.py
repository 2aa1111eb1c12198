"""HEAD is answered as GET is, without the body: by the real server, which leaves it out."""

from pathlib import Path

import httpx
from server import running_server

PAGE = {"Accept": "text/html"}
NOT_COMPARED = {"date", "x-request-id"}


def told(answer: httpx.Response) -> tuple[int, dict[str, str]]:
    headers = {name: text for name, text in answer.headers.items() if name not in NOT_COMPARED}
    return answer.status_code, headers


async def test_head_tells_what_get_tells_and_no_body_follows(tmp_path: Path) -> None:
    missing = "/api/v1/images/00000000-0000-7000-8000-000000000000"
    paths = ["/", "/health", "/images", "/api/v1/jobs", "/openapi.json", missing, "/none"]
    async with running_server(tmp_path / "data", WORKER_COUNT="1") as server:
        for path in [*paths, "/import/google-drive"]:
            # One connection for both: a body after the first would be read as the second's answer.
            head = await server.api.head(path, headers=PAGE)
            get = await server.api.get(path, headers=PAGE)
            assert told(head) == told(get), path
            assert head.content == b"", path
        assert (await server.api.head("/health")).status_code == 200
        assert (await server.api.head(missing)).status_code == 404
        assert (await server.api.head("/import/google-drive")).status_code == 405
