from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from agent_classifier.status_table import StatusTable, StatusTableError
from agent_classifier.status_table_source import status_table_source
from tests.unit.aws import Client, create_bucket
from tests.unit.events import ACCOUNT

BUCKET = "reports"
KEY = "ASPECT_AGENT_STATUS_INFO.csv"


class Clock:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


class CountingS3:
    """The S3 client, with the answers to its requests: `read`, or the error's code."""

    def __init__(self, s3: Any) -> None:
        self.s3 = s3
        self.answers: list[str] = []

    def get_object(self, **request: Any) -> Any:
        assert request["ExpectedBucketOwner"] == ACCOUNT, "the name may be another bucket's"
        try:
            answer = self.s3.get_object(**request)
        except ClientError as error:
            self.answers.append(error.response["Error"]["Code"])
            raise
        self.answers.append("read")
        return answer


@pytest.fixture
def s3(client: Client) -> CountingS3:
    create_bucket(client("s3"), BUCKET)
    return CountingS3(client("s3"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def current(s3: CountingS3, clock: Clock) -> Callable[[], StatusTable]:
    return partial(status_table_source(s3, BUCKET, clock), ACCOUNT)


def upload(s3: CountingS3, *rows: str) -> None:
    body = "\n".join(["StateName,StateType", *rows]).encode()
    s3.s3.put_object(Bucket=BUCKET, Key=KEY, Body=body)


def test_without_an_object_the_table_is_empty_until_one_is_uploaded(
    s3: CountingS3, clock: Clock, current: Callable[[], StatusTable]
) -> None:
    assert current() == {}
    upload(s3, "Project,0")
    clock.seconds += 59.9
    assert current() == {}
    assert s3.answers == ["NoSuchKey"], "asked once a minute"
    clock.seconds += 0.1
    assert current() == {"project": "0"}


def test_a_table_is_kept_for_a_minute_and_read_again_only_when_it_changed(
    s3: CountingS3, clock: Clock, current: Callable[[], StatusTable]
) -> None:
    upload(s3, "Project,0")
    assert current() == current() == {"project": "0"}
    assert s3.answers == ["read"]
    for _ in range(2):
        clock.seconds += 60
        assert current() == current() == {"project": "0"}
    assert s3.answers == ["read", "304", "304"]
    upload(s3, "Project,1")
    clock.seconds += 60
    assert current() == {"project": "1"}
    assert s3.answers == ["read", "304", "304", "read"]


def test_a_deleted_table_is_forgotten_and_the_same_one_read_again(
    s3: CountingS3, clock: Clock, current: Callable[[], StatusTable]
) -> None:
    upload(s3, "Project,0")
    current()
    s3.s3.delete_object(Bucket=BUCKET, Key=KEY)
    clock.seconds += 60
    assert current() == {}
    upload(s3, "Project,0")
    clock.seconds += 60
    assert current() == {"project": "0"}


def test_a_bad_table_raises_every_time_until_it_is_mended(
    s3: CountingS3, clock: Clock, current: Callable[[], StatusTable]
) -> None:
    upload(s3, "Project,0")
    current()
    upload(s3, "Project,0", "Lunch,X")
    clock.seconds += 60
    for _ in range(2):
        with pytest.raises(StatusTableError, match="row 3: StateType is 'X'"):
            current()
    upload(s3, "Project,0")
    assert current() == {"project": "0"}


def test_a_clock_set_back_does_not_keep_a_table(
    s3: CountingS3, clock: Clock, current: Callable[[], StatusTable]
) -> None:
    current()
    upload(s3, "Project,0")
    clock.seconds -= 3_600
    assert current() == {"project": "0"}


def test_a_bucket_that_is_not_there_is_no_missing_table(s3: CountingS3, clock: Clock) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        status_table_source(s3, "gone", clock)(ACCOUNT)


def test_a_table_that_may_not_be_read_is_no_missing_table_and_no_old_one(clock: Clock) -> None:
    class Denying:
        denied = False

        def get_object(self, **_request: Any) -> Any:
            code = "AccessDenied" if self.denied else "NoSuchKey"
            raise ClientError({"Error": {"Code": code, "Message": "no"}}, "GetObject")

    s3 = Denying()
    current = partial(status_table_source(s3, BUCKET, clock), ACCOUNT)
    assert current() == {}
    s3.denied = True
    clock.seconds += 60
    for _ in range(2):
        with pytest.raises(ClientError, match="AccessDenied"):
            current()


@pytest.mark.parametrize("code", ["NoSuchKey", "404"])
def test_an_answer_that_there_is_no_object_is_an_empty_table(code: str) -> None:
    class Missing:
        def get_object(self, **_request: Any) -> None:
            raise ClientError({"Error": {"Code": code}}, "GetObject")

    assert status_table_source(Missing(), BUCKET, Clock())(ACCOUNT) == {}
