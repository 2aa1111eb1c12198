"""Connect an account as a browser does: our address, the provider's page, our callback."""

from typing import Any

import httpx
from harbour import Harbour

from pixharbor_emulators.google_drive import RunningGoogleDrive

ROOT = "/api/v1/connections"
CLIENT_ID = "123456789-emulated.apps.googleusercontent.com"
CLIENT_SECRET = "GOCSPX-canary-client-secret"


def google_settings(drive: RunningGoogleDrive) -> dict[str, Any]:
    """What an operator sets to let people connect Google accounts of this emulator."""
    drive.oauth.clients = {CLIENT_ID: CLIENT_SECRET}
    return {
        "google_drive_api_url": drive.api_url,
        "google_authorize_url": drive.authorize_url,
        "google_token_url": drive.token_url,
        "google_client_id": CLIENT_ID,
        "google_client_secret": CLIENT_SECRET,
    }


async def depart(harbour: Harbour, source: str = "google-drive") -> httpx.URL:
    """The provider's page that we send the browser to."""
    answer = await harbour.api.get(f"{ROOT}/{source}/authorize")
    assert answer.status_code == 303, answer.text
    return httpx.URL(answer.headers["location"])


async def decide(page: httpx.URL, choice: str = "allow", account: str = "anna@example.com") -> str:
    """Where the provider's page sends the browser back to, after that button."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        shown = page.copy_merge_params({"choice": choice, "account": account})
        answer = await browser.get(shown)
    assert answer.status_code == 302, answer.text
    return str(answer.headers["location"])


async def connect(
    harbour: Harbour, choice: str = "allow", account: str = "anna@example.com"
) -> httpx.URL:
    """All of it; answers the page's address that the browser ends at."""
    back = await decide(await depart(harbour), choice, account)
    answer = await harbour.api.get(back)
    assert answer.status_code == 303, answer.text
    return httpx.URL(answer.headers["location"])


async def connected(harbour: Harbour, account: str = "anna@example.com") -> str:
    """Connect, and answer the connection's id."""
    page = await connect(harbour, account=account)
    assert page.path == "/connections", page
    return str(page.params["connected"])


async def list_connections(harbour: Harbour) -> list[dict[str, Any]]:
    """As the API lists them."""
    connections: list[dict[str, Any]] = (await harbour.api.get(ROOT)).json()["connections"]
    return connections


async def start_private(harbour: Harbour, location: str, connection_id: str) -> str:
    """Start an import in the name of a connection; answers the job's id."""
    wanted = {"location": location, "connection_id": connection_id}
    answer = await harbour.api.post("/api/v1/imports", json=wanted)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])
