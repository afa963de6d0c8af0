"""Condition expressions and the PartiQL statements of the benchmark's DynamoDB, as functions.

Of DynamoDB's languages it knows what a write with a condition needs: comparisons of strings,
`attribute_exists`, `attribute_not_exists`, AND, OR, NOT and parentheses; and of PartiQL
`UPDATE "t" SET "a"=? ... REMOVE "b" ... WHERE <condition>`, with `?` wherever a value is.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

# An item as DynamoDB's JSON has it: {"AgentARN": {"S": "..."}, ...}.
Item = Mapping[str, Mapping[str, str]]

# Values by placeholder (":name"), or parameters by place.
Values = Mapping[Any, Mapping[str, str]] | Sequence[Mapping[str, str]]

Condition = Callable[[Item, Any], bool]

_TOKEN = re.compile(r'\s*("[^"]+"|:\w+|\?|<=|>=|<>|[<>=(),]|\w+)')
_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_UPDATE = re.compile(
    r'\s*UPDATE\s+"(?P<table>[^"]+)"(?P<changes>.*?)\sWHERE\s(?P<condition>.*)', re.DOTALL
)
_SET = re.compile(r'\s*(?:SET|,)\s*"([^"]+)"\s*=\s*\?')
_REMOVE = re.compile(r'\s*REMOVE\s+"([^"]+)"')


class NotUnderstood(Exception):
    """An expression or statement that this DynamoDB does not know; the text shows where."""


@dataclass(frozen=True, slots=True)
class Update:
    """A PartiQL UPDATE: the attributes it sets to its first parameters, in order, those that it
    removes, the place of the parameter that is the item's key, and when it applies."""

    table: str
    assigned: tuple[str, ...]
    removed: tuple[str, ...]
    key_parameter: int
    applies: Condition


@lru_cache(maxsize=100)
def condition(expression: str) -> Condition:
    """The condition of `expression`, as a function of an item ({} where there is none) and the
    values by placeholder. Raises NotUnderstood."""
    return _Parser(expression, 0).whole()


@lru_cache(maxsize=1_000)
def update(statement: str, key: str) -> Update:
    """What a PartiQL UPDATE says of a table whose partition key is `key`. Raises NotUnderstood."""
    found = _UPDATE.fullmatch(statement)
    if found is None:
        raise NotUnderstood(statement)
    assigned, removed, place = [], [], 0
    changes = found["changes"]
    while place < len(changes.rstrip()):
        if setting := _SET.match(changes, place):
            assigned.append(setting[1])
        elif removal := _REMOVE.match(changes, place):
            removed.append(removal[1])
        else:
            raise NotUnderstood(changes[place:])
        place = (setting or removal).end()  # type: ignore[union-attr]
    keyed = re.search(rf'"?\b{re.escape(key)}\b"?\s*=\s*\?', found["condition"])
    if keyed is None:
        raise NotUnderstood(f"no {key} = ? in {found['condition']}")
    before = found["condition"][: keyed.start()].count("?")
    return Update(
        found["table"],
        tuple(assigned),
        tuple(removed),
        len(assigned) + before,
        _Parser(found["condition"], len(assigned)).whole(),
    )


class _Parser:
    """One pass over an expression; `?` are numbered from `first_parameter`."""

    def __init__(self, expression: str, first_parameter: int) -> None:
        self.expression = expression
        self.tokens = _TOKEN.findall(expression)
        if "".join(self.tokens) != re.sub(r"\s", "", expression):
            raise NotUnderstood(expression)
        self.tokens.append("")
        self.place = 0
        self.parameters = first_parameter

    def whole(self) -> Condition:
        result = self._any()
        if self.tokens[self.place]:
            raise NotUnderstood(self.expression)
        return result

    def _next(self) -> str:
        self.place += 1
        return str(self.tokens[self.place - 1])

    def _taken(self, word: str) -> bool:
        if self.tokens[self.place].upper() != word:
            return False
        self.place += 1
        return True

    def _any(self) -> Condition:
        parts = [self._all()]
        while self._taken("OR"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else lambda i, v: any(part(i, v) for part in parts)

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._taken("AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda i, v: all(part(i, v) for part in parts)

    def _one(self) -> Condition:
        if self._taken("NOT"):
            inner = self._one()
            return lambda i, v: not inner(i, v)
        if self._taken("("):
            inner = self._any()
            self._expect(")")
            return inner
        word = self._next()
        if word in ("attribute_exists", "attribute_not_exists"):
            self._expect("(")
            name = self._next().strip('"')
            self._expect(")")
            wanted = word == "attribute_exists"
            return lambda item, _values: (name in item) == wanted
        return self._comparison(word.strip('"'))

    def _comparison(self, name: str) -> Condition:
        compare, operand = _OPERATORS.get(self._next()), self._next()
        place: Any = operand
        if operand == "?":
            place = self.parameters
            self.parameters += 1
        elif not operand.startswith(":"):
            raise NotUnderstood(self.expression)
        if compare is None:
            raise NotUnderstood(self.expression)
        compared = compare

        def holds(item: Item, values: Values) -> bool:
            held = item.get(name)
            return held is not None and compared(held["S"], values[place]["S"])

        return holds

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise NotUnderstood(self.expression)
