import json
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent_classifier.report_line import report_line
from agent_classifier.status_table import StatusTable, parse_status_table
from agent_events.agent_event import AgentEvent, decode_agent_event
from tests.local_cloud.agent_stream import SAMPLE_DAY, as_record, sample_events
from tests.unit.events import event, snapshot
from tests.unit.examples import costly

NO_TABLE: StatusTable = {}
ANN = "111122223333,ann,null,null,null,null,null,2026-03-02 09:00:00.000,Available,null,A,Basic"


def decoded(document: dict[str, Any]) -> AgentEvent:
    return decode_agent_event(json.dumps(document).encode())


def line(document: dict[str, Any], table: StatusTable = NO_TABLE) -> str:
    written = report_line(decoded(document), table, False)
    assert written is not None
    assert written.endswith(b"\n")
    return written.decode("utf-8")[:-1]


def column(number: int, document: dict[str, Any], table: StatusTable = NO_TABLE) -> str:
    """Column `number`, counted from 1 as in the contract, of a line that needs no quotes."""
    return line(document, table).split(",")[number - 1]


def in_status(name: Any, status_type: str | None = "CUSTOM") -> dict[str, Any]:
    return event(CurrentAgentSnapshot=snapshot("ann", name, "x", status_type=status_type))


@pytest.mark.parametrize(
    ("report", "table"),
    [
        ("report-no-table.csv", NO_TABLE),
        (
            "report-project-signed-out.csv",
            parse_status_table(b"StateName,StateType\nAvailable,A\nOffline,O\nProject,0\n"),
        ),
    ],
)
def test_the_sample_day_comes_out_byte_for_byte(report: str, table: StatusTable) -> None:
    lines = (
        report_line(decode_agent_event(as_record(each)), table, False) for each in sample_events()
    )
    expected = (SAMPLE_DAY.parent / report).read_bytes()
    assert b"".join(each for each in lines if each is not None) == expected


def test_a_line_has_twelve_columns_in_the_contracts_order() -> None:
    document = event()
    document["CurrentAgentSnapshot"]["Configuration"]["AgentHierarchyGroups"] = {
        f"Level{level}": {"ARN": "g", "Name": f"Group {level}"} for level in range(1, 6)
    }
    document["CurrentAgentSnapshot"]["Contacts"] = [{"State": "ENDED"}, {"State": "CONNECTED"}]
    assert line(document) == (
        "111122223333,ann,Group 1,Group 2,Group 3,Group 4,Group 5,2026-03-02 09:00:00.000,"
        "Available,ENDED,A,Basic"
    )
    assert line(event()) == ANN


@pytest.mark.parametrize(("status_type", "written"), [("CUSTOM", "CUSTOM"), (None, "null")])
def test_the_agent_status_type_is_the_thirteenth_column_when_asked_for(
    status_type: str | None, written: str
) -> None:
    document = in_status("Lunch", status_type)
    assert (
        report_line(decoded(document), NO_TABLE, True) == f"{line(document)},{written}\n".encode()
    )


@pytest.mark.parametrize(
    "current",
    [
        None,
        "x",
        [],
        {},
        {"Configuration": None},
        {"Configuration": {"Username": None}},
        {"Configuration": {"Username": ""}},
        {"Configuration": {"Username": 7}},
        {"Configuration": {"Username": False}},
        {"Configuration": {"Username": {}}},
    ],
)
def test_an_event_without_a_username_gives_no_line(current: Any) -> None:
    assert report_line(decoded(event(CurrentAgentSnapshot=current)), NO_TABLE, False) is None


def test_what_is_missing_empty_or_of_a_wrong_type_is_null() -> None:
    bare = {"Configuration": {"Username": "ann"}}
    nothing = "null,ann,null,null,null,null,null,2026-03-02 09:00:00.000,null,null,1,null"
    assert line(event(AWSAccountId=None, CurrentAgentSnapshot=bare)) == nothing
    strange = {
        "AgentStatus": {"Name": {"a": 1}, "Type": 7},
        "Configuration": {
            "Username": "ann",
            "AgentHierarchyGroups": {"Level1": None, "Level2": {"Name": ""}, "Level3": "x"},
            "RoutingProfile": {"Name": ["x"]},
        },
        "Contacts": ["x"],
    }
    assert line(event(AWSAccountId=111122223333, CurrentAgentSnapshot=strange)) == nothing


@pytest.mark.parametrize(
    "contacts", [None, [], {}, "CONNECTED", [None], [{}], [{"State": None}], [{}, {"State": "X"}]]
)
def test_only_the_first_contact_has_a_say(contacts: Any) -> None:
    document = event()
    document["CurrentAgentSnapshot"]["Contacts"] = contacts
    assert column(10, document) == "null"


@pytest.mark.parametrize(
    ("timestamp", "written"),
    [
        ("2026-03-02T09:00:00Z", "2026-03-02 09:00:00.000"),
        ("2026-03-02T09:00:00.1234567Z", "2026-03-02 09:00:00.123"),
        ("2026-03-02T00:30:00+01:00", "2026-03-01 23:30:00.000"),
        ("0999-01-01T00:00:00", "0999-01-01 00:00:00.000"),
    ],
)
def test_the_timestamp_is_utc_with_milliseconds_and_no_zone(timestamp: str, written: str) -> None:
    assert column(8, event(EventTimestamp=timestamp)) == written


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Lunch, late", '"Lunch, late"'),
        ('Tier "2"', '"Tier ""2"""'),
        ('"', '""""'),
        (",", '","'),
        ("it's; a\ttab | 'x' =1", "it's; a\ttab | 'x' =1"),
        (" blanks ", " blanks "),
        ("null", "null"),
        ("a\nb", "a b"),
        ("a\r\nb\rc\n\nd", "a b c  d"),
        ("\n", " "),
        ("a\n,b", '"a ,b"'),
        ("a\vb\fc\x1cd\x1de\x1ef\x85g\u2028h\u2029i", "a b c d e f g h i"),
        ("a\x00b\x1a\x1f\x7f\x80", "a\x00b\x1a\x1f\x7f\x80"),
        ("a\ud800b", "a\ufffdb"),
        ("😀 ü", "😀 ü"),
    ],
)
def test_a_value_is_quoted_only_for_a_comma_or_quote_and_never_breaks_the_line(
    value: str, written: str
) -> None:
    document = event()
    document["CurrentAgentSnapshot"]["Configuration"]["RoutingProfile"]["Name"] = value
    assert line(document).split(",", 11)[-1] == written


@pytest.mark.parametrize(
    ("status_type", "expected"),
    [("ROUTABLE", "A"), ("OFFLINE", "0"), ("CUSTOM", "1"), ("NEW", "1"), ("", "1"), (None, "1")],
)
def test_without_the_name_in_the_table_the_type_decides(
    status_type: str | None, expected: str
) -> None:
    for name in ("Available", "Lunch", "", None):
        assert column(11, in_status(name, status_type), {"project": "0"}) == expected


@pytest.mark.parametrize("name", ["Straße", "STRAẞE", "  straße ", "\tStraße\n"])
@pytest.mark.parametrize("status_type", ["ROUTABLE", "OFFLINE", "CUSTOM", None])
@pytest.mark.parametrize("expected", ["A", "0", "1"])
def test_the_table_overrules_the_type_without_regard_to_case_or_blanks(
    name: str, status_type: str | None, expected: str
) -> None:
    assert column(11, in_status(name, status_type), {"straße": expected}) == expected


def read_back(written: str) -> list[str]:
    """The values of a line, read as the contract says: independent of what wrote it."""
    values: list[str] = []
    rest = written
    while True:
        if rest.startswith('"'):
            end = 1
            while rest[end] != '"' or rest[end + 1 : end + 2] == '"':
                end += 2 if rest[end] == '"' else 1
            value, rest = rest[1:end].replace('""', '"'), rest[end + 1 :]
            assert "," in value or '"' in value, "quoted without need"
        else:
            value = re.split(",", rest, maxsplit=1)[0]
            assert '"' not in value
            rest = rest[len(value) :]
        values.append(value)
        if not rest:
            return values
        assert rest[0] == ","
        rest = rest[1:]


def as_documented(value: str) -> str:
    """The value with the replacements of the contract, character by character."""
    written = "".join(
        " " if len(f"a{each}b".splitlines()) == 2 else "\ufffd" if each in SURROGATES else each
        for each in value.replace("\r\n", "\n")
    )
    return written or "null"


SURROGATES = {chr(number) for number in range(0xD800, 0xE000)}
ANY_TEXT = st.text(
    st.characters(exclude_categories=[])
    | st.sampled_from(',"\n\r\v\f\x00\x1a\x1c\x1d\x1e\t \x85\u2028\u2029\ud800\udfff'),
    max_size=20,
)


@costly(40)
@given(st.lists(ANY_TEXT, min_size=11, max_size=11))
@example(["", "ann", *[""] * 8, "ROUTABLE"])
def test_any_text_in_any_column_is_one_line_that_reads_back(values: list[str]) -> None:
    account, username, *groups, status, contact, profile, status_type = values
    document: dict[str, Any] = {
        "AWSAccountId": account,
        "CurrentAgentSnapshot": {
            "AgentStatus": {"Name": status, "Type": status_type},
            "Configuration": {
                "Username": username,
                "AgentHierarchyGroups": {
                    f"Level{level}": {"Name": name} for level, name in enumerate(groups, 1)
                },
                "RoutingProfile": {"Name": profile},
            },
            "Contacts": [{"State": contact}],
        },
    }
    written = report_line(
        AgentEvent("a", "2026-03-02T09:00:00.000Z", None, document), NO_TABLE, True
    )
    if not username:
        assert written is None
        return
    assert written is not None
    text = written.decode("utf-8")
    assert text.splitlines(keepends=True) == [text]
    assert read_back(text.removesuffix("\n")) == [
        *map(as_documented, [account, username, *groups]),
        "2026-03-02 09:00:00.000",
        *map(as_documented, [status, contact]),
        {"ROUTABLE": "A", "OFFLINE": "0"}.get(status_type, "1"),
        *map(as_documented, [profile, status_type]),
    ]
