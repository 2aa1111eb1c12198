"""The page's folders, buckets and archives in a real browser, down to the pictures."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e.chromium import open_page
from pictures import write_pictures
from playwright.async_api import Browser, Page, expect
from server import Server, running_server


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """pixharbor, which may import a folder of four pictures."""
    write_pictures(tmp_path / "photos", 4)
    roots = str(tmp_path / "photos")
    async with running_server(tmp_path / "data", LOCAL_FOLDER_ROOTS=roots) as running:
        yield running


@pytest.fixture
async def page(browser: Browser, server: Server) -> Page:
    """The panel."""
    opened = await open_page(browser, server)
    await opened.get_by_role("tab", name="Folder or bucket").click()
    return opened


async def test_a_folder_is_imported_and_another_one_refused_with_the_setting(
    page: Page, tmp_path: Path
) -> None:
    field = page.get_by_label("Folder of the server, bucket, or address of a ZIP archive")
    start = page.get_by_role("button", name="Import")
    await field.fill("photos")
    await expect(start).to_be_disabled()
    await expect(page.get_by_text("A folder begins with /")).to_be_visible()
    await field.fill("/etc")
    await start.click()
    await expect(page.get_by_text("LOCAL_FOLDER_ROOTS does not allow")).to_be_visible()
    await field.fill(f"{tmp_path}/photos")
    await start.click()
    await expect(page.get_by_text("Completed").first).to_be_visible()
    await expect(page.get_by_text("The books balance.")).to_be_visible()


async def test_an_archive_is_sent_and_imported(page: Page, tmp_path: Path) -> None:
    archive = shutil.make_archive(str(tmp_path / "Album"), "zip", tmp_path / "photos")
    pick = page.locator("input[accept^='.zip']")
    await pick.set_input_files(tmp_path / "photos" / "picture-00000.jpg")
    await expect(page.get_by_text("Only ZIP archives can be brought here.")).to_be_visible()
    await page.get_by_role("button", name="Take the file away again").click()
    await pick.set_input_files(archive)
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_text("Completed").first).to_be_visible()
    await expect(page.get_by_text("Album.zip").first).to_be_visible()
