"""From a batch of the agent event stream to the report lines on the Firehose stream."""

import time
from collections.abc import Callable, Mapping
from typing import Any

import boto3

from agent_classifier.configuration import read_configuration
from agent_classifier.delivery import deliver
from agent_classifier.packing import LARGEST_RECORD, packed
from agent_classifier.report_line import report_line
from agent_classifier.status_table_source import status_table_source
from agent_events.aws_calls import AWS_CALLS
from agent_events.batch_log import log_batch
from agent_events.invocation import Context, Handler, pause, put_aside, time_for_calls
from agent_events.kinesis_batch import BatchResponse, batch_response, read_batch, settled
from agent_events.structured_log import log_as


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
    firehose = boto3.client("firehose", config=AWS_CALLS)
    s3 = boto3.client("s3", config=AWS_CALLS)
    status_table = status_table_source(s3, configuration.status_table_bucket, now)

    def handler(invocation: Any, context: Context) -> BatchResponse:
        table = status_table()
        batch = read_batch(
            invocation,
            lambda _, event: report_line(event, table, configuration.include_agent_status_type),
        )
        lines = [(number, line) for number, line in batch.outcomes.items() if line]
        records, too_large = packed(lines)
        undeliverable = batch.undeliverable | dict.fromkeys(too_large, "ReportLineTooLarge")
        failed = put_aside(
            lambda: s3,
            configuration.failed_records_bucket,
            context,
            batch.records,
            undeliverable,
            (),
            largestRecordBytes=LARGEST_RECORD,
        )
        put_aside_now = len(undeliverable) - len(failed)
        if failed:
            # What Lambda brings again anyway waits for that: no line is to be put twice.
            now = settled(batch.records, failed)
            records, _ = packed(line for line in lines if line[0] in now)
        unput = deliver(
            firehose, configuration.firehose_stream, records, time_for_calls(context), pause
        )
        failed |= unput

        log_batch(
            "batch classified",
            batch,
            undeliverable,
            failed,
            {
                "EventsPutAside": put_aside_now,
                "LinesWritten": sum(len(each.sequence_numbers) for each in records) - len(unput),
            },
            withoutUsername=len(batch.outcomes) - len(lines),
            firehoseRecords=len(records),
        )
        return batch_response(batch.records, failed)

    return handler
