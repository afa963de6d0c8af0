"""Where the bucket for failed records keeps what: the prefixes of its objects.

`GIVEN_UP` has batches, written by Lambda's on-failure destination; `UNDELIVERABLE` has single
records, written by the functions; `REPLAYED` has what a replay has taken.
"""

GIVEN_UP, UNDELIVERABLE = ROOTS = ("aws/lambda/", "undeliverable/")
REPLAYED = "replayed/"
