"""Report files as Firehose would have written them.

Firehose names an object `<prefix>YYYY/MM/dd/HH/<stream>-<version>-YYYY-MM-dd-HH-mm-ss-<uuid>`, in
UTC, by the arrival of its oldest record (Amazon Data Firehose Developer Guide, "Configure Amazon S3
object name format" and "Understand custom prefixes for Amazon S3 objects").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import groupby
from uuid import NAMESPACE_URL, uuid5

from aspect_wfm.rebuild.lines import Line
from aspect_wfm.report_files import ReportObject

# The buffering of modules/agent_productivity/firehose.tf.
BUFFERED = timedelta(minutes=5)
LARGEST_FILE = 5 * 1_024 * 1_024


@dataclass(frozen=True, slots=True)
class Naming:
    """What goes into the names: the Firehose stream, its version, and its prefix."""

    firehose_stream: str
    version: str
    prefix: str

    def hour(self, moment: datetime) -> str:
        """The prefix of the files of the hour around `moment`, which is in UTC."""
        return f"{self.prefix}{moment:%Y/%m/%d/%H}/"

    def key(self, begun: datetime, data: bytes) -> str:
        """The name of the file for `data` from `begun` on; the same data has the same name."""
        stem = f"{self.hour(begun)}{self.firehose_stream}-{self.version}-{begun:%Y-%m-%d-%H-%M-%S}-"
        return stem + str(uuid5(NAMESPACE_URL, stem + sha256(data).hexdigest()))


def report_files(lines: Iterable[Line], naming: Naming) -> Iterator[ReportObject]:
    """The files for `lines`, which are sorted: one for every five minutes, more where it would be
    larger than Firehose makes one."""
    for begun, some in groupby(lines, lambda each: _begun(each.arrived)):
        for data in _files([each.text for each in some]):
            yield ReportObject(naming.key(begun, data), data)


def hours_around(start: datetime, end: datetime) -> Iterator[datetime]:
    """The hours around `start` to `end`, by when they began."""
    hour = start.replace(minute=0, second=0, microsecond=0)
    while hour <= end:
        yield hour
        hour += timedelta(hours=1)


def _begun(moment: datetime) -> datetime:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment - (moment - midnight) % BUFFERED


def _files(texts: Iterable[bytes]) -> Iterator[bytes]:
    file: list[bytes] = []
    size = 0
    for each in texts:
        if file and size + len(each) > LARGEST_FILE:
            yield b"".join(file)
            file, size = [], 0
        file.append(each)
        size += len(each)
    if file:
        yield b"".join(file)
