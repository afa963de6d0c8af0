"""Both functions as a whole, fed with events that no Amazon Connect should write."""

import copy
import json
import sys
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectTimeoutError

from agent_events.kinesis_batch import BatchResponse
from tests.fuzz.fake_aws import FakeAws
from tests.fuzz.handlers import (
    CLASSIFIER,
    LARGEST_LINE,
    RELAY,
    context_of,
    handler_of,
    handlers_with_good_neighbours,
)
from tests.local_cloud.agent_stream import as_record, sample_events
from tests.unit.events import FakeContext, arn, event, invocation
from tests.unit.examples import PROFILE, QUICK

NOTHING_FAILED: BatchResponse = {"batchItemFailures": []}
ENVIRONMENTS = pytest.mark.parametrize("environment", [CLASSIFIER, RELAY], ids=["ap", "rta"])

METRICS = ("EventsSkipped", "EventsFiltered", "EventsPutAside")

OTHER_TYPES: tuple[Any, ...] = (None, True, 7, "x", ["x"], {"Name": ["x"]})


def with_number(document: dict[str, Any], number: str = "1e400") -> bytes:
    return json.dumps(document | {"Unknown": "N"}).replace('"N"', number).encode()


def paths(tree: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every value in `tree`, outer ones first."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree)
    for step, value in items:
        yield (*path, step)
        if isinstance(value, dict | list):
            yield from paths(value, (*path, step))


def replaced(tree: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of `tree` with `value` at `path`; what is beside the path is shared."""
    if not path:
        return value
    step, *rest = path
    changed = copy.copy(tree)
    changed[step] = replaced(tree[step], tuple(rest), value)
    return changed


@pytest.mark.parametrize("value", OTHER_TYPES, ids=repr)
def test_a_wrong_type_in_any_field_harms_no_neighbour_and_is_told_apart(value: Any) -> None:
    """Each place takes two of the six types, or all unless quick."""
    richest = max(sample_events(), key=lambda each: len(list(paths(each))))
    places = list(paths(richest))
    for path in places[OTHER_TYPES.index(value) % 3 :: 3] if PROFILE == QUICK else places:
        handlers_with_good_neighbours(as_record(replaced(richest, path, value)))


def test_contacts_in_tens_of_thousands_give_one_line_and_one_kept_message() -> None:
    contacts = [{"ContactId": f"contact-{number}", "State": "ENDED"} for number in range(20_000)]
    crowded = event(group="EMEA")
    crowded["CurrentAgentSnapshot"]["Contacts"] = contacts
    handlers_with_good_neighbours(as_record(crowded))


@ENVIRONMENTS
def test_an_event_nested_too_deeply_is_kept_whole_and_any_other_delivered(
    environment: dict[str, str],
) -> None:
    """How deep that is depends on Python: some 10,000 levels on 3.13, some 1,000 on 3.11."""
    too_deep = bisect_left(
        range(200_000), True, key=lambda levels: is_kept_for_its_depth(environment, levels)
    )
    assert too_deep > (9_900 if sys.version_info >= (3, 13) else 800)
    around = range(too_deep - 20, too_deep + 20)
    found = [is_kept_for_its_depth(environment, levels) for levels in around]
    assert found == sorted(found)
    assert set(found) == {False, True}


def is_kept_for_its_depth(environment: dict[str, str], levels: int) -> bool:
    """Whether the function keeps an event of that many levels, instead of delivering it."""
    aws = FakeAws()
    deep = json.dumps(event("eve", group="EMEA", Unknown="U"))
    deep = deep.replace('"U"', "[" * levels + "]" * levels)
    neighbours = (event(name, group="EMEA") for name in ("ann", "bob"))
    batch = invocation([next(neighbours), deep.encode(), next(neighbours)])
    assert handler_of(environment, aws)(batch, context_of(environment)) == NOTHING_FAILED
    delivered = aws.reports.count(b"\n") or sum(map(len, aws.messages.values()))
    assert delivered + len(aws.kept) == 3
    conditions = [each["requestContext"]["condition"] for each in aws.kept.values()]
    assert conditions in ([], ["NestedTooDeeply"])
    return bool(conditions)


@pytest.mark.parametrize("number", ["1e400", "-1e400", "9" * 5_000], ids=len)
def test_a_number_out_of_range_costs_no_report_line(number: str) -> None:
    aws = FakeAws()
    batch = invocation([with_number(event(), number), event("bob")])
    assert handler_of(CLASSIFIER, aws)(batch, context_of(CLASSIFIER)) == NOTHING_FAILED
    assert aws.reports.count(b"\n") == 2
    assert aws.kept == {}


@pytest.mark.parametrize("flag", ["True", "False"])
def test_an_event_with_a_number_out_of_range_is_kept_whole_and_its_neighbours_go_on(
    flag: str, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = RELAY | {"WriteEventsToQueue": flag}
    aws = FakeAws()
    names = ("ann", "eve", "bob")
    ann, eve, bob = (event(name, group="EMEA") for name in names)
    batch = invocation([ann, with_number(eve), bob])
    assert handler_of(environment, aws)(batch, context_of(environment)) == NOTHING_FAILED
    assert set(aws.states) == {arn("ann"), arn("bob")}
    assert sum(map(len, aws.messages.values())) == (2 if flag == "True" else 0)
    ((key, document),) = aws.kept.items()
    assert key == "undeliverable/relay/shardId-000000000000/2.json"
    assert json.loads(document["payload"]) == {"Records": [batch["Records"][1]]}
    assert document["requestContext"]["condition"] == "NumberOutOfRange"
    error, summary = map(json.loads, capsys.readouterr().out.splitlines())
    assert (error["level"], error["condition"]) == ("ERROR", "NumberOutOfRange")
    assert [summary[name] for name in METRICS] == [0, 0, 1]


def test_who_signs_out_with_a_number_out_of_range_is_gone_from_the_table() -> None:
    aws = FakeAws()
    signed_out = with_number(event("eve", at="2026-03-02T10:00:00Z", status="Offline"))
    relay = handler_of(RELAY, aws)
    relay(invocation([event("eve", group="EMEA")]), context_of(RELAY))
    relay(invocation([signed_out], first=2), context_of(RELAY))
    assert aws.states == {}
    assert aws.signed_out == {arn("eve"): "2026-03-02T10:00:00.000Z"}


@ENVIRONMENTS
def test_an_event_from_the_future_is_kept_whole_and_goes_nowhere_else(
    environment: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    aws = FakeAws()
    batch = invocation(
        [
            event("eve", at="2026-03-02T09:00:00Z", group="EMEA"),
            event("eve", at="2099-01-01T00:00:00Z", status="Offline", group="EMEA"),
            event("eve", at="2026-03-02T09:00:01Z", status="Lunch", group="EMEA"),
        ]
    )
    assert handler_of(environment, aws)(batch, context_of(environment)) == NOTHING_FAILED
    ((key, document),) = aws.kept.items()
    assert key.endswith("/2.json")
    assert document["requestContext"]["condition"] == "EventTimestampInFuture"
    assert b"2099" not in aws.reports
    assert "2099" not in str((aws.states, aws.signed_out, aws.messages))
    if environment is RELAY:
        assert aws.states[arn("eve")]["CurrentState"] == "Lunch"
        assert sum(map(len, aws.messages.values())) == 2
    else:
        assert aws.reports.count(b"\n") == 2
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (summary["level"], summary["EventsPutAside"]) == ("WARNING", 1)


@ENVIRONMENTS
def test_what_there_is_no_time_to_keep_is_retried_from_the_first_that_is_not_kept(
    environment: dict[str, str],
) -> None:
    aws = FakeAws()
    future = [event(name, at="2099-01-01T00:00:00Z") for name in ("ann", "bob", "cid", "dan")]
    context = FakeContext([60_000, 60_000, 1_000])
    response = handler_of(environment, aws)(invocation(future), context)
    (failed,) = response["batchItemFailures"]
    kept = [key.rpartition("/")[2] for key in aws.kept]
    assert kept == [f"{number}.json" for number in range(1, int(failed["itemIdentifier"]))]
    assert len(kept) < len(future)


@ENVIRONMENTS
def test_after_one_that_cannot_be_kept_no_other_is_tried(environment: dict[str, str]) -> None:
    tried: list[str] = []

    def failure(operation: str, request: dict[str, Any]) -> None:
        if operation == "PutObject":
            tried.append(request["Key"].rpartition("/")[2])
            if len(tried) == 2:
                raise ConnectTimeoutError(endpoint_url="https://s3/")

    aws = FakeAws(failure=failure)
    future = [event(name, at="2099-01-01T00:00:00Z") for name in ("ann", "bob", "cid")]
    response = handler_of(environment, aws)(invocation(future), context_of(environment))
    assert response == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert tried == ["1.json", "2.json"]


def test_the_longest_line_that_firehose_takes_is_delivered_and_a_longer_one_kept() -> None:
    aws = FakeAws()
    handler_of(CLASSIFIER, aws)(invocation([event("x")]), context_of(CLASSIFIER))
    room = LARGEST_LINE - len(aws.reports)
    for more, kept in ((room, 0), (room + 1, 1)):
        aws = FakeAws()
        batch = invocation([event("x" * (1 + more), AgentARN="arn")])
        assert handler_of(CLASSIFIER, aws)(batch, context_of(CLASSIFIER)) == NOTHING_FAILED
        assert (len(aws.reports), len(aws.kept)) == (0 if kept else LARGEST_LINE, kept)
