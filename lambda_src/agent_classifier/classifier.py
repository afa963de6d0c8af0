"""From a batch of the agent event stream to the report lines on the Firehose stream."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from agent_classifier.configuration import read_configuration
from agent_classifier.delivery import deliver
from agent_classifier.packing import LARGEST_RECORD, packed
from agent_classifier.report_line import report_line
from agent_classifier.status_table_source import status_table_source
from agent_events.batch_log import BATCH_METRICS, log_batch
from agent_events.conditions import Condition
from agent_events.invocation import (
    Context,
    Handler,
    account_of,
    pause,
    put_aside,
    time_for_calls,
)
from agent_events.kinesis_batch import BatchResponse, batch_response, read_batch, settled
from function_runtime.aws_calls import aws_client
from function_runtime.structured_log import log_as

# The function's metrics, and what each counts.
METRICS = {**BATCH_METRICS, "LinesWritten": "report lines that Firehose accepted"}


def classifier_handler(
    environment: Mapping[str, str], now: Callable[[], float] = time.time
) -> Handler:
    """The function's handler; `now` tells the time in seconds, also after the function was frozen.

    Raises ConfigurationError for an environment it cannot work with. The handler itself raises
    StatusTableError: the batch then fails as a whole, and the stream waits for a table that can be
    understood.
    """
    log_as(environment)
    configuration = read_configuration(environment)
    firehose = aws_client("firehose")
    s3 = aws_client("s3")
    status_table = status_table_source(s3, configuration.status_table_bucket, now)

    def handler(invocation: Any, context: Context) -> BatchResponse:
        table = status_table(account_of(context))
        batch = read_batch(
            invocation,
            lambda _, event: report_line(event, table, configuration.include_agent_status_type),
        )
        lines = [(number, line) for number, line in batch.outcomes.items() if line]
        too_large = {number for number, line in lines if len(line) > LARGEST_RECORD}
        undeliverable = {
            **batch.undeliverable,
            **dict.fromkeys(too_large, Condition.REPORT_LINE_TOO_LARGE),
        }
        not_kept = put_aside(
            lambda: s3,
            configuration.failed_records_bucket,
            context,
            batch.records,
            undeliverable,
            (),
            largestRecordBytes=LARGEST_RECORD,
        )
        # What Lambda retries anyway waits for that, so that no line is put twice.
        settled_numbers = settled(batch.records, not_kept)
        records = packed(
            (number, line)
            for number, line in lines
            if number in settled_numbers and number not in too_large
        )
        not_put = deliver(
            firehose, configuration.firehose_stream, records, time_for_calls(context), pause
        )
        failed = not_kept | not_put

        log_batch(
            "batch classified",
            batch,
            undeliverable,
            failed,
            {
                "EventsPutAside": len(undeliverable.keys() & settled_numbers),
                "LinesWritten": sum(len(each.sequence_numbers) for each in records) - len(not_put),
            },
            withoutUsername=len(batch.outcomes) - len(lines),
            firehoseRecords=len(records),
        )
        return batch_response(batch.records, failed)

    return handler
