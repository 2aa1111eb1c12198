"""The page's list of addresses in a real browser: pasted, and as a column of a dropped table."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e.test_page import QUIET
from pictures import picture
from playwright.async_api import Browser, Page, async_playwright, expect
from programs import find_program
from server import Server, running_server
from sources.web_host import WebHost, reply, web_host


@pytest.fixture
async def host() -> AsyncIterator[WebHost]:
    """Three pictures on the web."""
    pages = {f"/{number}.jpg": reply(body=picture(number)) for number in range(3)}
    async with web_host(pages) as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """pixharbor, which may reach that host."""
    async with running_server(tmp_path / "data", ALLOW_PRIVATE_ADDRESSES="127.0.0.1") as running:
        yield running


@pytest.fixture
async def page(server: Server) -> AsyncIterator[Page]:
    """The start page in Debian's Chromium, headless."""
    path = find_program("chromium", package="chromium")
    expect.set_options(timeout=20_000)  # ms; a busy machine is no mistake of the page's
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        opened = await browser.new_page(locale="en-GB", viewport={"width": 1440, "height": 900})
        await opened.goto(str(server.api.base_url))
        yield opened
        await browser.close()


async def test_a_list_is_pasted_by_keyboard_alone_and_every_line_has_its_fate(
    page: Page, host: WebHost
) -> None:
    await page.get_by_role("tab", name="Link").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tab", name="List of addresses")).to_be_focused()
    await page.keyboard.press("Tab")
    lines = [host.url(f"/{number}.jpg") for number in range(4)]
    await page.keyboard.insert_text("\n".join([*lines, "no address"]))
    await expect(page.get_by_text("5 addresses")).to_be_visible()
    await page.get_by_role("button", name="Import").press("Enter")
    await expect(page.get_by_text("The books balance.")).to_be_visible()
    await expect(page.get_by_text("Partly done").first).to_be_visible()
    await expect(page.get_by_text("Not a web address", exact=True)).to_be_visible()
    assert sorted(host.paths()) == ["/0.jpg", "/1.jpg", "/2.jpg", "/3.jpg"]


async def test_of_a_table_the_column_with_the_addresses_is_found_and_can_be_changed(
    page: Page, host: WebHost, tmp_path: Path
) -> None:
    table = tmp_path / "products.csv"
    rows = [f"Lamp {number};{host.url(f'/{number}.jpg')}" for number in range(3)]
    table.write_text("\n".join(["product;image_url", *rows]))
    await page.get_by_role("tab", name="List of addresses").click()
    await page.set_input_files("input[type=file]", table)
    column = page.get_by_label("Column with the addresses")
    await expect(column).to_have_value("image_url")
    await column.select_option("product")
    await page.get_by_role("button", name="Take the file away again").click()
    await page.set_input_files("input[type=file]", table)
    await expect(column).to_have_value("image_url")
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_text("Completed").first).to_be_visible()
    await expect(page.get_by_text("products.csv").first).to_be_visible()
    assert sorted(host.paths()) == ["/0.jpg", "/1.jpg", "/2.jpg"]
