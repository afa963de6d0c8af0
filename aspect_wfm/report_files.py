"""Where report files come from: the report bucket, or a folder with a copy of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from aspect_wfm.outcome import CannotTell

# It lies in the same bucket, and is no report (wire contract, section 2.2).
_REFERENCE_TABLE = "ASPECT_AGENT_STATUS_INFO.csv"

_ADVICE = {
    "NoSuchBucket": "there is no such bucket; check the name, and the region",
    "NoSuchKey": "the object was deleted while the report was read; try again",
    "AccessDenied": "access denied; s3:ListBucket and s3:GetObject are needed",
    "403": "access denied; s3:ListBucket and s3:GetObject are needed",
}


@dataclass(frozen=True, slots=True)
class ReportObject:
    """A report file: its object key, or its path in a folder, and its bytes."""

    key: str
    data: bytes


class SourceError(CannotTell):
    """The report files cannot be reached; the text says which and why."""


def read_bucket(s3: Any, bucket: str, prefix: str) -> Iterator[ReportObject]:
    """The report objects of `bucket` under `prefix`, in the order of their keys.

    `s3` is a boto3 client whose identity has s3:ListBucket on the bucket and s3:GetObject under
    the prefix; nothing else is used. Raises SourceError.
    """
    where = f"s3://{bucket}/{prefix}"
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for listed in page.get("Contents", []):
                key: str = listed["Key"]
                if _is_report(key):
                    where = f"s3://{bucket}/{key}"
                    body = s3.get_object(Bucket=bucket, Key=key)["Body"]
                    yield ReportObject(key, body.read())
    except ClientError as error:
        reason = _ADVICE.get(error.response["Error"]["Code"], str(error))
        raise SourceError(_sentence(where, reason)) from error
    except BotoCoreError as error:
        raise SourceError(_sentence(where, str(error))) from error


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


def _sentence(where: str, reason: str) -> str:
    return f"Cannot read {where}: {reason.rstrip('.')}."


def _is_report(key: str) -> bool:
    # The console makes a "folder" by putting an empty object whose key ends in a slash.
    return key != _REFERENCE_TABLE and not key.endswith("/")
