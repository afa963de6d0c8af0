"""The reference table as it is in S3 now, or was less than a minute ago (wire contract, 2.2)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from agent_classifier.status_table import STATUS_TABLE_KEY, StatusTable, parse_status_table

_SECONDS_KEPT = 60

# S3 says AccessDenied instead to a role that may not list the bucket; that is an error, not this.
_MISSING = {"NoSuchKey", "404"}


@dataclass(frozen=True, slots=True)
class _Known:
    """A table, when it was asked for, and its ETag; None where there is no object."""

    table: StatusTable
    etag: str | None
    asked_at: float


def status_table_source(
    s3: Any, bucket: str, now: Callable[[], float]
) -> Callable[[str], StatusTable]:
    """A function that returns the current table; without an object, an empty one. It takes the id
    of the account that has to own the bucket.

    `now` tells the time in seconds. What was read is kept between calls and requested again when it
    is a minute old; only a changed table is then read. Raises StatusTableError for a table that
    cannot be understood and what botocore raises for one that cannot be read: an outdated table is
    never used instead, and the next call tries again.
    """
    known: _Known | None = None

    def current(owner: str) -> StatusTable:
        nonlocal known
        time = now()
        # A clock that was set back must not keep a table for longer.
        if known is None or not 0 <= time - known.asked_at < _SECONDS_KEPT:
            known = _read(s3, {"Bucket": bucket, "ExpectedBucketOwner": owner}, known, time)
        return known.table

    return current


def _read(s3: Any, bucket: Mapping[str, str], known: _Known | None, time: float) -> _Known:
    condition = {"IfNoneMatch": known.etag} if known and known.etag else {}
    try:
        found = s3.get_object(**bucket, Key=STATUS_TABLE_KEY, **condition)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if known and code == "304":
            return _Known(known.table, known.etag, time)
        if code in _MISSING:
            return _Known({}, None, time)
        raise
    return _Known(parse_status_table(found["Body"].read()), found["ETag"], time)
