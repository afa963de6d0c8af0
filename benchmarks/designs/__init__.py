"""What other designs cost: the Quick Start's, and ours with one setting varied (docs/cost.md).

The Quick Start's designs are those of its templates and sources, github.com/aws-quickstart/
connect-integration-aspect-wfm. The model is that of `aspect_wfm.cost`.
"""

from dataclasses import replace

from aspect_wfm.cost.designs import OURS, Design, Function, Stream, TableWrites

# Its relay logs each event whole (LogLevel is Debug in the template) and keeps the logs forever.
QUICK_START = Design(
    name="Quick Start",
    stream=Stream(encrypted=False),
    classifier=None,
    relay=Function(),
    packed=False,
    records_a_call=1,
    reads_status_table=False,
    table_writes=TableWrites.READ_THEN_WRITE,
    table_recovery=False,
    table_key_managed_by_aws=False,
    messages_a_call=1,
    calls_at_once=1,
    log_bytes_an_event=850,
    logs_whole_events=True,
    log_months_kept=12.0,
)

# Kinesis Data Analytics replaced by a function that puts, and logs, one event at a time.
QUICK_START_LAMBDA = replace(QUICK_START, name="QS Lambda", classifier=Function())

DESIGNS = (OURS, QUICK_START, QUICK_START_LAMBDA)
