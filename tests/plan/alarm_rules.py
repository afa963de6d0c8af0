"""When each alarm is on, by how its name ends."""

from typing import Any

# None of them is the default.
LIMITS = {
    "iterator_age_minutes": 7,
    "queue_age_minutes": 3,
    "report_age_minutes": 20,
    "skipped_percent": 12,
}

# When each is on, but for the usual: more than 0 in one period of five minutes. `on` is how many of
# the periods it takes.
_LATE = {
    "threshold": LIMITS["iterator_age_minutes"] * 60_000,
    "seconds": 60,
    "periods": 5,
    "stats": ["Maximum"],
}
_AGAIN_AND_AGAIN = {"periods": 3, "on": 2}
_GIVES_UP = {"expression": "kept + lost", "periods": 2, "on": 1}
_SKIPS = {
    "expression": "IF(events > 0, 100 * skipped / events, 0)",
    "threshold": LIMITS["skipped_percent"],
    "periods": 3,
    "on": 3,
}
_IS_NOT_READ = {
    "expression": "IF(FILL(flag, REPEAT) > 0, age, 0)",
    "threshold": LIMITS["queue_age_minutes"] * 60,
    "seconds": 60,
    "periods": 5,
    "on": 3,
    "stats": ["Maximum", "Minimum"],
}
_UNUSUAL: dict[str, dict[str, Any]] = {
    "application-puts-events-aside": {
        "expression": "IF(DIFF(FILL(total, 0)) < 0, total, DIFF(FILL(total, 0)))",
        "periods": 2,
        "on": 1,
        "stats": ["Maximum"],
    },
    "application-reads-late": _LATE,
    "application-restarts": {
        "expression": "DIFF(restarts)",
        "stats": ["Maximum"],
        **_AGAIN_AND_AGAIN,
    },
    "application-skips-records": _SKIPS
    | {
        "expression": "IF(DIFF(events) > 0, 100 * DIFF(skipped) / DIFF(events), 0)",
        "stats": ["Maximum"],
    },
    "classifier-fails": _AGAIN_AND_AGAIN,
    "classifier-gives-up-batches": _GIVES_UP,
    "classifier-is-throttled": _AGAIN_AND_AGAIN,
    "classifier-puts-events-aside": {},
    "classifier-reads-late": _LATE,
    "classifier-skips-records": _SKIPS,
    "no-heartbeat": {
        "comparison": "LessThanThreshold",
        "threshold": 1,
        "expression": "FILL(heartbeats, 0)",
        "periods": 3,
        "on": 3,
    },
    "no-report-files": {
        "expression": "IF(incoming > 0, 1, 0) - IF(delivered > 0, 1, 0)",
        "periods": 3,
        "on": 3,
    },
    "queue-1-is-not-read": _IS_NOT_READ,
    "queue-2-is-not-read": _IS_NOT_READ,
    "relay-fails": _AGAIN_AND_AGAIN,
    "relay-gets-no-events": {
        "expression": "IF(events > 0, 1, 0) - IF(calls > 0, 1, 0)",
        "periods": 3,
        "on": 3,
    },
    "relay-gives-up-batches": _GIVES_UP,
    "relay-is-throttled": _AGAIN_AND_AGAIN,
    "relay-puts-events-aside": {},
    "relay-reads-late": _LATE,
    "relay-skips-records": _SKIPS,
    "report-files-are-late": {
        "threshold": LIMITS["report_age_minutes"] * 60,
        "stats": ["Maximum"],
    },
    "writes-are-refused": {},
}
_USUAL = {
    "comparison": "GreaterThanThreshold",
    "threshold": 0,
    "expression": None,
    "seconds": 300,
    "periods": 1,
    "on": None,
    "stats": ["Sum"],
}
RULES = {suffix: _USUAL | each for suffix, each in _UNUSUAL.items()}


def rule(alarm: dict[str, Any]) -> dict[str, Any]:
    """When an alarm is on, in the words of RULES."""
    queries = alarm["metric_query"] or []
    metrics = [each["metric"][0] for each in queries if each["metric"]]
    (seconds,) = {each["period"] for each in metrics} or {alarm["period"]}
    return {
        "comparison": alarm["comparison_operator"],
        "threshold": alarm["threshold"],
        "expression": next((each["expression"] for each in queries if each["expression"]), None),
        "seconds": seconds,
        "periods": alarm["evaluation_periods"],
        "on": alarm["datapoints_to_alarm"],
        "stats": sorted({each["stat"] for each in metrics} or {alarm["statistic"]}),
    }
