"""When two names are the same (wire contract, section 6)."""

import sys
import unicodedata

import pytest

from agent_events.names import name_key

BLANKS = [
    character
    for character in map(chr, range(sys.maxunicode + 1))
    if unicodedata.category(character) in ("Zs", "Zl", "Zp") or character in "\t\n\v\f\r\x85"
]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("EMEA", "emea"),
        (" Sales \t EU\r\n", "sales eu"),
        ("\u00c9quipe Nord", "e\u0301QUIPE nord"),
        ("Sales\u00a0EU", "Sales EU"),
        ("\u0130zmir", "izmir"),
        ("\u03a3\u0391\u03a3", "\u03c3\u03b1\u03c3"),
        ("\u212bngstr\u00f6m", "\u00e5ngstro\u0308m"),
        ("\uac00", "\u1100\u1161"),
        ("\u1e9e", "\u00df"),
    ],
)
def test_two_ways_to_type_a_name_are_the_same_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ma\u00dfe", "Masse"),
        ("\ufb01nance", "finance"),
        ("Sales\u200bEU", "SalesEU"),
        ("Sales\u200bEU", "Sales EU"),
        ("SalesEU", "Sales EU"),
        ("\u03c2", "\u03c3"),
        ("\u0131", "i"),
        ("\u00bd", "1/2"),
    ],
)
def test_what_people_read_as_two_names_is_not_the_same(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_every_kind_of_blank_is_one() -> None:
    assert len(BLANKS) >= 25
    for blank in BLANKS:
        assert name_key(f"{blank}a{blank}{blank}b{blank}") == "a b", hex(ord(blank))


def test_a_character_in_lower_case_is_one_character() -> None:
    for character in map(chr, range(0xD800)):
        if not character.isspace() and unicodedata.is_normalized("NFC", character):
            assert len(name_key(character)) == 1, hex(ord(character))


def test_a_key_is_its_own_key() -> None:
    for name in ("\u00c9quipe  Nord", "\u0130", "Ma\u00dfe", "\ud800"):
        assert name_key(name_key(name)) == name_key(name)
