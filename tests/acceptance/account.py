"""The AWS account of a run: clients with the ambient credentials, or with one user's key."""

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

Answer = TypeVar("Answer")

# What AWS answers to a call that a policy does not allow.
_REFUSED = re.compile("AccessDenied|AuthorizationError|Forbidden|NotAuthorized|^403$")

# What it answers while a new key is not known everywhere yet, which takes seconds.
_KEY_UNKNOWN = re.compile(
    "InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|^401$"
)

# IAM is eventually consistent: a new key or policy takes effect within this (IAM User Guide,
# "Troubleshoot IAM", "Changes that I make are not always immediately visible").
_CONSISTENT_WITHIN_SECONDS = 120


class RegionMissingError(Exception):
    """Neither the environment nor the profile names a region."""


@dataclass(frozen=True, slots=True)
class AccessKey:
    """The access key of an IAM user; its secret is printed nowhere."""

    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """An account in one region, as the ambient credentials reach it."""

    account_id: str
    region: str

    def client(self, service: str, key: AccessKey | None = None) -> Any:
        """A boto3 client with the ambient credentials, or with those of `key` alone."""
        return _client(service, self.region, key)


@cache
def _client(service: str, region: str, key: AccessKey | None) -> Any:
    """Made once, because making one takes a good part of a second."""
    if key is None:
        session = boto3.session.Session(region_name=region)
    else:
        session = boto3.session.Session(
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            region_name=region,
        )
    return session.client(
        service, config=Config(retries={"mode": "standard", "total_max_attempts": 6})
    )


def ambient_account() -> Account:
    """The account and region of the ambient credentials, asked from STS.

    Raises RegionMissingError, or what botocore raises without usable credentials.
    """
    region = os.environ.get("AWS_REGION") or boto3.session.Session().region_name
    if not region:
        raise RegionMissingError(
            "No region: set AWS_REGION to the region of the Amazon Connect instance."
        )
    sts = boto3.session.Session(region_name=region).client("sts")
    return Account(sts.get_caller_identity()["Account"], region)


def error_code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def once_allowed(call: Callable[[], Answer], sleep: Callable[[float], None] = time.sleep) -> Answer:
    """The answer of a call that must be allowed, as soon as IAM knows of the key and its rights.

    Raises the last ClientError when that takes more than two minutes, and any other at once.
    """
    waited = 0.0
    while True:
        try:
            return call()
        except ClientError as error:
            code = error_code(error)
            passing = _REFUSED.search(code) or _KEY_UNKNOWN.search(code)
            if not passing or waited >= _CONSISTENT_WITHIN_SECONDS:
                raise
        sleep(2)
        waited += 2


def instead_of_refusal(
    call: Callable[[], object], sleep: Callable[[float], None] = time.sleep
) -> str | None:
    """None if IAM refuses a call, now or once a removed permission is gone everywhere;
    otherwise what came of it for two minutes: "allowed", or the code of another error.

    A key that AWS does not know yet says nothing of rights.
    """
    waited = 0.0
    while True:
        try:
            call()
            came = "allowed"
        except ClientError as error:
            came = error_code(error)
            if _REFUSED.search(came):
                return None
        if waited >= _CONSISTENT_WITHIN_SECONDS:
            return came
        sleep(2)
        waited += 2
