"""The RTA server's queues: there, and being read."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

from aspect_wfm.aws import Aws, Missing
from aspect_wfm.doctor.configuration import relay_configuration
from aspect_wfm.doctor.durations import duration
from aspect_wfm.doctor.findings import Finding, absence, failure, ok, warning
from aspect_wfm.doctor.write_flag import flag_is_on
from aspect_wfm.metrics import Metric, last_hour

_LATE, _NOT_READ = 60, 300


class Queue(NamedTuple):
    """`messages` are those that wait, and those that were received and not deleted."""

    messages: int
    created: datetime


def read_queue(aws: Aws, url: str) -> Queue:
    """Raises as `Aws.ask` does."""
    counted = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = aws.ask(
        "sqs",
        "get_queue_attributes",
        QueueUrl=url,
        AttributeNames=[*counted, "CreatedTimestamp"],
    )["Attributes"]
    return Queue(
        sum(int(found[name]) for name in counted),
        datetime.fromtimestamp(float(found["CreatedTimestamp"]), UTC),
    )


def look_at_queues(aws: Aws, function: str, now: datetime) -> Iterator[Finding]:
    """The relay's queues and what waits in them. Raises as `Aws.ask` does."""
    urls = relay_configuration(aws, function).queue_urls
    flag = flag_is_on(aws, function)
    names = [_name(url) for url in urls]
    ages = last_hour(
        aws,
        now,
        [
            Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", name, "Maximum")
            for name in names
        ],
    )
    for url, name, age in zip(urls, names, ages, strict=True):
        try:
            yield check_queue(name, read_queue(aws, url).messages, age.newest, flag)
        except Missing as missing:
            yield absence("queue.messages", missing.thing)


def look_at_retired_queues(aws: Aws, urls: list[str]) -> Iterator[Finding]:
    """What waits in retired queues. Raises as `Aws.ask` does."""
    for url in urls:
        try:
            yield check_retired_queue(_name(url), read_queue(aws, url).messages)
        except Missing as missing:
            yield absence("queue.retired", missing.thing)


def check_queue(name: str, messages: int, oldest: float | None, flag: bool) -> Finding:
    """`oldest` is the age of the oldest message in seconds, as far as CloudWatch knows."""
    if not messages:
        return ok("queue.messages", f"{name} is empty.")
    waiting = f"{messages:,} {'message waits' if messages == 1 else 'messages wait'} in {name}"
    if not flag:
        return warning(
            "queue.messages",
            f"{waiting} and no RTA server is connected: they are from an earlier connection.",
            "Nothing to do: an RTA server that connects reads the table first, and SQS drops the "
            "messages after four days.",
        )
    if oldest is None:
        return warning(
            "queue.messages",
            f"{waiting}; CloudWatch has no age for them yet.",
            "Run the doctor again in a few minutes.",
        )
    if oldest <= _LATE:
        return ok("queue.messages", f"{waiting}, none for longer than {_LATE} seconds.")
    advice = (
        "Check that the RTA server is running, and that its access key or role may still "
        "receive messages."
    )
    text = f"{waiting}, the oldest for {duration(oldest)}, although the flag is on"
    if oldest <= _NOT_READ:
        return warning("queue.messages", f"{text}: the RTA server reads late.", advice)
    return failure(
        "queue.messages",
        f"{text}: the RTA server does not read, and shows old states.",
        advice,
    )


def check_retired_queue(name: str, messages: int) -> Finding:
    """The finding on a retired queue with this number of messages."""
    if messages:
        return ok("queue.retired", f"{name} is retired; {messages:,} messages are still in it.")
    return ok(
        "queue.retired",
        f"{name} is retired and empty: to remove it, set num_retired_sqs_queues = 0 "
        "(modules/rta/README.md).",
    )


def _name(url: str) -> str:
    return url.rpartition("/")[2]
