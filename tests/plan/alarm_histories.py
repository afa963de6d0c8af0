"""Histories of the metrics, and the state that each alarm then has in every minute.

An alarm that a history does not name never goes on in it, however AWS's documentation is read.
"""

from collections.abc import Mapping
from typing import NamedTuple

from tests.plan.alarm_states import ALARM, INSUFFICIENT_DATA, OK, Point, Points

# A minute in which AWS's documentation leaves the state open.
OPEN = "open"

# Points by what they are about and the metric's name.
Metrics = dict[tuple[str, str], Points]

# The metrics have been there before minute 1, in which the alarms are new.
_BEFORE = -120


class History(NamedTuple):
    """`states` are by alarm: from which minute on it has which state."""

    metrics: Metrics
    states: Mapping[str, Mapping[int, str]]
    minutes: int = 60


def _points(
    value: float, start: int = _BEFORE, stop: int = 121, step: int = 1, late: int = 0
) -> dict[int, Point]:
    """The same value every `step` minutes, from `start` until before `stop`."""
    return {minute: Point(value, late) for minute in range(start, stop, step)}


def _growing(by: float, start: int = _BEFORE, stop: int = 121, first: float = 0) -> Points:
    """A total that grows every minute."""
    return {minute: Point(first + by * (minute - start)) for minute in range(start, stop)}


def _until(minute: int, points: Points) -> Points:
    return {each: point for each, point in points.items() if each < minute}


def _function(name: str, stop: int = 121) -> Metrics:
    """The metrics of a function that takes a batch every minute, until `stop`."""
    return {
        (name, metric): _points(value, stop=stop)
        for metric, value in {
            "Errors": 0,
            "EventsIn": 100,
            "EventsPutAside": 0,
            "EventsSkipped": 0,
            "Invocations": 60,
            "IteratorAge": 400,
            "Throttles": 0,
        }.items()
    }


# Nobody is signed in. Heartbeats come, and Firehose writes each of them five minutes later.
_QUIET: Metrics = {
    ("application", "EventsIn"): _points(90_000),
    ("application", "EventsPutAside"): _points(0),
    ("application", "EventsSkipped"): _points(10),
    ("application", "fullRestarts"): _points(2),
    ("firehose", "DeliveryToS3.DataFreshness"): _points(301, step=5),
    ("firehose", "DeliveryToS3.Records"): _points(1, step=5),
    ("firehose", "IncomingRecords"): _points(1, step=5),
    ("heartbeat", "Heartbeats"): _points(1, step=5),
}
_BUSY: Metrics = {
    **_QUIET,
    **_function("classifier"),
    **_function("relay"),
    ("application", "EventsIn"): _growing(100),
    ("firehose", "DeliveryToS3.Records"): _points(500, step=5),
    ("firehose", "IncomingRecords"): _points(100),
    ("queue 1", "ApproximateAgeOfOldestMessage"): _points(1, late=1),
    ("queue 2", "ApproximateAgeOfOldestMessage"): _points(1, late=1),
    ("relay", "WriteEventsToQueue"): _points(1),
    ("stream", "GetRecords.IteratorAgeMilliseconds"): _points(300),
    ("stream", "IncomingRecords"): _points(100),
    ("stream", "SubscribeToShardEvent.MillisBehindLatest"): _points(0),
    ("stream", "WriteProvisionedThroughputExceeded"): _points(0),
}
_WITHOUT_RELAY: Metrics = {
    key: points for key, points in _BUSY.items() if key[0] not in ("relay", "queue 1", "queue 2")
}
_LATE_MS = 1_000_000


def _busy_but(changed: Metrics) -> Metrics:
    """A busy day on which the given points take the place of the usual ones."""
    return _BUSY | {key: {**_BUSY.get(key, {}), **points} for key, points in changed.items()}


HISTORIES = {
    "first apply": History(
        {},
        {
            "application-reads-late": {1: INSUFFICIENT_DATA},
            "classifier-reads-late": {1: INSUFFICIENT_DATA},
            "no-heartbeat": {1: ALARM},
            "queue-1-is-not-read": {1: INSUFFICIENT_DATA},
            "relay-fails": {1: OK},
            "relay-gets-no-events": {1: OK},
            "relay-gives-up-batches": {1: OK},
            "relay-reads-late": {1: INSUFFICIENT_DATA},
        },
    ),
    "quiet night": History(_QUIET, {"no-heartbeat": {1: OK}, "no-report-files": {1: OK}}),
    "busy day": History(_BUSY, {"relay-reads-late": {1: OK}, "queue-1-is-not-read": {1: OK}}),
    "one late minute": History(
        {
            key: {**points, **{each: Point(points[each].value, 4) for each in points if each == 30}}
            for key, points in _BUSY.items()
        },
        {"relay-gets-no-events": {1: OK}, "no-heartbeat": {1: OK}},
    ),
    "relay that was never called": History(
        _WITHOUT_RELAY, {"relay-gets-no-events": {1: ALARM}, "relay-fails": {1: OK}}
    ),
    "relay that is not called for 30 minutes": History(
        _WITHOUT_RELAY
        | {
            key: {**_until(11, points), **{each: points[each] for each in range(41, 61)}}
            for key, points in _function("relay").items()
        },
        {"relay-gets-no-events": {1: OK, 25: ALARM, 41: OK}},
    ),
    "blocked delivery": History(
        _BUSY
        | {
            key: {**_until(11, _BUSY[key]), **_points(value, start=41, stop=61, step=5)}
            for key, value in {
                ("firehose", "DeliveryToS3.DataFreshness"): 300,
                ("firehose", "DeliveryToS3.Records"): 4_000,
            }.items()
        },
        {"no-report-files": {1: OK, 25: ALARM, 41: OK}},
    ),
    "blocked delivery on a quiet night": History(
        _QUIET
        | {
            key: _until(11, _QUIET[key])
            for key in (
                ("firehose", "DeliveryToS3.DataFreshness"),
                ("firehose", "DeliveryToS3.Records"),
            )
        },
        {"no-report-files": {1: OK, 25: ALARM}},
    ),
    "slow delivery": History(
        _busy_but({("firehose", "DeliveryToS3.DataFreshness"): _points(2_000, 10, 31, 5)}),
        {"report-files-are-late": {1: OK, 10: ALARM, 35: OK}},
    ),
    "stream that goes quiet while the readers are behind": History(
        _BUSY
        | {
            key: {**_points(_LATE_MS, start=1, stop=21)}
            for key in (
                ("classifier", "IteratorAge"),
                ("relay", "IteratorAge"),
                ("stream", "GetRecords.IteratorAgeMilliseconds"),
                ("stream", "SubscribeToShardEvent.MillisBehindLatest"),
            )
        },
        {
            f"{reader}-reads-late": {1: INSUFFICIENT_DATA, 5: ALARM}
            for reader in ("application", "classifier", "relay")
        },
    ),
    "one batch that is read late": History(
        _busy_but({("relay", "IteratorAge"): _points(_LATE_MS, start=10, stop=14)}),
        {"relay-reads-late": {1: OK}},
    ),
    "errors": History(
        _busy_but(
            {
                ("classifier", "Errors"): {20: Point(1)},
                ("relay", "Errors"): {20: Point(1), 27: Point(3)},
            }
        ),
        {
            "classifier-fails": {1: OK},
            "relay-fails": {1: OK, 27: ALARM, 35: OK},
        },
    ),
    "errors of the classifier": History(
        _busy_but({("classifier", "Errors"): _points(1, start=20, stop=40)}),
        {"classifier-fails": {1: OK, 25: ALARM, 49: OK}},
    ),
    "throttles": History(
        _busy_but({(name, "Throttles"): _points(1, 20, 40) for name in ("classifier", "relay")}),
        {
            "classifier-is-throttled": {1: OK, 25: ALARM, 49: OK},
            "relay-is-throttled": {1: OK, 25: ALARM, 49: OK},
        },
    ),
    "events put aside": History(
        _busy_but(
            {
                ("application", "EventsPutAside"): _points(1, start=20),
                ("classifier", "EventsPutAside"): {20: Point(1)},
                ("relay", "EventsPutAside"): {20: Point(1)},
            }
        ),
        {
            "application-puts-events-aside": {1: OK, 20: ALARM, 30: OK},
            "classifier-puts-events-aside": {1: OK, 20: ALARM, 25: OK},
            "relay-puts-events-aside": {1: OK, 20: ALARM, 25: OK},
        },
    ),
    "event put aside by an application that has just started": History(
        {("application", "EventsPutAside"): _points(3, start=20)},
        {"application-puts-events-aside": {1: OK, 20: ALARM, 30: OK}, "no-heartbeat": {1: ALARM}},
    ),
    "event put aside before and after a restart": History(
        _busy_but(
            {
                ("application", "EventsPutAside"): {
                    **_points(5, start=10, stop=20),
                    **_points(0, start=20, stop=40),
                    **_points(2, start=40),
                }
            }
        ),
        {"application-puts-events-aside": {1: OK, 10: ALARM, 20: OK, 40: ALARM, 50: OK}},
    ),
    "batches given up": History(
        _busy_but(
            {
                ("relay mapping", "OnFailureDestinationDeliveredEventCount"): {20: Point(500)},
                ("classifier mapping", "DroppedEventCount"): {20: Point(500, late=3)},
            }
        ),
        {
            "classifier-gives-up-batches": {1: OK, 23: ALARM, 35: OPEN},
            "relay-gives-up-batches": {1: OK, 20: ALARM, 35: OPEN},
        },
    ),
    "records that are no agent events": History(
        _busy_but(
            {
                **{(name, "EventsSkipped"): _points(13, 20) for name in ("classifier", "relay")},
                ("application", "EventsSkipped"): _growing(13, start=20, first=23),
            }
        ),
        {
            "application-skips-records": {1: OK, 34: ALARM},
            "classifier-skips-records": {1: OK, 34: ALARM},
            "relay-skips-records": {1: OK, 34: ALARM},
        },
    ),
    "full stream": History(
        _busy_but({("stream", "WriteProvisionedThroughputExceeded"): {20: Point(7)}}),
        {"writes-are-refused": {1: OK, 20: ALARM, 25: OK}},
    ),
    # SQS reports the age two minutes late; the server reads again from minute 40 on.
    "queue that is not read for 20 minutes": History(
        _busy_but({("queue 1", "ApproximateAgeOfOldestMessage"): _points(600, 20, 40, late=2)}),
        {"queue-1-is-not-read": {1: OK, 24: ALARM, 42: OPEN, 43: OK}},
    ),
    "queues that fill while the flag is off": History(
        _busy_but(
            {
                ("queue 1", "ApproximateAgeOfOldestMessage"): _points(600, 20),
                ("queue 2", "ApproximateAgeOfOldestMessage"): _points(600, 20),
                ("relay", "WriteEventsToQueue"): _points(0, 20),
            }
        ),
        {"queue-2-is-not-read": {1: OK}},
    ),
    "queue that is not read while the stream goes quiet": History(
        _busy_but({("queue 2", "ApproximateAgeOfOldestMessage"): _points(600, 20)})
        | {("relay", "WriteEventsToQueue"): _points(1, stop=31)},
        {"queue-2-is-not-read": {1: OK, 22: ALARM}},
    ),
    "no heartbeats for 30 minutes": History(
        _QUIET
        | {("heartbeat", "Heartbeats"): _points(1, stop=11, step=5) | _points(1, 40, step=5)},
        {"no-heartbeat": {1: OK, 25: ALARM, 40: OK}},
    ),
    "application that restarts": History(
        _busy_but(
            {("application", "fullRestarts"): _points(3, 20) | _points(4, 26) | _points(5, 31)}
        ),
        {"application-restarts": {1: OK, 26: ALARM, 41: OK}},
    ),
    "application that restarted once": History(
        _busy_but({("application", "fullRestarts"): _points(3, 20)}),
        {"application-restarts": {1: OK}},
    ),
}
