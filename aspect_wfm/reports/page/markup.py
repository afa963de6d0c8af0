"""Names and parts of the page's markup.

Names come from outside: every value passes through `escaped`.
"""

import html

from aspect_wfm.output import visible


def escaped(text: str) -> str:
    """Text as markup that shows it."""
    return html.escape(text, quote=True)


def shown(name: str) -> str:
    """A name from outside as markup."""
    return escaped(visible(name))


def isolated(name: str) -> str:
    """A name within a sentence: its direction does not turn the text around it."""
    return f"<bdi>{shown(name)}</bdi>"


class Parts:
    """What is put into the page's elements when they are opened, by the page's script.

    A browser lays out and keeps every element of a page, so that the rows of thousands of agents
    are text until somebody opens them.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []

    def fold(self, summary: str, content: str) -> str:
        """A closed element with `summary` and, once it is opened, `content`."""
        self._parts.append(content)
        return (
            f'<details data-part="part-{len(self._parts)}"><summary>{summary}</summary></details>\n'
        )

    def markup(self) -> str:
        """The parts as text that a browser keeps and does not run; `<` in names is escaped."""
        return "".join(
            f'<script type="text/plain" id="part-{number}">{part}</script>\n'
            for number, part in enumerate(self._parts, 1)
        )

    def __bool__(self) -> bool:
        return bool(self._parts)
