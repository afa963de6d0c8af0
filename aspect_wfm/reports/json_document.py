"""The statistics as a JSON document."""

from datetime import datetime, timedelta, tzinfo
from typing import Any

from aspect_wfm.reports.report_lines import Report
from aspect_wfm.reports.statistics import Statistics, status_totals
from aspect_wfm.reports.tables import MEANING


def json_document(found: Statistics, report: Report) -> dict[str, Any]:
    """The values of all tables. `report` is what `found` was made from.

    Times are ISO 8601 with the offset of the time zone, lengths of time are seconds, and names are
    as the report files have them; null is a value that a line does not have, and the sign-out of
    an agent who is still signed in.
    """
    zone = found.zone
    return {
        "period": _period(found.period.start, found.period.end, zone),
        "time_zone": str(zone),
        "interval_minutes": int(found.interval / timedelta(minutes=1)),
        "group_level": found.group_level,
        "report": {
            "files": report.objects,
            "lines": len(report.lines),
            "repeated_lines": report.repeated,
            "heartbeats": report.heartbeats,
        },
        "time_by_status": [
            {
                "status": each.state_name,
                "counts_as": MEANING[each.state_type],
                "agents": each.agents,
                "seconds": each.length.total_seconds(),
            }
            for each in status_totals(found.statuses)
        ],
        "average_positions_staffed": [
            {
                "group": each.group,
                **_period(each.interval.start, each.interval.end, zone),
                "signed_in_seconds": each.signed_in.total_seconds(),
                "average_positions_staffed": each.average_positions_staffed,
            }
            for each in found.staffing
        ],
        "time_by_agent": [
            {
                "agent": each.username,
                "signed_in_seconds": each.signed_in.total_seconds(),
                "available_seconds": each.available.total_seconds(),
                "unavailable_seconds": each.unavailable.total_seconds(),
                "last_line": _moment(each.last_line, zone),
            }
            for each in found.agents
        ],
        "time_by_agent_and_status": [
            {
                "agent": each.username,
                "status": each.state_name,
                "counts_as": MEANING[each.state_type],
                "seconds": each.length.total_seconds(),
            }
            for each in found.statuses
        ],
        "sign_ins": [
            {
                "agent": each.username,
                "signed_in": _moment(each.signed_in, zone),
                "signed_out": None if each.signed_out is None else _moment(each.signed_out, zone),
                "seconds": each.counted.total_seconds(),
            }
            for each in found.sign_ins
        ],
    }


def _period(start: datetime, end: datetime, zone: tzinfo) -> dict[str, str]:
    return {"start": _moment(start, zone), "end": _moment(end, zone)}


def _moment(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="milliseconds")
