"""Refused is what IAM refuses; a key that AWS does not know yet is neither refused nor allowed."""

from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError

from tests.acceptance.account import AccessKey, instead_of_refusal, once_allowed

# As AWS's services spell it: DynamoDB, Kinesis, Lambda and Firehose; IAM, S3 and SQS.
REFUSALS = pytest.mark.parametrize("code", ["AccessDeniedException", "AccessDenied"])
UNKNOWN_KEYS = pytest.mark.parametrize(
    "code", ["UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId"]
)


def answering(*codes: str | None) -> Callable[[], str]:
    """A call that is answered with each error code in turn (None: it succeeds), the last again."""

    def answers() -> Iterator[str | None]:
        yield from codes
        while True:
            yield codes[-1]

    given = answers()

    def call() -> str:
        code = next(given)
        if code:
            raise ClientError({"Error": {"Code": code}}, "Call")
        return "answer"

    return call


def no_time(_seconds: float) -> None:
    """Replaces a pause."""


@REFUSALS
def test_a_refused_call_is_refused(code: str) -> None:
    assert instead_of_refusal(answering(code), no_time) is None


@REFUSALS
def test_a_right_that_is_taken_away_may_still_be_there_for_a_while(code: str) -> None:
    assert instead_of_refusal(answering(None, None, code), no_time) is None


@UNKNOWN_KEYS
def test_an_unknown_key_is_not_taken_for_a_refusal(code: str) -> None:
    assert instead_of_refusal(answering(code), no_time) == code
    assert instead_of_refusal(answering(code, None), no_time) == "allowed"


@pytest.mark.parametrize("code", [None, "ValidationException", "ResourceNotFoundException"])
def test_what_is_not_refused_is_allowed_whatever_comes_of_it(code: str | None) -> None:
    assert instead_of_refusal(answering(code), no_time) == (code or "allowed")


@pytest.mark.parametrize("code", ["AccessDenied", "UnrecognizedClientException"])
def test_a_new_key_is_given_time(code: str) -> None:
    assert once_allowed(answering(code, code, None), no_time) == "answer"


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidClientTokenId"])
def test_what_stays_refused_raises(code: str) -> None:
    with pytest.raises(ClientError, match=code):
        once_allowed(answering(code), no_time)


def test_another_error_raises_at_once() -> None:
    with pytest.raises(ClientError, match="Validation"):
        once_allowed(answering("ValidationException", None), no_time)


def test_the_secret_of_a_key_is_in_no_text() -> None:
    assert "hush" not in repr(AccessKey("AKIAEXAMPLE", "hush"))
