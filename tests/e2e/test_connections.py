"""Connecting an account in a real browser, from our page to the provider's and back."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from connecting import google_settings
from e2e.chromium import open_page
from emulators.drive_caller import declare
from pictures import write_pictures
from playwright.async_api import Browser, Page, expect
from server import Server, running_server

from pixharbor_emulators.google_drive import RunningGoogleDrive, running_google_drive


@pytest.fixture
async def drive(tmp_path: Path) -> AsyncIterator[RunningGoogleDrive]:
    """A Drive with three pictures that only its account sees."""
    tree = tmp_path / "drive"
    write_pictures(tree / "diary", 3)
    declare(tree, private=["diary"])
    async with running_google_drive(tree) as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path, drive: RunningGoogleDrive) -> AsyncIterator[Server]:
    """pixharbor, registered with that provider."""
    settings = {name.upper(): value for name, value in google_settings(drive).items()}
    async with running_server(tmp_path / "data", **settings) as running:
        yield running


@pytest.fixture
async def page(browser: Browser, server: Server) -> Page:
    """The connections screen."""
    return await open_page(browser, server, "/connections")


async def test_a_person_connects_google_imports_a_private_folder_and_reconnects_s0_56(
    page: Page, server: Server, drive: RunningGoogleDrive
) -> None:
    await page.get_by_role("link", name="Connect Google").click()
    await page.get_by_role("button", name="Allow", exact=True).click()
    await expect(page.get_by_text("anna@example.com is connected")).to_be_visible()
    await expect(page.get_by_text("Connected", exact=True)).to_be_visible()

    await page.get_by_role("link", name="Import", exact=True).click()
    await page.get_by_role("tab", name="Connected account").click()
    await page.get_by_role("button", name="Look inside My Drive").click()
    await page.get_by_role("button", name="diary", exact=True).click()
    drive.oauth.revoke("anna@example.com")
    await page.get_by_role("button", name="Import", exact=True).click()
    waits = page.get_by_text("Paused: the connection to the source has to be renewed.")
    await expect(waits).to_be_visible()
    job_page = page.url

    await page.get_by_role("main").get_by_role("link", name="Connections").click()
    await expect(page.get_by_text("Has to be connected again")).to_be_visible()
    await page.get_by_role("link", name="Connect again").click()
    await page.get_by_role("button", name="Allow", exact=True).click()
    await expect(page.get_by_text("anna@example.com is connected")).to_be_visible()

    await page.goto(job_page)
    await expect(page.get_by_text("Completed").first).to_be_visible()
    (job,) = (await server.api.get("/api/v1/jobs")).json()["jobs"]
    assert job["balance"]["stored"] == 3


async def test_what_a_person_does_not_allow_is_said_in_words(page: Page) -> None:
    await page.get_by_role("link", name="Connect Google").click()
    await page.get_by_role("button", name="Cancel").click()
    await expect(page.get_by_text("You chose not to allow it.")).to_be_visible()
    await page.get_by_role("link", name="Connect Google").click()
    await page.get_by_role("button", name="Allow without Drive").click()
    await expect(page.get_by_text("was not ticked at the provider")).to_be_visible()
    await expect(page.get_by_text("None yet.")).to_be_visible()


async def test_an_account_is_disconnected_after_a_question(page: Page) -> None:
    await page.get_by_role("link", name="Connect Google").click()
    await page.get_by_role("button", name="Allow", exact=True).click()
    await page.get_by_role("button", name="Disconnect").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Disconnect").click()
    await expect(page.get_by_text("None yet.")).to_be_visible()
