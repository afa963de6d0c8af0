"""Reading a function's configuration: a missing or malformed variable stops it by name."""

import re
from collections.abc import Mapping
from typing import TypeVar

Choice = TypeVar("Choice", bound=str)

_BOOLEANS = {"true": True, "false": False}


class ConfigurationError(Exception):
    """The function cannot work as configured; the text names the variable and its value."""


def required(environment: Mapping[str, str], name: str, meaning: str) -> str:
    """The value of the variable `name`; `meaning` says in the error what it has to hold."""
    value = environment.get(name, "")
    if not value:
        raise ConfigurationError(f"Environment variable {name} is missing: set it to {meaning}.")
    return value


def whole_number(
    environment: Mapping[str, str], name: str, meaning: str, least: int, most: int
) -> int:
    """The whole number in the variable `name`, from `least` to `most`."""
    value = required(environment, name, meaning)
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise ConfigurationError(
            f"Environment variable {name} is {value!r}: set it to {meaning}, "
            f"a whole number from {least} to {most}."
        )
    return int(value)


def one_of(
    environment: Mapping[str, str],
    name: str,
    meaning: str,
    choices: tuple[Choice, ...],
    default: Choice | None = None,
) -> Choice:
    """The value of the variable `name`, which is one of `choices`.

    `default` where the variable is missing: an RTA server that sets the flag writes back the
    variables as it read them, and may have read them before this one existed.
    """
    if default and name not in environment:
        return default
    value = required(environment, name, meaning)
    for choice in choices:
        if choice == value:
            return choice
    raise ConfigurationError(
        f"Environment variable {name} is {value!r}: set it to {meaning}, "
        f"one of {', '.join(choices)}."
    )


def boolean(value: str, where: str) -> bool:
    """`true` or `false` in any case (wire contract, section 3.3); `where` names the source."""
    try:
        return _BOOLEANS[value.lower()]
    except KeyError:
        raise ConfigurationError(f"{where} is {value!r}: set it to True or False.") from None
