"""Packing report lines into Firehose records: Firehose meters and limits records, not lines."""

from collections.abc import Iterable
from dataclasses import dataclass

# Firehose's limit for a record's data, in bytes before Base64: 1,000 KiB.
LARGEST_RECORD = 1_024_000


@dataclass(frozen=True, slots=True)
class ReportLine:
    """A line with its line end, and the Kinesis record that it came from."""

    sequence_number: str
    data: bytes


@dataclass(frozen=True, slots=True)
class FirehoseRecord:
    """Whole lines one after another, and the Kinesis records that they came from."""

    data: bytes
    sequence_numbers: tuple[str, ...]


def packed(lines: Iterable[ReportLine]) -> tuple[list[FirehoseRecord], list[str]]:
    """As few records as hold the lines in their order, and the sequence numbers of the lines that
    are too large for any record."""
    records: list[FirehoseRecord] = []
    too_large: list[str] = []
    waiting: list[ReportLine] = []
    size = 0
    for line in lines:
        if len(line.data) > LARGEST_RECORD:
            too_large.append(line.sequence_number)
            continue
        if size + len(line.data) > LARGEST_RECORD:
            records.append(_record(waiting))
            waiting, size = [], 0
        waiting.append(line)
        size += len(line.data)
    if waiting:
        records.append(_record(waiting))
    return records, too_large


def _record(lines: list[ReportLine]) -> FirehoseRecord:
    return FirehoseRecord(
        b"".join(line.data for line in lines), tuple(line.sequence_number for line in lines)
    )
