"""Owns the tests' browser: the system's Chromium, driven by Playwright, without a network."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
Scheme = Literal["light", "dark"]

PICTURES = Path(os.environ.get("TFPERF_PICTURES", ".pictures"))
"""Screenshots of tests go here, to be looked at; nothing compares them pixel by pixel."""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Start the browser once for many pages; without one, tests that need it are left out."""
    binary = next(filter(None, map(shutil.which, NAMES)), None)
    if binary is None:
        leave = pytest.fail if os.environ.get("TFPERF_REQUIRE_BROWSER") else pytest.skip
        leave(f"needs a browser: {' or '.join(NAMES)} (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=[*FLAGS])
        yield browser
        browser.close()


@contextmanager
def new_page(
    browser: Browser, *, scheme: Scheme = "light", width: int = 1280, height: int = 900
) -> Iterator[Page]:
    """Open an empty page of its own; what it asks of a network fails, and so does the test."""
    context = browser.new_context(
        offline=True, color_scheme=scheme, viewport={"width": width, "height": height}
    )
    context.set_default_timeout(20_000)
    asked: list[str] = []
    said: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(f"error: {error}"))
    try:
        yield page
    finally:
        context.close()
    assert not [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]
    assert not [line for line in said if line.startswith(("error", "warning"))]


def keep(page: Page, name: str, *, is_whole: bool = False) -> Path:
    """Take a picture for people to look at."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=str(path), full_page=is_whole)
    return path
