import json

import pytest

from agent_events.batch_log import log_batch
from agent_events.kinesis_batch import read_batch
from tests.unit.events import event, invocation


def test_every_skipped_record_is_listed_in_lines_that_cloudwatch_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    batch = read_batch(invocation([event(), *[b"no"] * 2_500]), lambda number, _: number)
    log_batch("batch relayed", batch, {}, set(), {"MessagesSent": 1})
    lines = capsys.readouterr().out.splitlines()
    told = [json.loads(line) for line in lines]
    assert [len(each["skippedRecords"]) for each in told] == [1_000, 500, 1_000]
    assert {record["sequenceNumber"] for each in told for record in each["skippedRecords"]} == {
        str(number) for number in range(2, 2_502)
    }
    assert told[-1]["message"] == "batch relayed"
    assert [told[-1][name] for name in ("EventsIn", "EventsSkipped", "MessagesSent")] == [
        *(2_501, 2_500, 1)
    ]
    assert {each["level"] for each in told} == {"WARNING"}
    longest = '{"sequenceNumber":"%s","reason":"EventTimestamp is not a timestamp"},' % ("9" * 56)
    assert 1_000 * len(longest) < 256 * 1_024


@pytest.mark.parametrize(
    ("undeliverable", "failed", "level"),
    [({}, set(), "INFO"), ({"1": "MessageTooLarge"}, set(), "WARNING"), ({}, {"1"}, "WARNING")],
)
def test_a_batch_that_is_not_as_usual_is_a_warning(
    undeliverable: dict[str, str],
    failed: set[str],
    level: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    batch = read_batch(invocation([event()]), lambda number, _: number)
    log_batch("batch relayed", batch, undeliverable, failed, {})
    told = json.loads(capsys.readouterr().out)
    assert told["level"] == level
    assert told["failed"] == len(failed)
