"""How a Flink job's shards come to its tasks: by the hash of their names, so never evenly.

PyFlink's key is a Java Row of one field, and the task follows from its key group. Flink's
KeyGroupRangeAssignment, MathUtils.murmurHash and Row.hashCode are what is written down here;
tests/flink/test_tasks.py compares the outcome with Flink's own.
"""

from collections import Counter

_LEAST_KEY_GROUPS, _MOST_KEY_GROUPS = 128, 32_768
_MASK = 0xFFFF_FFFF


def fullest_task(shards: int, tasks: int) -> int:
    """How many of the first `shards` shards of a stream the task has that has the most."""
    groups = min(
        max(1 << (tasks + tasks // 2 - 1).bit_length(), _LEAST_KEY_GROUPS), _MOST_KEY_GROUPS
    )
    loads = Counter(
        _murmur(_row(f"shardId-{shard:012}")) % groups * tasks // groups for shard in range(shards)
    )
    return max(loads.values())


def _row(text: str) -> int:
    hashed = 0
    for character in text:
        hashed = 31 * hashed + ord(character)
    return hashed + 62 & _MASK


def _murmur(code: int) -> int:
    code = _rotated(code * 0xCC9E2D51 & _MASK, 15) * 0x1B873593 & _MASK
    code = _rotated(code, 13) * 5 + 0xE6546B64 & _MASK
    code ^= 4
    code = (code ^ code >> 16) * 0x85EBCA6B & _MASK
    code = (code ^ code >> 13) * 0xC2B2AE35 & _MASK
    code ^= code >> 16
    return code if code < 1 << 31 else (1 << 32) - code


def _rotated(code: int, by: int) -> int:
    return (code << by | code >> 32 - by) & _MASK
