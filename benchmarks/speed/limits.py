"""The limits at which the benchmark's AWS throttles, as token buckets.

- SQS, FIFO queue without high throughput: 300 calls a second, for each queue and API action; a
  batch of ten messages is one call (Amazon SQS Developer Guide, "Amazon SQS message quotas").
- DynamoDB: 1,000 write units a second for one partition, in on-demand mode too; a write unit is
  1 KB or part of it, of the item as it was or as it is then, whichever is larger; a write whose
  condition fails costs as much (DynamoDB Developer Guide, "Best practices for designing and using
  partition keys effectively", "Read and write consumption"). Each action of a transaction costs
  twice as much, a condition check too ("Amazon DynamoDB Transactions: How it works").

AWS lets a short burst pass beyond them. Here that is a tenth of a second's worth, so that what is
measured is the limit and not the burst.
"""

import time
from collections.abc import Callable

SQS_CALLS_A_SECOND = 300
WRITE_UNITS_A_SECOND = 1_000
BURST_SECONDS = 0.1


class TokenBucket:
    """`rate` tokens a second, at most BURST_SECONDS' worth of them saved up."""

    def __init__(self, rate: float, now: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.capacity = rate * BURST_SECONDS
        self._now = now
        self._tokens = self.capacity
        self._at = now()

    def take(self, tokens: float) -> bool:
        """Take `tokens`, if they are there; more than the bucket holds need a full one, which then
        owes the rest."""
        now = self._now()
        self._tokens = min(self.capacity, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens < min(tokens, self.capacity):
            return False
        self._tokens -= tokens
        return True


def least_seconds(tokens: float, rate: float) -> float:
    """In how little time a bucket gives so many tokens, when it is full at the beginning."""
    return max(0.0, tokens / rate - BURST_SECONDS)
