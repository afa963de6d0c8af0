"""The browser of this machine."""

import shutil

HOW_TO_INSTALL = "install Chromium, on Debian as root with: apt-get install -y chromium"

_PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed_browser() -> str | None:
    """The path of Chromium or Chrome, if one is on the PATH."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)
