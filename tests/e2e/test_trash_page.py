"""The trash in a real browser: throw a picture away, find it again, and take it back."""

from e2e.chromium import open_page
from e2e.test_accessibility import violations
from playwright.async_api import Browser, expect
from server import Server

from pixharbor_emulators.google_drive import RunningGoogleDrive


async def test_a_picture_goes_to_the_trash_and_comes_back(
    browser: Browser, server: Server, drive: RunningGoogleDrive
) -> None:
    page = await open_page(browser, server)
    url = str(server.api.base_url)
    await page.get_by_role("textbox").fill(drive.folder_link)
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_text("Partly done").first).to_be_visible()

    await page.goto(f"{url}/trash")
    await expect(page.get_by_text("The trash is empty")).to_be_visible()
    assert await violations(page, "best-practice") == ""
    await page.get_by_role("link", name="Back to the gallery").first.click()
    await expect(page.get_by_text("4 images")).to_be_visible()
    tile = page.get_by_role("link", name="picture-00002.jpg")
    await tile.click()
    await page.get_by_role("button", name="Move to trash").click()
    confirm = page.get_by_role("alertdialog")
    await expect(confirm).to_contain_text("restore it from the trash")
    await confirm.get_by_role("button", name="Move to trash").click()
    await expect(confirm).not_to_be_visible()
    await page.goto(f"{url}/gallery")
    await expect(page.get_by_text("3 images")).to_be_visible()
    await expect(tile).not_to_be_visible()

    await page.get_by_role("link", name="Trash", exact=True).click()
    await expect(page.get_by_role("heading", name="Trash")).to_be_visible()
    thrown = page.get_by_role("listitem").filter(has_text="picture-00002.jpg")
    await expect(thrown).to_contain_text("Deleted for good on")
    await expect(thrown.locator("img")).not_to_have_js_property("naturalWidth", 0)
    assert await violations(page, "best-practice") == ""
    await page.set_viewport_size({"width": 390, "height": 900})
    assert await violations(page, "best-practice") == ""
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
    await thrown.get_by_role("button", name="Restore picture-00002.jpg").click()
    await expect(page.get_by_text("The trash is empty")).to_be_visible()
    await page.get_by_role("link", name="Back to the gallery").first.click()
    await expect(page.get_by_text("4 images")).to_be_visible()
    await expect(tile).to_be_visible()
    assert await violations(page, "best-practice") == ""
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
