import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from aspect_wfm.aws import Missing, Refused
from aspect_wfm.report_files import ReportObject, SourceError, read_bucket, read_folder
from aspect_wfm.reports.report_lines import MalformedReportError, ReportLine, StateType, read_report
from tests.unit.aws import Client, create_bucket
from tests.unit.examples import costly

LINE = (
    '111122223333,ann,EMEA,"Sales, Retail",null,null,null,'
    "2026-03-02 09:00:03.107,Available,null,A,Basic"
)
ANN = ReportLine(
    aws_account_id="111122223333",
    username="ann",
    hierarchy_groups=("EMEA", "Sales, Retail", None, None, None),
    timestamp=datetime(2026, 3, 2, 9, 0, 3, 107_000, tzinfo=UTC),
    state_name="Available",
    contact_state=None,
    state_type=StateType.AVAILABLE,
    routing_profile="Basic",
    agent_status_type=None,
)


def read(*texts: str) -> Any:
    return read_report(
        ReportObject(f"OUTPUT/{number}", text.encode()) for number, text in enumerate(texts)
    )


def written(columns: list[str | None]) -> str:
    """A line as the contract says, without its line feed."""

    def cell(value: str | None) -> str:
        if not value:
            return "null"
        if "," in value or '"' in value:
            return '"' + value.replace('"', '""') + '"'
        return value

    return ",".join(map(cell, columns))


def test_a_line_becomes_its_columns_and_null_becomes_none() -> None:
    assert read(f"{LINE}\n").lines == (ANN,)


def test_the_thirteenth_column_is_the_agent_status_type() -> None:
    with_type, without = read(f"{LINE},ROUTABLE\n{LINE},null\n").lines
    assert {with_type.agent_status_type, without.agent_status_type} == {"ROUTABLE", None}


def test_an_agent_may_be_called_null() -> None:
    assert read(LINE.replace("ann", "null") + "\n").lines[0].username == "null"


def test_blank_lines_are_counted_as_heartbeats_and_nothing_else() -> None:
    report = read(f"\n{LINE}\n\n", "\n", "")
    assert (len(report.lines), report.heartbeats, report.objects) == (1, 3, 3)


def test_a_line_that_comes_again_is_told_once_and_counted() -> None:
    report = read(f"{LINE}\n{LINE}\n", f"{LINE}\n")
    assert (report.lines, report.repeated) == ((ANN,), 2)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("a,b", "it has 2 columns, not 12 or 13"),
        (f"{LINE},ROUTABLE,more", "it has 14 columns, not 12 or 13"),
        (LINE.replace("A,Basic", "O,Basic"), "StateType is 'O', not A, 0 or 1"),
        (LINE.replace("A,Basic", "a,Basic"), "StateType is 'a', not A, 0 or 1"),
        (LINE.replace("A,Basic", "null,Basic"), "StateType is 'null', not A, 0 or 1"),
        (LINE.replace(" 09", "T09"), "EventTimestamp is '2026-03-02T09:00:03.107', not a time"),
        (LINE.replace(".107", ".107Z"), "EventTimestamp is '2026-03-02 09:00:03.107Z', not a"),
        (LINE.replace(".107", ""), "EventTimestamp is '2026-03-02 09:00:03', not a time"),
        (LINE.replace(" 09", " 0٩"), "EventTimestamp is '2026-03-02 0٩:00:03.107', not a time"),
        (LINE.replace("03-02", "02-30"), "EventTimestamp is '2026-02-30 09:00:03.107', not a"),
        (LINE.replace("ann", ""), "Username is empty where null is expected"),
        (f"{LINE},", "AgentStatusType is empty where null is expected"),
        (LINE.replace("ann", '"ann"'), "Username is in quotes that it does not need"),
        (LINE.replace("ann", 'a"nn'), "Username has a double quote out of place"),
        (LINE.replace("ann", '"a,nn'), "Username has a double quote out of place"),
        (LINE.replace("ann", '"a,n"n'), "Username has a double quote out of place"),
        (LINE.replace("Basic", '"Basic,'), "RoutingProfile has a double quote out of place"),
        (f"{LINE}\r", "it contains a carriage return"),
    ],
)
def test_a_malformed_line_is_named_by_file_and_number_with_its_fault(line: str, fault: str) -> None:
    with pytest.raises(MalformedReportError) as error:
        read(f"{LINE}\n\n{line}\n")
    assert str(error.value).startswith(f"Report file OUTPUT/0, line 3: {fault}")


def test_a_line_without_its_line_feed_is_malformed() -> None:
    with pytest.raises(MalformedReportError, match="line 2: it does not end with a line feed"):
        read(f"{LINE}\n{LINE}")


def test_a_line_that_is_not_utf_8_is_malformed() -> None:
    with pytest.raises(MalformedReportError, match="Report file k, line 2: it is not UTF-8"):
        read_report([ReportObject("k", b"\n\xff\n")])


values = st.none() | st.text(
    st.characters(codec="utf-8", exclude_characters="\r\n"), min_size=1
).filter(lambda value: value != "null")


@costly(40)
@given(before=st.lists(values, min_size=5, max_size=5), after=values, last=values, user=values)
def test_whatever_the_contracts_writer_writes_is_read_back(
    before: list[str | None], after: str | None, last: str | None, user: str | None
) -> None:
    columns = [after, user, *before, "2026-03-02 09:00:03.107", last, after, "1", last, after]
    (line,) = read_report([ReportObject("k", f"{written(columns)}\n".encode())]).lines
    assert line == ReportLine(
        aws_account_id=after,
        username=user or "null",
        hierarchy_groups=(before[0], before[1], before[2], before[3], before[4]),
        timestamp=ANN.timestamp,
        state_name=last,
        contact_state=after,
        state_type=StateType.SIGNED_IN,
        routing_profile=last,
        agent_status_type=after,
    )


@costly(40)
@given(
    told=st.lists(st.tuples(st.integers(0, 9), st.sampled_from("abc")), min_size=1, max_size=12),
    again=st.lists(st.integers(0, 11), max_size=6),
    cuts=st.integers(1, 4),
    seed=st.builds(random.Random, st.integers()),
)
def test_the_order_the_cut_into_files_and_repeats_do_not_change_the_lines(
    told: list[tuple[int, str]], again: list[int], cuts: int, seed: random.Random
) -> None:
    lines = [
        LINE.replace("09:00", f"09:0{minute}").replace("ann", user) + "\n" for minute, user in told
    ]
    delivered = lines + [lines[index % len(lines)] for index in again]
    seed.shuffle(delivered)
    report = read(*("".join(delivered[start::cuts]) for start in range(cuts)))
    assert report.lines == read("".join(lines)).lines
    assert report.repeated == len(delivered) - len(set(lines))


def test_a_folder_is_read_to_its_depth_without_the_reference_table(tmp_path: Path) -> None:
    deep = tmp_path / "2026" / "03"
    deep.mkdir(parents=True)
    (deep / "b").write_bytes(b"2")
    (deep / "a").write_bytes(b"1")
    (deep / ".hidden").write_bytes(b"3")
    (tmp_path / "ASPECT_AGENT_STATUS_INFO.csv").write_bytes(b"StateName,StateType\n")
    assert list(read_folder(tmp_path)) == [
        ReportObject("2026/03/a", b"1"),
        ReportObject("2026/03/b", b"2"),
    ]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere: there is no such folder"):
        list(read_folder(tmp_path / "nowhere"))


@pytest.fixture
def s3(client: Client) -> Any:
    create_bucket(client("s3"), "reports")
    return client("s3")


def test_a_bucket_is_read_page_by_page_with_two_operations_only(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    for key, data in {"OUTPUT/": b"", "OUTPUT/a": b"1", "OUTPUT/b": b"2", "table": b"3"}.items():
        s3.put_object(Bucket="reports", Key=key, Body=data)
    called: list[str] = []

    def record(event_name: str, **_request: Any) -> None:
        called.append(event_name.rpartition(".")[2])

    s3.meta.events.register("before-call.s3", record)
    try:
        found = list(read_bucket(s3, "reports", "OUTPUT/"))
    finally:
        s3.meta.events.unregister("before-call.s3", record)
    assert found == [ReportObject("OUTPUT/a", b"1"), ReportObject("OUTPUT/b", b"2")]
    assert called == ["ListObjectsV2", "GetObject", "ListObjectsV2", "GetObject"]


def test_a_bucket_that_is_not_there_is_named(s3: Any) -> None:
    with pytest.raises(Missing, match="Bucket other does not exist"):
        list(read_bucket(s3, "other", "OUTPUT/"))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AccessDenied", "s3:ListBucket"),
        ("SlowDown", "SlowDown"),
    ],
)
def test_a_bucket_that_cannot_be_listed_is_refused_with_the_reason(
    s3: Any, code: str, reason: str
) -> None:
    with Stubber(s3) as stub:  # moto refuses nobody, and is never busy
        stub.add_client_error("list_objects_v2", code)
        with pytest.raises(Refused, match=reason):
            list(read_bucket(s3, "reports", "OUTPUT/"))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AccessDenied", "s3:GetObject"),
        ("NoSuchKey", "Object s3://reports/OUTPUT/a does not exist"),
    ],
)
def test_an_object_that_cannot_be_read_is_refused_with_the_reason(
    s3: Any, code: str, reason: str
) -> None:
    with Stubber(s3) as stub:
        stub.add_response("list_objects_v2", {"Contents": [{"Key": "OUTPUT/a"}]})
        stub.add_client_error("get_object", code)
        with pytest.raises(Refused, match=reason):
            list(read_bucket(s3, "reports", "OUTPUT/"))
