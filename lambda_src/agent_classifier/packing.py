"""Packing report lines into Firehose records: Firehose meters and limits records, not lines."""

from collections.abc import Iterable
from typing import NamedTuple

# Firehose's limit for a record's data, in bytes before Base64: 1,000 KiB.
LARGEST_RECORD = 1_024_000


# The Kinesis record that a line came from, by its sequence number, and the line with its line end.
ReportLine = tuple[str, bytes]


class FirehoseRecord(NamedTuple):
    """Whole lines one after another, and the Kinesis records that they came from."""

    data: bytes
    sequence_numbers: tuple[str, ...]


def packed(lines: Iterable[ReportLine]) -> list[FirehoseRecord]:
    """As few records as hold the lines in their order; no line is longer than LARGEST_RECORD."""
    records: list[FirehoseRecord] = []
    sequence_numbers: list[str] = []
    data: list[bytes] = []
    size = 0
    for sequence_number, line in lines:
        size += len(line)
        if size > LARGEST_RECORD:
            records.append(FirehoseRecord(b"".join(data), tuple(sequence_numbers)))
            sequence_numbers, data, size = [], [], len(line)
        sequence_numbers.append(sequence_number)
        data.append(line)
    if data:
        records.append(FirehoseRecord(b"".join(data), tuple(sequence_numbers)))
    return records
