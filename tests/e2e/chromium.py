"""Debian's Chromium, headless, and a page of a server in it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, async_playwright, expect
from programs import find_program
from server import Server

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """It ends when the block does."""
    path = find_program("chromium", package="chromium")
    expect.set_options(timeout=20_000)  # ms; a busy machine is no mistake of the page's
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        await browser.close()


async def open_page(browser: Browser, server: Server, path: str = "/") -> Page:
    """One screen of a desk's size, in English."""
    page = await browser.new_page(locale="en-GB", viewport={"width": 1440, "height": 900})
    await page.goto(f"{server.api.base_url}{path}")
    return page
