"""Which lines are missing, whatever was lost."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_classifier.classifier import classifier_handler
from aspect_wfm.rebuild.lines import line_key, lines_of, missing
from aspect_wfm.rebuild.stream import StreamRecord
from aspect_wfm.report_files import read_bucket
from tests.local_cloud.agent_stream import as_record, sample_events
from tests.unit.aws import (
    Client,
    Moto,
    create_bucket,
    create_stream,
)
from tests.unit.events import FakeContext, invocation
from tests.unit.examples import costly
from tests.unit.rebuild.kinesis import (
    FIREHOSE,
    NINE,
    NOW,
    Kinesis,
    Shard,
    after,
    put,
    rebuilt,
    report,
    write,
)

AGENTS = ("ann", "Smith, Ann", 'O"Neil', None)


@settings(costly(5, thorough=40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_lost_comes_back_and_nothing_else(
    client: Client, moto: Moto, data: st.DataObject
) -> None:
    """A stream of two shards of which one is split, events that are put twice, and files of which
    some are lost as a whole and some in part."""
    moto.reset()
    s3 = client("s3")
    create_bucket(s3, "reports")
    shards = {
        "shardId-0": Shard(closed=True),
        "shardId-1": Shard(),
        "shardId-2": Shard(parents=("shardId-0",)),
        "shardId-3": Shard(parents=("shardId-0",)),
    }
    first, last = sorted(data.draw(st.integers(-10, 70)) for _ in range(2))
    start, end = after(first), after(last)
    minutes = data.draw(st.lists(st.integers(-70, 130), max_size=25).map(sorted))
    for minute in minutes:
        shard_id = data.draw(st.sampled_from(["shardId-0", "shardId-1", "shardId-2", "shardId-3"]))
        if shard_id == "shardId-0" and any(
            shards[each].records for each in ("shardId-2", "shardId-3")
        ):
            shard_id = "shardId-2"
        agent = data.draw(st.sampled_from(AGENTS))
        # Few different events, so that some come twice, but not more than an hour from the period.
        hour = 9 if first - 60 <= minute < last + 60 else 8
        at = f"2026-03-02T0{hour}:00:0{data.draw(st.integers(0, 3))}.000Z"
        of: dict[str, Any] = {"CurrentAgentSnapshot": None} if agent is None else {}
        record = put(minute, agent or "none", shard_id, at=at, **of)
        shards[shard_id].records.append(
            record._replace(sequence_number=f"{len(shards[shard_id].records):09}")
        )
    everything = lines_of(
        [shard.records for shard in shards.values()], after(-100), after(200), {}, False
    ).inside
    original = Counter(each.text.rstrip(b"\n") for each in everything)

    # Firehose wrote them minutes or hours later, and some are lost.
    for number, each in enumerate(everything):
        put_at = each.arrived + timedelta(minutes=data.draw(st.sampled_from([0, 3, 100])))
        lost = start <= each.arrived < end and data.draw(st.booleans())
        body = b"\n" if lost else b"\n" + each.text
        key = f"OUTPUT/{put_at:%Y/%m/%d/%H}/{FIREHOSE}-1-{put_at:%Y-%m-%d-%H-%M-%S}-{number}"
        if not lost or data.draw(st.booleans()):
            s3.put_object(Bucket="reports", Key=key, Body=body)

    found = rebuilt(Kinesis(shards), s3, start, end)
    write(s3, found.files)
    assert report(s3) == original
    for file in found.files:
        assert re.fullmatch(rf"OUTPUT/2026/03/02/\d\d/{FIREHOSE}-1-[0-9a-f-]+", file.key)
    again = rebuilt(Kinesis(shards), s3, start, end)
    assert (again.missing, again.files) == ([], [])


def test_the_classifiers_own_files_lack_nothing(s3: Any, client: Client) -> None:
    """The lines of the sample day, by the function and a real Firehose, and by the rebuild."""
    create_stream(client("firehose"), FIREHOSE, "reports")
    events = [as_record(each) for each in sample_events()]
    environment = {
        "FAILED_RECORDS_BUCKET": "failed",
        "FIREHOSE_STREAM": FIREHOSE,
        "INCLUDE_AGENT_STATUS_TYPE": "False",
        "STATUS_TABLE_BUCKET": "reports",
    }
    classifier_handler(environment)(invocation(events), FakeContext())
    now = datetime.now(UTC)
    arrived = now - timedelta(hours=1)
    records = [StreamRecord("s", f"{n:03}", arrived, each) for n, each in enumerate(events)]
    kinesis = Kinesis({"s": Shard(records)}, made=arrived)
    period = (arrived - timedelta(minutes=1), arrived + timedelta(minutes=1))
    written = report(s3)
    found = rebuilt(kinesis, s3, *period, now=now)
    assert (len(found.lines.inside), found.missing) == (12, [])
    for each in list(read_bucket(s3, "reports", "OUTPUT/")):
        s3.delete_object(Bucket="reports", Key=each.key)
    write(s3, rebuilt(kinesis, s3, *period, now=now).files)
    assert report(s3) == written


@pytest.mark.parametrize(
    ("line", "key"),
    [
        (
            b"1,a,b,c,d,e,f,t,s,x,A,r\n",
            (b"1", b"a", b"b", b"c", b"d", b"e", b"f", b"t", b"s", b"x", b"r"),
        ),
        (
            b"1,a,b,c,d,e,f,t,s,x,0,r,T",
            (b"1", b"a", b"b", b"c", b"d", b"e", b"f", b"t", b"s", b"x", b"r"),
        ),
        (b'"1,""",a,,', (b'"1,"""', b"a", b"", b"")),
        (b"", (b"",)),
    ],
)
def test_a_line_is_known_by_all_but_what_settings_decide(
    line: bytes, key: tuple[bytes, ...]
) -> None:
    assert line_key(line) == key


def test_nothing_is_missing_of_nothing() -> None:
    assert missing(lines_of([], NINE, NOW, {}, False), [b"x"]) == []
