"""How a broken promise is told."""


class BrokenPromise(AssertionError):
    """A finding; the text is the promise."""


def promise(text: str, holds: bool) -> None:
    """Raises BrokenPromise unless it `holds`."""
    if not holds:
        raise BrokenPromise(text)
