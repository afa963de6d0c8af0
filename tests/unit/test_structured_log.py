import io
import sys
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    ParamValidationError,
    SSLError,
)

from function_runtime.structured_log import described, log


def answered(code: Any, message: Any = "secret") -> ClientError:
    return ClientError(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "4X"},
        },
        "PutObject",
    )


@pytest.mark.parametrize(
    "code",
    [
        *("ValidationException", "InvalidMessageContents", "SerializationException", "400", ""),
        *("ItemCollectionSizeLimitExceededException", "InvalidParameterValue", "InternalError"),
        *("SignatureDoesNotMatch", "TransactionCanceledException", None),
    ],
)
def test_an_answer_is_its_code_operation_status_and_request(code: Any) -> None:
    assert described(answered(code)) == f"{code} from PutObject (HTTP status 400, request 4X)"


@pytest.mark.parametrize(
    "code",
    [
        *("AWS.SimpleQueueService.NonExistentQueue", "AccessDenied", "AccessDeniedException"),
        *("ExpiredToken", "ExpiredTokenException", "InvalidKMSResourceException"),
        *("KMS.DisabledException", "KMSAccessDeniedException", "KmsAccessDenied", "NoSuchBucket"),
        *("ProvisionedThroughputExceededException", "QueueDoesNotExist", "RequestThrottled"),
        *("ResourceNotFoundException", "SlowDown", "Throttling", "ThrottlingException"),
        "UnrecognizedClientException",
    ],
)
def test_a_message_about_permissions_resources_keys_or_rates_is_quoted(code: str) -> None:
    assert described(answered(code, "which one")) == (
        f"{code} from PutObject (HTTP status 400, request 4X): which one"
    )


def test_an_answer_that_says_nothing_is_still_described() -> None:
    assert described(ClientError({}, "PutObject")) == (
        "None from PutObject (HTTP status None, request None)"
    )


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            EndpointConnectionError(endpoint_url="https://s3/"),
            "EndpointConnectionError: https://s3/",
        ),
        (SSLError(endpoint_url="https://s3/", error="secret"), "SSLError: https://s3/"),
        (HTTPClientError(error="secret"), "HTTPClientError"),
        (ParamValidationError(report="secret"), "ParamValidationError"),
    ],
)
def test_without_an_answer_it_is_the_kind_of_failure_and_the_endpoint(
    error: BotoCoreError, text: str
) -> None:
    assert described(error) == text


def test_a_line_is_out_when_it_is_logged_because_a_function_is_frozen_when_it_has_answered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out))
    log("ERROR", "said")
    assert out.getvalue() == b'{"level":"ERROR","message":"said"}\n'
