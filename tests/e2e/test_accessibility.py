"""Every screen as axe judges it (WCAG 2.2 AA): wide, narrow, light and dark, in a real browser."""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect
from server import Server

from pixharbor_emulators.google_drive import RunningGoogleDrive

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


async def violations(page: Page, *rules: str) -> str:
    """What axe finds against WCAG and further `rules`: which, how grave it is, and the elements."""
    await page.evaluate("Promise.all(document.getAnimations().map(one => one.finished))")
    found = await Axe().run(page, options={"runOnly": [*WCAG, *rules]})
    return "\n".join(
        f"{rule['id']} ({rule['impact']}) at {[node['target'] for node in rule['nodes']]}"
        for rule in found.response["violations"]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
async def test_axe_finds_nothing_on_any_screen_s2_10(
    browser: Browser, server: Server, drive: RunningGoogleDrive, width: int, scheme: str
) -> None:
    page = await browser.new_page(
        locale="en-GB",
        viewport={"width": width, "height": 900},
        color_scheme=scheme,  # type: ignore[arg-type]  # one of the two words above
        reduced_motion="reduce",
    )
    menu = "Appearance and language" if width > 640 else "Menu"
    url = str(server.api.base_url)
    await page.goto(url)
    await page.get_by_text("Options").click()
    assert await violations(page, "best-practice") == ""
    for tab in await page.get_by_role("tab").all():
        await tab.click()
        assert await violations(page, "best-practice") == "", await tab.inner_text()

    await page.goto(url)
    await page.get_by_role("textbox").first.fill(drive.folder_link)
    await page.get_by_role("button", name="Import", exact=True).click()
    await expect(page.get_by_text("Partly done").first).to_be_visible()
    assert await violations(page, "best-practice") == ""
    await page.goto(f"{url}/jobs")
    await expect(page.get_by_text("Partly done").first).to_be_visible()
    assert await violations(page, "best-practice") == ""

    await page.goto(f"{url}/gallery")
    await expect(page.get_by_text("4 images")).to_be_visible()
    assert await violations(page, "best-practice") == ""
    await page.locator("main img").first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    assert await violations(page, "best-practice") == ""

    await page.goto(f"{url}/jobs")
    await page.get_by_role("button", name=menu).click()
    await expect(page.get_by_role("menu")).to_be_visible()
    assert await violations(page) == ""
    await page.keyboard.press("Escape")
    if width > 640:
        await page.get_by_role("link", name="Connections").click()
    else:
        await page.get_by_role("button", name=menu).click()
        await page.get_by_role("menuitem", name="Connections").click()
    await expect(page.get_by_role("heading", name="Connections")).to_be_visible()
    assert await violations(page, "best-practice") == ""
    await page.goto(f"{url}/nowhere")
    await expect(page.get_by_role("heading").first).to_be_visible()
    assert await violations(page, "best-practice") == ""
