"""Puts the zips into a bucket of your own, for `qss3_bucket_name` and `qss3_key_prefix`."""

import argparse
import re
import sys

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from build_zips import ZIPS, zip_of


def publish(bucket: str, prefix: str) -> list[str]:
    """Upload every zip under `prefix` (empty, or ending in `/`); the keys, in order."""
    s3 = boto3.client("s3")
    keys = []
    for path, packages in ZIPS.items():
        key = f"{prefix}{path.name}"
        s3.put_object(Bucket=bucket, Key=key, Body=zip_of(packages), ContentType="application/zip")
        keys.append(key)
    return keys


def main() -> int:
    """Put the zips into the bucket; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bucket", help="the bucket's name")
    parser.add_argument("prefix", nargs="?", default="", help="key prefix, ending in /")
    arguments = parser.parse_args()
    if not re.fullmatch(r"|[A-Za-z0-9-][A-Za-z0-9/-]*/", arguments.prefix):
        parser.error(
            f"the prefix is {arguments.prefix!r}: it may hold letters, digits, hyphens and "
            "slashes, does not begin with / and ends in /, as in connect-integration-aspect-wfm/"
        )
    try:
        keys = publish(arguments.bucket, arguments.prefix)
    except (BotoCoreError, ClientError) as error:
        print(f"The upload to {arguments.bucket} failed: {error}", file=sys.stderr)
        return 1
    for key in keys:
        print(f"s3://{arguments.bucket}/{key}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
