"""From a batch of the agent event stream to the state table and the queues of one RTA server."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Any

from agent_events.batch_log import BATCH_METRICS, log_batch
from agent_events.conditions import Condition
from agent_events.invocation import (
    Context,
    Handler,
    pause,
    put_aside,
    time_for_calls,
)
from agent_events.kinesis_batch import BatchResponse, batch_response, read_batch, settled
from function_runtime.aws_calls import FAILED_CALL, aws_client
from function_runtime.structured_log import described, log, log_as
from rta_relay.agent_state import LARGEST_ITEM
from rta_relay.concurrent_calls import CALLS_AT_ONCE
from rta_relay.configuration import read_configuration
from rta_relay.message import LARGEST_MESSAGE, message_group, queue_index
from rta_relay.message_queues import send_in_order
from rta_relay.relayed_event import relayed_event
from rta_relay.state_table import Tables, write_changes
from rta_relay.write_flag import read_flag

# The function's metrics, and what each counts.
METRICS = {
    **BATCH_METRICS,
    "EventsFiltered": "events of agents that this RTA server does not monitor",
    "StatesWritten": (
        "changes written to the state table: one per agent in a batch, including sign-outs, unless "
        "the table has a newer one"
    ),
    "MessagesSent": "messages that SQS accepted",
    "WriteEventsToQueue": (
        "the flag that the relay read for the batch, 1 or 0; missing if the relay could not read "
        "it. Use *Minimum* or *Maximum*, not *Sum*"
    ),
}


def relay_handler(environment: Mapping[str, str]) -> Handler:
    """The function's handler. Raises ConfigurationError for an environment it cannot work with."""
    log_as(environment, "LogLevel")
    configuration = read_configuration(environment)
    tables = Tables(configuration.agent_state_table, configuration.signed_out_agents_table)
    queue_urls = configuration.queue_urls
    dynamodb = aws_client("dynamodb")
    sqs = aws_client("sqs")
    # Rarely needed, and a large part of a cold start.
    s3 = cache(lambda: aws_client("s3"))
    executor = ThreadPoolExecutor(CALLS_AT_ONCE)

    def handler(invocation: Any, context: Context) -> BatchResponse:
        may_go_on = time_for_calls(context)
        batch = read_batch(
            invocation,
            lambda number, event: relayed_event(number, event, configuration.hierarchy_filter),
        )
        outcomes = batch.outcomes.values()
        states = write_changes(
            dynamodb,
            tables,
            [each.change for each in outcomes if each.change],
            may_go_on,
            pause,
            executor,
        )

        # Read after the table is written: an event is then in the table before a server that has
        # not yet set the flag reads it.
        write_to_queues: bool | None = configuration.flag
        if configuration.configuration_table:
            try:
                write_to_queues = read_flag(dynamodb, configuration.configuration_table)
            except FAILED_CALL as error:
                write_to_queues = None
                log("ERROR", "reading the write-to-SQS flag failed", error=described(error))
        messages = [each.message for each in outcomes if each.message]
        outgoing = messages if write_to_queues else []
        # Without the flag, the messages are decided when Lambda retries their records.
        undecided = [] if write_to_queues is not None else messages
        waiting = states.failed.union(each.sequence_number for each in undecided)
        undeliverable = {
            **batch.undeliverable,
            **{number: each.condition for number, each in batch.outcomes.items() if each.condition},
            **dict.fromkeys(states.rejected, Condition.AGENT_STATE_REJECTED),
            **{
                each.sequence_number: Condition.MESSAGE_TOO_LARGE
                for each in outgoing
                if each.size > LARGEST_MESSAGE
            },
        }
        not_kept = put_aside(
            s3,
            configuration.failed_records_bucket,
            context,
            batch.records,
            undeliverable,
            waiting,
            largestMessageBytes=LARGEST_MESSAGE,
            largestItemBytes=LARGEST_ITEM,
        )
        # What Lambda retries anyway waits for that, so that nothing is sent twice.
        settled_numbers = settled(batch.records, waiting | not_kept)
        sendable = [
            (queue_urls[queue_index(each.agent_arn, len(queue_urls))], each)
            for each in outgoing
            if each.sequence_number in settled_numbers and each.sequence_number not in undeliverable
        ]
        not_sent = send_in_order(
            sqs,
            sendable,
            partial(message_group, configuration.message_group),
            may_go_on,
            pause,
            executor,
        )
        failed = waiting | not_kept | not_sent

        log_batch(
            "batch relayed",
            batch,
            undeliverable,
            failed,
            {
                "EventsFiltered": sum(not (each.message or each.condition) for each in outcomes),
                "EventsPutAside": len(undeliverable.keys() & settled_numbers),
                "StatesWritten": states.written,
                "MessagesSent": len(sendable) - len(not_sent),
                **({} if write_to_queues is None else {"WriteEventsToQueue": int(write_to_queues)}),
            },
            statesOutdated=states.outdated,
        )
        return batch_response(batch.records, failed)

    return handler
