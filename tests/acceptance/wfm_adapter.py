"""What a WFM Adapter does, with the key of its user and nothing else (wire contract, section 2)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.acceptance.account import AccessKey, Account, once_allowed


class ReportFile(NamedTuple):
    """A report file: its key, when S3 had it (seconds since 1970), its lines but for heartbeats."""

    key: str
    written_at: float
    lines: tuple[bytes, ...]


class WfmAdapter:
    """A connection of the adapter to a report bucket; files that were read are not read again."""

    def __init__(self, account: Account, key: AccessKey, bucket: str, prefix: str) -> None:
        self._s3 = account.client("s3", key)
        self._bucket, self._prefix = bucket, prefix
        self._read: dict[str, ReportFile] = {}

    def files(self) -> list[ReportFile]:
        """Every report file as it is now."""
        for found in once_allowed(lambda: list(self._listed())):
            if found["Key"] not in self._read:
                body = self._s3.get_object(Bucket=self._bucket, Key=found["Key"])["Body"].read()
                self._read[found["Key"]] = ReportFile(
                    found["Key"],
                    found["LastModified"].timestamp(),
                    tuple(line for line in body.split(b"\n") if line),
                )
        return list(self._read.values())

    def _listed(self) -> Iterator[Any]:
        pages = self._s3.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
            yield from page.get("Contents", [])


def missing(lines: tuple[bytes, ...], files: list[ReportFile]) -> list[bytes]:
    """Those of `lines` that no file has."""
    there = Counter(line for each in files for line in each.lines)
    return sorted((Counter(lines) - there).elements())


def found_at(lines: tuple[bytes, ...], files: list[ReportFile]) -> float:
    """When the last of `lines` was first in a file, in seconds since 1970."""
    first: dict[bytes, float] = {}
    for each in files:
        for line in each.lines:
            first[line] = min(first.get(line, each.written_at), each.written_at)
    return max(first[line] for line in lines)
