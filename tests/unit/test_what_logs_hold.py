"""Whatever an event holds and whatever a service answers, nothing of the event is in a log."""

import contextlib
import io
import json
from typing import Any, NoReturn
from unittest import mock

import pytest
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError, SSLError
from hypothesis import given
from hypothesis import strategies as st

from agent_classifier.status_table import StatusTableError
from tests.fuzz.fake_aws import Client, Failure, FakeAws, TransactionCanceledException
from tests.fuzz.handlers import CLASSIFIER, RELAY, context_of, handler_of
from tests.unit.events import event, invocation, snapshot
from tests.unit.examples import costly

# All text of an event begins with it, and nothing else contains it.
MARK = "SeCrEt"

OPERATIONS = (
    "BatchExecuteStatement",
    "PutObject",
    "PutRecordBatch",
    "SendMessageBatch",
    "TransactWriteItems",
)

# Those whose message may quote the request; what the others say is about resources only.
CODES = st.sampled_from(
    (
        *("ValidationException", "InvalidMessageContents", "SerializationException", "400", ""),
        *("InvalidParameterValue", "InternalServerError", "MalformedXML", "SignatureDoesNotMatch"),
    )
) | st.text(st.characters(codec="ascii"), max_size=9).map(lambda text: f"New{text}Exception")

TEXTS = st.text(max_size=9).map(lambda text: MARK + text)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """An event that is secret but for its times and types; some are too large, some no events."""
    text = draw(TEXTS)
    current = snapshot(text, text, text, draw(st.sampled_from((None, "EMEA"))))
    times = ("2026-03-02T09:00:00Z", "2026-03-02T09:00:01Z", "2099-01-01T00:00:00Z", text)
    return event(
        AWSAccountId=text,
        AgentARN=text,
        EventId=text,
        EventType=draw(st.sampled_from(("STATE_CHANGE", "LOGOUT", "HEART_BEAT", text))),
        EventTimestamp=draw(st.sampled_from(times)),
        CurrentAgentSnapshot=draw(st.sampled_from((current, text))),
        Unknown=draw(st.sampled_from((1, MARK * 45_000, {text: text}))),
    )


def echoing(operation: str, request: dict[str, Any], code: str, kind: int) -> NoReturn:
    """Fail with all of the request in the message."""
    echo = json.dumps(request, default=repr, ensure_ascii=False) + str(request)
    match kind:
        case 0:
            raise HTTPClientError(error=echo)
        case 1:
            raise ParamValidationError(report=echo)
        case 2:
            raise SSLError(endpoint_url="https://endpoint/", error=echo)
        case _:
            raise ClientError({"Error": {"Code": code, "Message": echo}}, operation)


class RefusingClient(Client):
    """Refuses each entry of a call by itself, with all of it in the answer."""

    def put_record_batch(self, **request: Any) -> dict[str, Any]:
        refused = [
            {"ErrorCode": "InternalFailure", "ErrorMessage": str(each)}
            for each in request["Records"]
        ]
        return {"FailedPutCount": len(refused), "RequestResponses": refused}

    def send_message_batch(self, **request: Any) -> dict[str, Any]:
        refused = [
            {"Id": each["Id"], "Code": "InvalidMessageContents", "Message": str(each)}
            for each in request["Entries"]
        ]
        return {"Failed": refused}

    def batch_execute_statement(self, **request: Any) -> dict[str, Any]:
        refused = [
            {"Error": {"Code": "ValidationError", "Message": str(each), "Item": each}}
            for each in request["Statements"]
        ]
        return {"Responses": refused}

    def transact_write_items(self, **request: Any) -> None:
        reasons = [
            {"Code": "ValidationError", "Message": str(each), "Item": each}
            for each in request["TransactItems"]
        ]
        raise TransactionCanceledException({"CancellationReasons": reasons})


def logged(environment: dict[str, str], aws: FakeAws, batch: dict[str, Any]) -> str:
    with (
        mock.patch("time.sleep"),
        contextlib.redirect_stdout(io.StringIO()) as output,
    ):
        handler_of(environment, aws)(batch, context_of(environment))
    return output.getvalue()


def failing(operations: set[str], code: str, kind: int) -> Failure:
    def failure(operation: str, request: dict[str, Any]) -> None:
        if operation in operations:
            echoing(operation, request, code, kind)

    return failure


@costly(20)
@given(
    st.lists(events(), min_size=1, max_size=3),
    st.sets(st.sampled_from(OPERATIONS)),
    CODES,
    st.integers(0, 5),
)
def test_no_log_holds_text_of_an_event_whatever_the_services_answer(
    batch: list[dict[str, Any]], operations: set[str], code: str, kind: int
) -> None:
    for environment in (CLASSIFIER, RELAY):
        aws = FakeAws(failure=failing(operations, code, kind))
        output = logged(
            environment | {"LOG_LEVEL": "DEBUG", "LogLevel": "DEBUG"}, aws, invocation(batch)
        )
        assert MARK not in output
        assert json.loads(output.splitlines()[-1])["EventsIn"] == len(batch)


@pytest.mark.parametrize("environment", [CLASSIFIER, RELAY])
def test_no_log_holds_text_of_an_event_that_a_service_refuses_by_itself(
    environment: dict[str, str],
) -> None:
    secret = event(MARK, group="EMEA", AgentARN=MARK, EventId=MARK)
    output = logged(environment, FakeAws(client_type=RefusingClient), invocation([secret]))
    assert "WARNING" in output
    assert MARK not in output


def test_what_leaves_the_function_holds_nothing_of_an_event() -> None:
    batch = invocation([event(MARK, AgentARN=MARK)])
    denied = FakeAws(failure=failing({"GetObject"}, "AccessDenied", 3))
    unreadable = FakeAws(status_table=b"StateName,StateType\nLunch,X\n")
    for aws, error in ((denied, ClientError), (unreadable, StatusTableError)):
        with pytest.raises(error) as told:
            logged(CLASSIFIER, aws, batch)
        assert MARK not in str(told.value)
