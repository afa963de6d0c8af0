"""When two names typed by people are the same name (wire contract, section 6)."""

import unicodedata


def name_key(name: str) -> str:
    """What all spellings of one status or hierarchy group name have in common.

    That is the name in Unicode normal form C, with each run of blanks (`\\p{Z}`, tabs, line breaks)
    as one space and none at the ends, and each character in lower case by Unicode's simple mapping,
    as Terraform's `lower` has it: `ß` is not `ss`, and `İ` is `i`. A zero-width character is no
    blank, so it makes another name.
    """
    if name.isascii():
        return " ".join(name.split()).lower()
    return "".join(map(_lower, " ".join(unicodedata.normalize("NFC", name).split())))


def _lower(character: str) -> str:
    # Python maps a character to several by Unicode's full mapping: `İ` to `i` and a dot above.
    return character.lower()[0]
