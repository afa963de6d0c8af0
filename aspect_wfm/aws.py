"""Calls to AWS, with one exception for each kind of failure: denied, missing, no answer."""

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoRegionError

from aspect_wfm.outcome import CannotTell
from function_runtime.structured_log import described

_QUICK = Config(
    connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 3}
)

# Where the action that IAM asks for is not called as the operation.
_ACTIONS = {
    "kinesisanalyticsv2:DescribeApplication": "kinesisanalytics:DescribeApplication",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjectsV2": "s3:ListBucket",
}

_DENIED = (
    "AccessDenied",
    "AuthorizationError",
    "Forbidden",
    "NotAuthorized",
    "Unauthorized",
    "403",
)

_MISSING = {
    "404",
    "AWS.SimpleQueueService.NonExistentQueue",
    "NoSuchBucket",
    "NoSuchEntity",
    "NoSuchKey",
    "NotFoundException",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
}

# What a call is about, by the parameter that names it, as a name, a URL or an ARN.
_NOUNS = {
    "ApplicationName": "Flink application",
    "Bucket": "Bucket",
    "DeliveryStreamName": "Firehose stream",
    "FunctionName": "Function",
    "InstanceId": "Amazon Connect instance",
    "KeyId": "KMS key",
    "Name": "Rule",
    "QueueUrl": "Queue",
    "RoleName": "Role",
    "StreamARN": "Stream",
    "TableName": "Table",
    "UserName": "User",
}

_CREDENTIALS_REFUSED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "InvalidToken",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}

_ACTION_SAID = re.compile(r"not authorized to perform:? ([a-z0-9-]+:[A-Za-z]+)")


class Refused(Exception):
    """A call without a usable answer; the text says why."""


class Denied(Refused):
    """These credentials may not do `action`."""

    def __init__(self, action: str) -> None:
        super().__init__(f"these credentials may not do {action}")
        self.action = action


class Missing(Refused):
    """The resource does not exist; `thing` names it, as in `Queue events-1.fifo`."""

    def __init__(self, thing: str) -> None:
        super().__init__(f"{thing} does not exist")
        self.thing = thing


class Unanswered(Refused):
    """No usable answer; the text is what came instead."""


class Unreachable(CannotTell):
    """AWS cannot be called at all; the text says why and what to do."""


def use_profile_and_region(options: argparse.Namespace) -> None:
    """Have `boto3.client` use the profile and region of `aspect_wfm.arguments.add_connection`, if
    they are given. Raises what botocore raises for a profile that does not exist."""
    if getattr(options, "profile", None) or getattr(options, "region", None):
        boto3.setup_default_session(profile_name=options.profile, region_name=options.region)


# What a call of AWS raises, within `asking` and without.
AWS_ERRORS = (Refused, BotoCoreError, ClientError)


def explained(error: BaseException) -> str:
    """What to say of one of `AWS_ERRORS` after which a command cannot go on, and what to do: every
    command says the same of the same mistake."""
    if isinstance(error, Unanswered):
        if error.__cause__ is None:
            return f"Cannot continue: {error}."
        error = error.__cause__
    if isinstance(error, ClientError):
        if (code := error.response["Error"].get("Code")) in _CREDENTIALS_REFUSED:
            return f"AWS does not accept the credentials ({code}): log in again, or set --profile."
        meaning = _meaning(error, "", {})
        if isinstance(meaning, Unanswered):
            return f"AWS rejected a call: {described(error)}."
        error = meaning
    if isinstance(error, Denied):
        return f"These credentials may not do {error.action}: allow it, or set --profile."
    if isinstance(error, Missing):
        region = (boto3.DEFAULT_SESSION or boto3.Session()).region_name
        return f"{error} (region {region}): check the name, --region and --profile."
    return (
        f"Cannot call AWS: {str(error).rstrip('.')}. Credentials and region are found as the AWS "
        "CLI finds them: set --profile and --region, or AWS_PROFILE and AWS_REGION."
    )


@contextmanager
def asking(service: str, **parameters: Any) -> Iterator[None]:
    """What botocore raises in the block, by what it means; the parameters of its call name what it
    is about. Raises Refused."""
    try:
        yield
    except ClientError as error:
        raise _meaning(error, service, parameters) from error
    except BotoCoreError as error:
        raise Unanswered(f"{service}: {error}") from error


class Aws:
    """AWS as one identity sees it, in one region. Clients find both as the AWS CLI does."""

    def __init__(self) -> None:
        self._clients: dict[str, Any] = {}
        self._answers: dict[str, Any] = {}

    def identity(self) -> tuple[str, str]:
        """The account of the credentials, and the region. Raises Unreachable."""
        try:
            with asking("sts"):
                client = self.client("sts")
                region: str = client.meta.region_name
                if region.endswith("-global"):  # only this client does without a region
                    raise NoRegionError
                return client.get_caller_identity()["Account"], region
        except (Refused, ValueError) as error:
            raise Unreachable(explained(error)) from error

    def client(self, service: str) -> Any:
        """The boto3 client, made once."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service, config=_QUICK)
        return self._clients[service]

    def ask(self, service: str, method: str, **parameters: Any) -> Any:
        """What a call of the client answers; asked once, remembered for the next time.

        Raises Refused, the next time too.
        """
        question = json.dumps([service, method, parameters], sort_keys=True, default=str)
        if question not in self._answers:
            try:
                self._answers[question] = self.call(service, method, **parameters)
            except Refused as refusal:
                self._answers[question] = refusal
        answer = self._answers[question]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def call(self, service: str, method: str, **parameters: Any) -> Any:
        """What a call of the client answers now. Raises Refused."""
        with asking(service, **parameters):
            return getattr(self.client(service), method)(**parameters)

    def pages(self, service: str, method: str, **parameters: Any) -> Iterator[Any]:
        """The pages of an answer, as far as they are looked at. Raises as `call` does."""
        with asking(service, **parameters):
            yield from self.client(service).get_paginator(method).paginate(**parameters)


def _meaning(error: ClientError, service: str, parameters: Mapping[str, Any]) -> Refused:
    code, message = (str(error.response["Error"].get(name)) for name in ("Code", "Message"))
    if any(sign in code for sign in _DENIED):
        said = _ACTION_SAID.search(message)
        action = f"{service}:{error.operation_name}" if service else error.operation_name
        return Denied(said[1] if said else _ACTIONS.get(action, action))
    if code in _MISSING:
        if "Key" in parameters and code == "NoSuchKey":
            return Missing(f"Object s3://{parameters['Bucket']}/{parameters['Key']}")
        named = [
            f"{noun} {str(parameters[name]).rpartition('/')[2]}"
            for name, noun in _NOUNS.items()
            if name in parameters
        ]
        return Missing(named[0] if named else f"What {error.operation_name} asks about")
    return Unanswered(f"{service} answered {code} to {error.operation_name}")
