"""The page in a real browser: paste a link, watch the books balance, look at a picture."""

from pathlib import Path

from e2e.chromium import open_page
from emulators.drive_caller import declare
from pictures import write_pictures
from playwright.async_api import Browser, expect
from server import Server, running_server

from pixharbor_emulators.google_drive import RunningGoogleDrive


async def test_a_pasted_link_becomes_a_gallery_s0_7_s0_8_s0_9_s2_4_s2_10_t46_t47(
    browser: Browser, server: Server, drive: RunningGoogleDrive
) -> None:
    page = await open_page(browser, server, "/")
    await page.get_by_role("textbox").fill(drive.folder_link)
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_text("The books balance.")).to_be_visible()
    await expect(page.get_by_text("Partly done").first).to_be_visible()
    await expect(page.get_by_text("The download broke off", exact=True)).to_be_visible()

    (drive.app.tree.root / ".drive.json").unlink()
    drive.rescan()
    await page.get_by_role("button", name="Retry all failed").click()
    await expect(page.get_by_text("The download broke off", exact=True)).not_to_be_visible()
    await expect(page.get_by_text("Completed").first).to_be_visible()

    await page.get_by_role("link", name="Gallery", exact=True).click()
    await expect(page.get_by_text("5 images")).to_be_visible()
    picture_shown = page.locator("main img").first
    await expect(picture_shown).to_be_visible()
    await expect(picture_shown).not_to_have_js_property("naturalWidth", 0)
    await picture_shown.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).not_to_be_visible()
    asked = [entry.kind for entry in drive.log.entries()]
    assert asked.count("download") >= 6


async def test_a_folder_that_was_refused_is_named_and_listed_by_a_retry_t3(
    browser: Browser, server: Server, drive: RunningGoogleDrive
) -> None:
    tree = drive.app.tree.root
    write_pictures(tree / "closed", 1, first=10)
    declare(tree, folders={"closed": {"fault": "forbidden"}})
    drive.rescan()
    answer = await server.api.post("/import/google-drive", json={"folder_url": drive.folder_link})
    page = await open_page(browser, server, f"/jobs/{answer.json()['task_id']}")
    refused = page.get_by_role("region", name="Folders that could not be listed")
    await expect(refused.get_by_text("closed/")).to_be_visible()
    await expect(refused.get_by_text("The source refused access.")).to_be_visible()
    await expect(page.get_by_role("button", name="Retry all failed")).to_be_visible()

    (tree / ".drive.json").unlink()
    drive.rescan()
    await refused.get_by_role("button", name="Retry").click()
    await expect(refused).not_to_be_visible()
    await expect(page.get_by_text("Completed").first).to_be_visible()


async def test_a_bad_link_is_answered_in_place(browser: Browser, server: Server) -> None:
    page = await open_page(browser, server, "/")
    link = "https://drive.google.com/drive/folders/1NoSuchFolder00000000000"
    await page.get_by_role("textbox").fill(link)
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_role("alert")).to_contain_text("Anyone with the link")
    assert page.url.rstrip("/") == str(server.api.base_url).rstrip("/")


async def test_a_job_can_be_looked_at_by_its_address_after_a_reload(
    browser: Browser, server: Server, drive: RunningGoogleDrive
) -> None:
    answer = await server.api.post("/import/google-drive", json={"folder_url": drive.folder_link})
    page = await open_page(browser, server, f"/jobs/{answer.json()['task_id']}")
    await expect(page.get_by_text("Balance sheet")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("Balance sheet")).to_be_visible()


async def test_on_a_telephone_the_menu_leads_to_connections_and_marks_them(
    browser: Browser, server: Server
) -> None:
    page = await browser.new_page(locale="en-GB", viewport={"width": 390, "height": 844})
    await page.goto(str(server.api.base_url))
    await page.get_by_role("button", name="Menu").click()
    await page.get_by_role("menuitem", name="Connections").click()
    google = page.get_by_role("article", name="Google Drive")
    await google.get_by_text("How to register it").click()
    await expect(
        google.get_by_text("Set GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET")
    ).to_be_visible()
    await expect(google.get_by_text("/api/v1/connections/callback")).not_to_be_visible()
    await page.get_by_role("button", name="Menu").click()
    connections = page.get_by_role("menuitem", name="Connections")
    await expect(connections).to_have_attribute("aria-current", "page")


async def test_without_a_sign_in_the_page_says_who_can_come_in(
    browser: Browser, server: Server, tmp_path: Path
) -> None:
    banner = "No sign-in: everybody who reaches this server can see and change everything."
    local = "Local mode: no sign-in, reachable from this computer only."
    page = await open_page(browser, server, "/")
    await expect(page.get_by_text(local)).to_be_visible()
    await expect(page.get_by_text(banner)).not_to_be_visible()
    async with running_server(tmp_path / "open", PUBLIC_URL="https://pictures.example") as opened:
        page = await open_page(browser, opened, "/")
        await expect(page.get_by_role("status").filter(has_text=banner)).to_be_visible()
        await expect(page.get_by_text(local)).not_to_be_visible()
