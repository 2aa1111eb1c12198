"""Connecting a Dropbox account in a real browser, and what a link with a password asks for."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e.chromium import open_page
from emulators.dropbox_caller import declare
from pictures import write_pictures
from playwright.async_api import Browser, Page, expect
from server import Server, running_server

from pixharbor_emulators.dropbox import RunningDropbox, running_dropbox

ACCOUNT = "robin@harbour.example"
PASSWORD = "tide"


@pytest.fixture
async def dropbox(tmp_path: Path) -> AsyncIterator[RunningDropbox]:
    """A Dropbox with three pictures in a folder; links to it have a password."""
    tree = tmp_path / "box"
    write_pictures(tree / "trip", 3)
    declare(tree, link={"password": PASSWORD})
    async with running_dropbox(tree, apps=["app-key:app-secret"]) as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path, dropbox: RunningDropbox) -> AsyncIterator[Server]:
    """pixharbor, with an app of its own there."""
    settings = {
        "DROPBOX_APP_KEY": "app-key",
        "DROPBOX_APP_SECRET": "app-secret",
        "DROPBOX_API_URL": dropbox.api_url,
        "DROPBOX_CONTENT_URL": dropbox.api_url,
        "DROPBOX_TOKEN_URL": dropbox.token_url,
        "DROPBOX_AUTHORIZE_URL": dropbox.authorize_url,
    }
    async with running_server(tmp_path / "data", **settings) as running:
        yield running


@pytest.fixture
async def page(browser: Browser, server: Server) -> Page:
    """The connections screen."""
    return await open_page(browser, server, "/connections")


async def test_a_person_connects_dropbox_and_imports_an_own_folder_and_a_link_with_a_password_s0_56(
    page: Page, server: Server, dropbox: RunningDropbox
) -> None:
    await page.get_by_role("link", name="Connect Dropbox").click()
    await page.get_by_role("button", name="Allow", exact=True).click()
    await expect(page.get_by_text(f"{ACCOUNT} is connected")).to_be_visible()

    await page.get_by_role("link", name="Import", exact=True).click()
    await page.get_by_role("tab", name="Connected account").click()
    await page.get_by_role("button", name="trip", exact=True).click()
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page).to_have_url(re.compile("/jobs/"))
    await expect(page.get_by_text("Completed").first).to_be_visible()

    await page.get_by_role("link", name="Import", exact=True).click()
    await page.get_by_role("tab", name="Connected account").click()
    await page.get_by_label("Folder to import").fill(dropbox.link("trip"))
    password = page.get_by_label(re.compile("The link.s password"))
    await expect(password).to_be_hidden()
    await page.get_by_role("button", name="Import", exact=True).click()
    await password.fill(PASSWORD)
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page).to_have_url(re.compile("/jobs/"))
    await expect(page.get_by_text("Completed").first).to_be_visible()
    own, linked = (await server.api.get("/api/v1/jobs")).json()["jobs"][::-1]
    assert own["balance"]["stored"] == linked["balance"]["duplicate"] == 3


async def test_a_permission_that_the_dropbox_app_lacks_is_said_in_words(
    page: Page, dropbox: RunningDropbox
) -> None:
    dropbox.app.tokens.lacking = {"account_info.read"}
    await page.get_by_role("link", name="Connect Dropbox").click()
    await page.get_by_role("button", name="Allow", exact=True).click()
    await expect(page.get_by_text("account_info.read")).to_be_visible()
    await expect(page.get_by_text("None yet.")).to_be_visible()


async def test_what_a_person_does_not_allow_at_dropbox_is_said_in_words(page: Page) -> None:
    await page.get_by_role("link", name="Connect Dropbox").click()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("You chose not to allow it.")).to_be_visible()
