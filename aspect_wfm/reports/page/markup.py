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
    """What the page's script puts into elements while they are open.

    A browser lays out and keeps every element of a page, so that the rows of thousands of agents
    are text until somebody opens them.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []

    def fold(self, summary: str, content: str, one_of: str | None = None) -> str:
        """A closed element with `summary` and, while it is open, `content`; of the elements that
        are `one_of` the same, one is open at a time."""
        self._parts.append(content)
        name = f' name="{one_of}"' if one_of else ""
        return (
            f'<details data-part="part-{len(self._parts)}"{name}><summary>{summary}</summary>'
            "</details>\n"
        )

    def markup(self) -> str:
        """The parts as text that a browser keeps and does not run; `<` in names is escaped."""
        return "".join(
            f'<script type="text/plain" id="part-{number}">{part}</script>\n'
            for number, part in enumerate(self._parts, 1)
        )

    def __bool__(self) -> bool:
        return bool(self._parts)
