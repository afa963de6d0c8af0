"""Where report files come from: the report bucket, or a folder with a copy of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aspect_wfm.aws import asking
from aspect_wfm.outcome import CannotTell

# It lies in the same bucket, and is no report (wire contract, section 2.2).
_REFERENCE_TABLE = "ASPECT_AGENT_STATUS_INFO.csv"


@dataclass(frozen=True, slots=True)
class ReportObject:
    """A report file: its object key, or its path in a folder, and its bytes."""

    key: str
    data: bytes


class SourceError(CannotTell):
    """The report files of a folder cannot be read; the text says which and why."""


def read_bucket(s3: Any, bucket: str, prefix: str) -> Iterator[ReportObject]:
    """The report objects of `bucket` under `prefix`, in the order of their keys.

    `s3` is a boto3 client whose identity has s3:ListBucket on the bucket and s3:GetObject under
    the prefix; nothing else is used. Raises Refused.
    """
    with asking("s3", Bucket=bucket):
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for listed in page.get("Contents", []):
                key: str = listed["Key"]
                if _is_report(key):
                    with asking("s3", Bucket=bucket, Key=key):
                        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
                    yield ReportObject(key, body)


def read_folder(folder: Path) -> Iterator[ReportObject]:
    """The files in `folder` and below, in the order of their paths, which become their keys.

    Hidden files are passed over. Raises SourceError.
    """
    if not folder.is_dir():
        raise SourceError(f"Cannot read {folder}: there is no such folder.")
    try:
        for path in sorted(folder.rglob("*")):
            key = path.relative_to(folder).as_posix()
            if path.is_file() and not path.name.startswith(".") and _is_report(key):
                yield ReportObject(key, path.read_bytes())
    except OSError as error:
        raise SourceError(f"Cannot read {error.filename or folder}: {error.strerror}.") from error


def _is_report(key: str) -> bool:
    # The console makes a "folder" by putting an empty object whose key ends in a slash.
    return key != _REFERENCE_TABLE and not key.endswith("/")
