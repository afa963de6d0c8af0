"""Removing a synthetic agent from everywhere that they reached."""

from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from aspect_wfm.aws import Aws, Missing, Unanswered, asking
from aspect_wfm.doctor.firehose import ReportStream, hour_prefix
from aspect_wfm.synthetic_agent import MARK, lines_of, without_lines_of

# AWS takes no request of a clock that is further off than this.
_CLOCKS_DIFFER = timedelta(minutes=15)

# Lambda gives a record up after seven days, and Firehose tries for one.
_LAST_TO_COME = timedelta(days=8)

_HOUR = timedelta(hours=1)

_NO_SUCH_ETAG = '"0"'

_TRIES = 5


class ReportFiles:
    """The report files of one Firehose stream since a run began, without the lines of the run.

    `removed` counts the lines taken out, by username.
    """

    def __init__(
        self, aws: Aws, reports: ReportStream, usernames: Collection[str], start: datetime
    ) -> None:
        self._aws = aws
        self._reports = reports
        self._usernames = usernames
        self._start = start - _CLOCKS_DIFFER
        self._seen: set[tuple[str, str]] = set()
        self.removed: Counter[str] = Counter()

    def ask_for_the_rights(self) -> None:
        """Raises Denied if lines could not be removed. It requests the replacement of a file that
        does not exist, which has no effect."""
        key = f"{self._reports.prefix}{MARK}"
        for _ in self._listed(self._start):
            break
        where = {"Bucket": self._reports.bucket, "Key": key}
        with suppress(Missing):
            self._aws.call("s3", "head_object", **where)
        with suppress(Missing):
            self._aws.call("s3", "put_object", **where, Body=b"", IfMatch=_NO_SUCH_ETAG)

    def clean(self, now: datetime) -> None:
        """Remove the lines from what has been written since. Raises as `Aws.call` does."""
        for listed in self._listed(now):
            identity = (listed["Key"], listed["ETag"])
            if listed["LastModified"] >= self._start and identity not in self._seen:
                with suppress(Missing):  # a lifecycle rule may take it at any time
                    self._clean(listed["Key"])
                self._seen.add(identity)

    def _listed(self, now: datetime) -> Iterator[dict[str, Any]]:
        end = min(now + _CLOCKS_DIFFER, self._start + _LAST_TO_COME)
        hours = range(int((end - self._start) / _HOUR) + 1)
        moments = [*(self._start + hour * _HOUR for hour in hours), end]
        for prefix in dict.fromkeys(hour_prefix(self._reports.prefix, each) for each in moments):
            pages = self._aws.pages(
                "s3", "list_objects_v2", Bucket=self._reports.bucket, Prefix=prefix
            )
            for page in pages:
                yield from page.get("Contents", [])

    def _clean(self, key: str) -> None:
        """Rewrite a file only if it is still as it was read, so that nothing else is lost."""
        where = {"Bucket": self._reports.bucket, "Key": key}
        for _ in range(_TRIES):
            with asking("s3"):
                found = self._aws.client("s3").get_object(**where)
                content = found["Body"].read()
            lines = lines_of(content, self._usernames)
            if not lines:
                return
            try:
                self._aws.call(
                    "s3",
                    "put_object",
                    **where,
                    Body=without_lines_of(content, self._usernames),
                    ContentType=found.get("ContentType", "application/octet-stream"),
                    IfMatch=found["ETag"],
                )
            except Unanswered:  # somebody wrote it in between, or S3 did not answer
                continue
            self.removed.update(lines)
            return
        raise Unanswered(f"s3://{self._reports.bucket}/{key} could not be replaced")


def agent_item(aws: Aws, table: str, agent_arn: str) -> dict[str, Any] | None:
    """An agent's item as it is now. Raises as `Aws.call` does."""
    found = aws.call(
        "dynamodb",
        "get_item",
        TableName=table,
        Key={"AgentARN": {"S": agent_arn}},
        ConsistentRead=True,
    )
    value: dict[str, Any] | None = found.get("Item")
    return value


def delete_item(aws: Aws, table: str, agent_arn: str) -> None:
    """Raises as `Aws.call` does; it is nothing when there is no item."""
    aws.call("dynamodb", "delete_item", TableName=table, Key={"AgentARN": {"S": agent_arn}})
