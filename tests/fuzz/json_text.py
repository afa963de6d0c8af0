"""JSON as text that can be taken apart and put together again without losing what is odd in it.

`json.loads` keeps one of two equal keys, reads `1e400` as infinity and cannot write `NaN` apart
from a string; a mutator needs all of these to survive until the next mutation.
"""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Literal:
    """Anything that is written unchanged: a number, or what is no JSON at all."""

    text: str


@dataclass(slots=True)
class Members:
    """An object's members in order; a key may come more than once."""

    pairs: list[tuple[str, Any]]


def parsed(data: bytes) -> Any:
    """The tree in `data`: Members, lists, strings, Literals, True, False and None.

    Raises ValueError for what is no JSON and RecursionError for what is nested too deeply.
    """
    return json.loads(
        data.decode("utf-8"),
        object_pairs_hook=Members,
        parse_int=Literal,
        parse_float=Literal,
        parse_constant=Literal,
    )


def written(tree: Any) -> bytes:
    """The text of a tree as `parsed` returns it, compact.

    Raises RecursionError for one nested too deeply.
    """
    return _text(tree).encode("utf-8")


def _text(tree: Any) -> str:
    match tree:
        case Literal():
            return tree.text
        case Members():
            return "{" + ",".join(f"{_string(key)}:{_text(each)}" for key, each in tree.pairs) + "}"
        case list():
            return "[" + ",".join(map(_text, tree)) + "]"
        case str():
            return _string(tree)
        case _:
            return json.dumps(tree)


def _string(text: str) -> str:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate, which only an escape can write
        return json.dumps(text)
    return json.dumps(text, ensure_ascii=False)
