"""What the classifier makes of events: the report that the job's is compared with."""

from collections.abc import Iterable

from agent_classifier.report_line import report_line
from agent_classifier.status_table import StatusTable
from agent_events.agent_event import decode_agent_event


def lines_of(events: Iterable[bytes], table: StatusTable | None = None) -> list[bytes]:
    """The report lines of agent events, each with its end; of some there is none."""
    lines = (report_line(decode_agent_event(each), table or {}, False) for each in events)
    return [line for line in lines if line]
