"""What an invocation meets: drawn by seed, one weather for a spell of a shard's invocations.

Spells outlast retries, so that some batches use theirs up and are given up.
"""

import random
from dataclasses import dataclass, replace
from typing import Final

# Faults on the wire, which the proxy injects; what each does is in proxy_rules.
THROTTLED, SERVER_ERROR, RESET, EXPIRED = "throttled", "server-error", "reset", "expired"
SLOW, CUT = "slow", "cut-short"
# Faults that a hook in the function's own process injects: the proxy lacks them, or would need real
# time for them.
LOST, LATE = "answer-lost", "late"
REFUSED, CANCELLED = "entries-refused", "transaction-cancelled"
MALFORMED, UNACCEPTABLE = "malformed", "item-rejected"
HOOKED: Final = (LOST, LATE, REFUSED, CANCELLED, MALFORMED, UNACCEPTABLE)

_HEADER = "x-fault"

# Milliseconds that a call takes of the function's time.
_QUICK = (3.0, 30.0)
_DRAGGING = (1_500.0, 9_000.0)

_MIXED: Final = {
    THROTTLED: 30,
    SERVER_ERROR: 20,
    RESET: 15,
    LOST: 20,
    SLOW: 12,
    CUT: 2,
    LATE: 2,
}


# How often a spell begins of each.
_STARTS = ("clear", "showers", "storm", "expired", "dragging", "killed")
_START_WEIGHTS = (57, 26, 5, 1.5, 4, 6.5)


@dataclass(frozen=True, slots=True)
class Weather:
    """Chances, each from 0 to 1, and times.

    `wire`: that an attempt meets one of `kinds` (weights), with `service` only there. `refused`:
    that a batched call is refused in part. `cancelled`: that a transaction is. `malformed`: that
    the answer to a batched call lacks something. `milliseconds`: what an attempt takes, from and
    to. `killed`: before or after which call the function dies, or with `answer`, when all is done
    and only the answer is missing.
    """

    name: str
    wire: float = 0.004
    kinds: tuple[tuple[str, float], ...] = tuple(_MIXED.items())
    service: str | None = None
    refused: float = 0.002
    cancelled: float = 0.002
    malformed: float = 0.004
    milliseconds: tuple[float, float] = _QUICK
    killed: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """A weather and for how many more invocations it holds."""

    weather: Weather
    left: int


def next_spell(chance: random.Random, last: Spell | None, services: tuple[str, ...]) -> Spell:
    """The spell for a shard's next invocation of a function that calls `services`."""
    if last and last.left > 1:
        return replace(last, left=last.left - 1)
    (kind,) = chance.choices(_STARTS, _START_WEIGHTS)
    if kind == "showers":
        return Spell(
            Weather(kind, wire=0.06, refused=0.12, cancelled=0.15, malformed=0.04),
            chance.randint(1, 5),
        )
    if kind == "storm":
        return Spell(_storm(chance, services), chance.choice((1, 3, 6, 12, 24)))
    if kind == "expired":
        return Spell(Weather(kind, wire=1.0, kinds=((EXPIRED, 1.0),)), chance.randint(1, 8))
    if kind == "dragging":
        return Spell(Weather(kind, milliseconds=_DRAGGING), chance.randint(1, 4))
    if kind == "killed":
        moment = chance.choice(("before", "after", "answer"))
        call = 1 + int(chance.expovariate(1 / 8))
        return Spell(Weather(kind, wire=0.02, killed=(moment, call)), chance.randint(1, 3))
    return Spell(Weather(kind), chance.randint(1, 4))


def _storm(chance: random.Random, services: tuple[str, ...]) -> Weather:
    """One service fails almost always, in one way."""
    kind = chance.choice((THROTTLED, SERVER_ERROR, RESET, LOST))
    (service,) = chance.choices(services, [1 if each == "s3" else 4 for each in services])
    return Weather(
        "storm",
        wire=chance.choice((0.6, 0.9, 1.0)),
        kinds=((kind, 1.0),),
        service=service,
        refused=0.7 if service in ("sqs", "firehose") else 0.002,
        cancelled=0.8 if service == "dynamodb" else 0.002,
        malformed=chance.choice((0.0, 0.3)),
    )


def header(kind: str) -> tuple[str, str]:
    """The request header by which the proxy knows that it has to inject `kind`."""
    return _HEADER, kind


def proxy_rules() -> list[dict[str, object]]:
    """The proxy's rules. A request says by a header what is to happen to it, so that the seed, and
    not the proxy, decides."""

    def rule(kind: str, service: str = "*", **effect: object) -> dict[str, object]:
        name, value = header(kind)
        return {"service": service, "headers": {name: value}, **effect}

    def error(code: str, status: int) -> dict[str, object]:
        return {"code": code, "status": status}

    return [
        rule(THROTTLED, "dynamodb", error=error("ProvisionedThroughputExceededException", 400)),
        rule(THROTTLED, "sqs", error=error("RequestThrottled", 403)),
        rule(THROTTLED, "firehose", error=error("ServiceUnavailableException", 503)),
        rule(THROTTLED, "s3", error=error("SlowDown", 503)),
        rule(SERVER_ERROR, error=error("InternalError", 500)),
        rule(EXPIRED, "s3", error=error("ExpiredToken", 400)),
        rule(EXPIRED, error=error("ExpiredTokenException", 400)),
        rule(RESET, reset=True),  # before it is forwarded
        rule(SLOW, latency={"min": 60, "max": 60}),
        rule(CUT, response={"truncate_bytes": 25}),  # after it was carried out
    ]
