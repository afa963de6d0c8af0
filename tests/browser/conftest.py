"""One browser for all tests, without a network: pages are files."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.installed import HOW_TO_INSTALL, installed_browser

# For a machine that is busy with other things; nothing is expected to take this long.
_PATIENCE_MS = 300_000

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = installed_browser()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"No browser on the PATH: {HOW_TO_INSTALL}")
        pytest.skip(f"No browser on the PATH: {HOW_TO_INSTALL}")
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path)
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page in a window; fails when it requests, asks, logs or raises something."""
    complaints: list[str] = []
    contexts = []

    def opened(
        text: str,
        width: int = 1_400,
        height: int = 900,
        scheme: Literal["light", "dark"] = "light",
        script: bool = True,
    ) -> Page:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=script,
        )
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        shown = context.new_page()
        shown.on("console", lambda message: complaints.append(message.text))
        shown.on("pageerror", lambda error: complaints.append(str(error)))
        shown.on("dialog", lambda dialog: complaints.append(dialog.message))
        shown.on("request", lambda request: complaints.append(request.url))
        shown.goto(file.as_uri())
        complaints.remove(file.as_uri())  # the only request
        return shown

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
