"""The page's options in a real browser: look first, filter, schedule; and what comes of them."""

from e2e.chromium import open_page
from playwright.async_api import Browser, expect
from server import Server

from pixharbor_emulators.google_drive import RunningGoogleDrive


async def test_a_dry_run_shows_its_plan_and_becomes_the_import_by_one_click(
    browser: Browser, server: Server, drive: RunningGoogleDrive
) -> None:
    page = await open_page(browser, server, "/")
    await page.get_by_label("Link to a folder").fill(drive.folder_link)
    await page.get_by_text("Options").click()
    await page.get_by_label("Look first").check()
    await page.get_by_label("But not names like").fill("broken*")
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_role("heading", name="What an import would fetch")).to_be_visible()
    await expect(page.get_by_text("4 files")).to_be_visible()
    await expect(page.get_by_text("Left out by the import").first).to_be_visible()
    assert drive.counts.downloads == 0
    await page.get_by_role("button", name="Import it").click()
    # The plan's own job is completed already: that word alone would not wait for the import.
    await expect(page.get_by_text("What an import would fetch")).to_be_hidden()
    await expect(page.get_by_text("Completed").first).to_be_visible()
    assert drive.counts.downloads == 4


async def test_a_schedule_is_chosen_shown_paused_and_removed(
    browser: Browser, server: Server, drive: RunningGoogleDrive
) -> None:
    page = await open_page(browser, server, "/")
    await page.get_by_label("Link to a folder").fill(drive.folder_link)
    await page.get_by_text("Options").click()
    await page.get_by_label("Import again").select_option("daily")
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_role("heading", name="Balance sheet")).to_be_visible()
    await page.goto(f"{server.api.base_url}/jobs")
    await expect(page.get_by_role("heading", name="Scheduled imports")).to_be_visible()
    await expect(page.get_by_text("daily")).to_be_visible()
    await page.get_by_role("button", name="Pause: drive").click()
    await expect(page.get_by_text("paused")).to_be_visible()
    await page.get_by_role("button", name="Remove schedule: drive").click()
    await page.get_by_role("button", name="Remove schedule", exact=True).click()
    await expect(page.get_by_text("Scheduled imports")).to_be_hidden()


async def test_the_gallery_marks_what_is_gone_at_its_source(
    browser: Browser, server: Server, drive: RunningGoogleDrive
) -> None:
    page = await open_page(browser, server, "/")
    for first in (True, False):
        await page.goto(f"{server.api.base_url}/")
        await page.get_by_label("Link to a folder").fill(drive.folder_link)
        await page.get_by_text("Options").click()
        await page.get_by_label("But not names like").fill("broken*")
        await page.get_by_role("button", name="Import").click()
        await expect(page.get_by_text("Completed").first).to_be_visible()
        if first:
            (drive.app.tree.root / "picture-00002.jpg").unlink()
            drive.rescan()
    await expect(page.get_by_text("1 file is no longer there.")).to_be_visible()
    await page.goto(f"{server.api.base_url}/gallery")
    marked = page.get_by_role("link", name="picture-00002.jpg, No longer at the source")
    await expect(marked).to_be_visible()
    await marked.click()
    await page.get_by_role("button", name="Details").click()
    await expect(page.get_by_text("Gone since")).to_be_visible()
