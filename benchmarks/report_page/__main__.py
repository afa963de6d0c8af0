"""`python -m benchmarks.report_page`: the report page of large days in Chromium."""

import argparse
import statistics as averages
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from aspect_wfm.output import text_table
from aspect_wfm.reports.page import page
from aspect_wfm.reports.statistics import statistics
from tests.browser.installed import HOW_TO_INSTALL, installed_browser
from tests.large_day import DAY, large_day

_HEADER = ["agents", "report lines", "MB", "elements", "s to make", "s to load"]


def main() -> int:
    """Make and load a page for each number of agents; the exit status."""
    parser = argparse.ArgumentParser(description="Measure the report page of large days.")
    parser.add_argument("agents", nargs="*", type=int, default=[50, 500, 3_000])
    parser.add_argument(
        "--loads", type=int, default=5, help="number of loads whose median is reported (5)"
    )
    options = parser.parse_args()
    path = installed_browser()
    if path is None:
        print(f"No browser on the PATH: {HOW_TO_INSTALL}", file=sys.stderr)
        return 1
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path)
        rows = [
            _measured(number, options.loads, browser, Path(folder)) for number in options.agents
        ]
        print(f"Chromium {browser.version}")
        browser.close()
    print(text_table([_HEADER, *rows], left=()), end="")
    return 0


def _measured(agents: int, loads: int, browser: Browser, folder: Path) -> list[str]:
    report = large_day(agents)
    begun = time.perf_counter()
    text = page(statistics(report.lines, DAY), report)
    made = time.perf_counter() - begun
    file = folder / f"{agents}.html"
    file.write_text(text, encoding="utf-8")
    seconds = []
    for _ in range(loads):
        window = browser.new_page()
        window.goto(file.as_uri())
        # Until the first frame after loading is painted.
        seconds.append(
            window.evaluate(
                "new Promise(done => requestAnimationFrame(() => setTimeout(() => "
                "done(performance.now() / 1000))))"
            )
        )
        elements = window.evaluate("document.querySelectorAll('*').length")
        window.close()
    return [
        f"{agents:,}",
        f"{len(report.lines):,}",
        f"{len(text.encode()) / 1e6:.2f}",
        f"{elements:,}",
        f"{made:.1f}",
        f"{averages.median(seconds):.2f}",
    ]


if __name__ == "__main__":
    sys.exit(main())
