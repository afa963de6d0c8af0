import json
from dataclasses import replace
from zoneinfo import ZoneInfo

from aspect_wfm.reports.json_document import json_document
from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.report_lines import Report
from aspect_wfm.reports.statistics import statistics
from tests.unit.reports.test_statistics import DAY, HOUR, clock, line


def test_the_document_has_the_values_of_all_tables() -> None:
    lines = [*DAY, replace(line("09:30", "1", "bob", group=None), state_name=None)]
    period = Period(clock("09:00"), clock("14:00"))
    found = statistics(lines, period, HOUR, zone=ZoneInfo("Europe/Berlin"))
    document = json.loads(json.dumps(json_document(found, Report(tuple(lines), 2, 3, 4))))
    staffing = document.pop("average_positions_staffed")
    assert len(staffing) == 10
    assert staffing[-1] == {
        "group": None,
        "start": "2026-03-02T14:00:00.000+01:00",
        "end": "2026-03-02T15:00:00.000+01:00",
        "signed_in_seconds": 3600,
        "average_positions_staffed": 1,
    }
    assert document == {
        "period": {
            "start": "2026-03-02T10:00:00.000+01:00",
            "end": "2026-03-02T15:00:00.000+01:00",
        },
        "time_zone": "Europe/Berlin",
        "interval_minutes": 60,
        "group_level": 1,
        "report": {"files": 4, "lines": 6, "repeated_lines": 2, "heartbeats": 3},
        "time_by_status": [
            {"status": "Available", "counts_as": "available", "agents": 1, "seconds": 12600},
            {"status": None, "counts_as": SIGNED_IN, "agents": 1, "seconds": 16200},
            {"status": "Break", "counts_as": SIGNED_IN, "agents": 1, "seconds": 1800},
            {"status": "Offline", "counts_as": "signed out", "agents": 1, "seconds": 3600},
        ],
        "time_by_agent": [
            {
                "agent": "ann",
                "signed_in_seconds": 14400,
                "available_seconds": 12600,
                "unavailable_seconds": 1800,
                "last_line": "2026-03-02T14:00:00.000+01:00",
            },
            {
                "agent": "bob",
                "signed_in_seconds": 16200,
                "available_seconds": 0,
                "unavailable_seconds": 16200,
                "last_line": "2026-03-02T10:30:00.000+01:00",
            },
        ],
        "time_by_agent_and_status": [
            {"agent": "ann", "status": "Available", "counts_as": "available", "seconds": 12600},
            {"agent": "ann", "status": "Break", "counts_as": SIGNED_IN, "seconds": 1800},
            {"agent": "ann", "status": "Offline", "counts_as": "signed out", "seconds": 3600},
            {"agent": "bob", "status": None, "counts_as": SIGNED_IN, "seconds": 16200},
        ],
        "sign_ins": [
            {
                "agent": "ann",
                "signed_in": "2026-03-02T10:00:00.000+01:00",
                "signed_out": "2026-03-02T13:00:00.000+01:00",
                "seconds": 10800,
            },
            {
                "agent": "ann",
                "signed_in": "2026-03-02T14:00:00.000+01:00",
                "signed_out": None,
                "seconds": 3600,
            },
            {
                "agent": "bob",
                "signed_in": "2026-03-02T10:30:00.000+01:00",
                "signed_out": None,
                "seconds": 16200,
            },
        ],
    }


SIGNED_IN = "signed in, not available"
