"""The import form in a real browser: lists pasted, chosen and dropped; a link's password."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from e2e.chromium import open_page
from emulators.dropbox_caller import declare
from pictures import picture, write_pictures
from playwright.async_api import Browser, Page, expect
from server import Server, running_server
from sources.web_host import WebHost, reply, web_host

from pixharbor_emulators.dropbox import RunningDropbox, running_dropbox


@pytest.fixture
async def host() -> AsyncIterator[WebHost]:
    """Three pictures on the web."""
    pages = {f"/{number}.jpg": reply(body=picture(number)) for number in range(3)}
    async with web_host(pages) as running:
        yield running


@pytest.fixture
async def dropbox(tmp_path: Path) -> AsyncIterator[RunningDropbox]:
    """A Dropbox whose link has a password."""
    tree = tmp_path / "album"
    write_pictures(tree, 2)
    declare(tree, link={"password": "tide"})
    async with running_dropbox(tree) as running:
        yield running


@pytest.fixture
async def server(tmp_path: Path, dropbox: RunningDropbox) -> AsyncIterator[Server]:
    """pixharbor, which may reach both."""
    settings = {
        "ALLOW_PRIVATE_ADDRESSES": "127.0.0.1",
        "DROPBOX_APP_KEY": "key",
        "DROPBOX_APP_SECRET": "secret",
        "DROPBOX_API_URL": dropbox.api_url,
        "DROPBOX_CONTENT_URL": dropbox.api_url,
    }
    async with running_server(tmp_path / "data", **settings) as running:
        yield running


@pytest.fixture
async def page(browser: Browser, server: Server) -> Page:
    """The start page."""
    expect.set_options(timeout=60_000)  # ms; a busy machine is no mistake of the page's
    return await open_page(browser, server)


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


async def test_a_file_that_is_dropped_on_the_box_is_taken(page: Page, host: WebHost) -> None:
    await page.get_by_role("tab", name="List of addresses").click()
    dropped = await page.evaluate_handle(
        """text => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "urls.txt", { type: "text/plain" }));
            return carried;
        }""",
        host.url("/1.jpg"),
    )
    await page.get_by_role("textbox").dispatch_event("drop", {"dataTransfer": dropped})
    await expect(page.get_by_text("urls.txt")).to_be_visible()
    await page.get_by_role("button", name="Import").click()
    await expect(page.get_by_text("Completed").first).to_be_visible()
    assert host.paths() == ["/1.jpg"]


async def test_a_link_that_wants_a_password_asks_for_it(
    page: Page, dropbox: RunningDropbox
) -> None:
    await page.get_by_role("textbox").fill(dropbox.folder_link)
    await page.get_by_role("button", name="Import").click()
    password = page.get_by_label(re.compile(r"link.s password"))
    await password.fill("tide")
    await password.press("Enter")
    await expect(page.get_by_text("Completed").first).to_be_visible()
