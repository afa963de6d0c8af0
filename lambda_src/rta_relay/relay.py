"""From a batch of the agent event stream to the state table and the queues of one RTA server."""

from collections.abc import Mapping
from typing import Any

import boto3

from agent_events.agent_event import Undeliverable
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
    batch_response,
    read_batch,
    settled,
)
from agent_events.structured_log import log
from rta_relay.agent_state import LARGEST_ITEM, deciding, item_size, state_change, table_item
from rta_relay.configuration import Configuration, read_configuration
from rta_relay.message import LARGEST_MESSAGE, Message, message, queue_index
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
        monitored, unwritable = _monitored(batch, configuration)
        changes, too_large = _table_changes(batch, monitored, configuration)
        undeliverable = batch.undeliverable | unwritable | too_large
        states = write_changes(
            dynamodb,
            configuration.agent_state_table,
            configuration.signed_out_agents_table,
            changes,
            may_go_on,
            pause,
        )
        failed = states.failed

        # Read after the table is written: an event is then in the table before a server that has
        # not yet set the flag reads it.
        write_to_queues = (
            read_flag(dynamodb, configuration.configuration_table)
            if configuration.configuration_table
            else configuration.flag
        )
        outgoing, too_large = (
            _outgoing(monitored, configuration.queue_urls) if write_to_queues else ([], {})
        )
        undeliverable |= too_large
        failed |= put_aside(
            s3,
            configuration.failed_records_bucket,
            context,
            batch.records,
            undeliverable,
            failed,
            largestMessageBytes=LARGEST_MESSAGE,
            largestItemBytes=LARGEST_ITEM,
        )
        # What Lambda brings again anyway waits for that, so that nothing is sent twice.
        now = settled(batch.records, failed)
        outgoing = [(url, each) for url, each in outgoing if each.sequence_number in now]
        not_sent = send_in_order(sqs, outgoing, may_go_on, pause)
        failed |= not_sent

        log(
            "INFO" if not (failed or undeliverable or batch.skipped) else "WARNING",
            "batch relayed",
            records=len(batch.records),
            skipped=len(batch.skipped),
            skippedRecords=[
                {"sequenceNumber": each.sequence_number, "reason": each.reason}
                for each in batch.skipped
            ],
            notMonitored=len(batch.events) - len(unwritable) - len(monitored),
            statesWritten=states.written,
            statesOutdated=states.outdated,
            writeEventsToQueue=write_to_queues,
            messagesSent=len(outgoing) - len(not_sent),
            undeliverable=len(undeliverable),
            failed=len(failed),
        )
        return batch_response(batch.records, failed)

    return handler


def _monitored(
    batch: Batch, configuration: Configuration
) -> tuple[dict[str, Message], dict[str, str]]:
    """The message of each event that passes the filter, by sequence number in stream order, and
    why there is none for the others, by sequence number."""
    monitored: dict[str, Message] = {}
    unwritable: dict[str, str] = {}
    for each in batch.events:
        if configuration.hierarchy_filter.passes(each.event.current):
            try:
                monitored[each.sequence_number] = message(each.sequence_number, each.event)
            except Undeliverable as condition:
                unwritable[each.sequence_number] = str(condition)
    return monitored, unwritable


def _table_changes(
    batch: Batch, monitored: Mapping[str, Message], configuration: Configuration
) -> tuple[list[TableChange], dict[str, str]]:
    """The deciding change of each agent, of those that the table can take, and why it cannot take
    the others, by sequence number."""
    takeable: dict[str, TableChange] = {}
    too_large: dict[str, str] = {}
    for each in batch.events:
        change = state_change(each.sequence_number, each.event, configuration.hierarchy_filter)
        if change is None:
            continue
        if change.gone:
            takeable[each.sequence_number] = TableChange(change, None, 0)
        elif each.sequence_number in monitored:
            item = table_item(each.event, monitored[each.sequence_number].body)
            size = item_size(item)
            if size <= LARGEST_ITEM:
                takeable[each.sequence_number] = TableChange(change, item, size)
            else:
                too_large[each.sequence_number] = "AgentStateTooLarge"
    decisions = deciding(each.change for each in takeable.values())
    return [takeable[change.sequence_number] for change in decisions], too_large


def _outgoing(
    monitored: Mapping[str, Message], queue_urls: tuple[str, ...]
) -> tuple[list[tuple[str, Message]], dict[str, str]]:
    """Each message with its queue, in stream order, and why the others cannot be sent, by sequence
    number."""
    outgoing: list[tuple[str, Message]] = []
    too_large: dict[str, str] = {}
    for sequence_number, each in monitored.items():
        if each.size > LARGEST_MESSAGE:
            too_large[sequence_number] = "MessageTooLarge"
        else:
            outgoing.append((queue_urls[queue_index(each.agent_arn, len(queue_urls))], each))
    return outgoing, too_large
