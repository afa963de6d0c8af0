"""From a batch of the agent event stream to the state table and the queues of one RTA server."""

from collections.abc import Mapping
from typing import Any

import boto3

from agent_events.invocation import (
    AWS_CALLS,
    Context,
    Handler,
    pause,
    put_aside,
    time_for_calls,
)
from agent_events.kinesis_batch import (
    Batch,
    BatchResponse,
    SkippedRecord,
    StreamEvent,
    batch_response,
    read_batch,
)
from agent_events.structured_log import log
from rta_relay.agent_state import LARGEST_ITEM, deciding, item_size, state_change, table_item
from rta_relay.configuration import Configuration, read_configuration
from rta_relay.message import LARGEST_MESSAGE, Message, message, minimised, queue_index
from rta_relay.message_queues import send_in_order
from rta_relay.state_table import TableChange, write_changes
from rta_relay.write_flag import read_flag


def relay_handler(environment: Mapping[str, str]) -> Handler:
    """The function's handler. Raises ConfigurationError for an environment it cannot work with."""
    configuration = read_configuration(environment)
    dynamodb = boto3.client("dynamodb", config=AWS_CALLS)
    sqs = boto3.client("sqs", config=AWS_CALLS)
    s3 = boto3.client("s3", config=AWS_CALLS)

    def handler(invocation: Any, context: Context) -> BatchResponse:
        may_go_on = time_for_calls(context)
        batch = read_batch(invocation)
        monitored, bodies, skipped = _monitored(batch, configuration)
        changes, too_large_items = _table_changes(batch, bodies, configuration)
        states = write_changes(
            dynamodb,
            configuration.agent_state_table,
            configuration.signed_out_agents_table,
            changes,
            may_go_on,
            pause,
        )
        failed = states.failed
        undeliverable = dict.fromkeys(too_large_items, "AgentStateTooLarge")

        # Read after the table is written: an event is then in the table before a server that has
        # not yet set the flag reads it.
        write_to_queues = (
            read_flag(dynamodb, configuration.configuration_table)
            if configuration.configuration_table
            else configuration.flag
        )
        sent = 0
        if write_to_queues:
            queues: dict[str, list[Message]] = {}
            for each in monitored:
                outgoing = message(each.sequence_number, each.event, bodies[each.sequence_number])
                if outgoing.size > LARGEST_MESSAGE:
                    undeliverable[each.sequence_number] = "MessageTooLarge"
                    continue
                index = queue_index(outgoing.agent_arn, len(configuration.queue_urls))
                queues.setdefault(configuration.queue_urls[index], []).append(outgoing)
            for queue_url, messages in queues.items():
                not_sent = send_in_order(sqs, queue_url, messages, may_go_on, pause)
                sent += len(messages) - len(not_sent)
                failed |= not_sent

        for sequence_number, condition in undeliverable.items():
            if not put_aside(
                s3,
                configuration.failed_records_bucket,
                context,
                batch.records[sequence_number],
                condition,
                largestMessageBytes=LARGEST_MESSAGE,
                largestItemBytes=LARGEST_ITEM,
            ):
                failed.add(sequence_number)

        log(
            "INFO" if not (failed or undeliverable or skipped) else "WARNING",
            "batch relayed",
            records=len(batch.records),
            skipped=len(skipped),
            skippedRecords=[
                {"sequenceNumber": each.sequence_number, "reason": each.reason} for each in skipped
            ],
            notMonitored=len(batch.records) - len(skipped) - len(monitored),
            statesWritten=states.written,
            statesOutdated=states.outdated,
            writeEventsToQueue=write_to_queues,
            messagesSent=sent,
            undeliverable=len(undeliverable),
            failed=len(failed),
        )
        return batch_response(batch.records, failed)

    return handler


def _monitored(
    batch: Batch, configuration: Configuration
) -> tuple[list[StreamEvent], dict[str, str], list[SkippedRecord]]:
    """The events that pass the filter, their minimised JSON by sequence number, and all skipped."""
    monitored: list[StreamEvent] = []
    bodies: dict[str, str] = {}
    skipped = list(batch.skipped)
    for each in batch.events:
        if configuration.hierarchy_filter.passes(each.event.current):
            try:
                bodies[each.sequence_number] = minimised(each.event)
            except RecursionError:
                skipped.append(SkippedRecord(each.sequence_number, "nested too deeply"))
                continue
            monitored.append(each)
    return monitored, bodies, skipped


def _table_changes(
    batch: Batch, bodies: Mapping[str, str], configuration: Configuration
) -> tuple[list[TableChange], list[str]]:
    """The deciding change of each agent, and the records whose item no table would take."""
    table_changes: list[TableChange] = []
    too_large: list[str] = []
    changes = (
        state_change(each.sequence_number, each.event, configuration.hierarchy_filter)
        for each in batch.events
    )
    for change in deciding(each for each in changes if each is not None):
        if change.gone:
            table_changes.append(TableChange(change, None, 0))
            continue
        body = bodies.get(change.sequence_number)
        if body is None:
            continue
        item = table_item(change.event, body)
        size = item_size(item)
        if size > LARGEST_ITEM:
            too_large.append(change.sequence_number)
        else:
            table_changes.append(TableChange(change, item, size))
    return table_changes, too_large
