"""What the terminal shows; a terminal that has gone away must not stop the removal."""

import contextlib


def say(text: str = "") -> None:
    """Print a line."""
    with contextlib.suppress(OSError):
        print(text, flush=True)
