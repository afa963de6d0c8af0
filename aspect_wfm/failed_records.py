"""The prefixes of the objects in the bucket for failed records.

`GIVEN_UP` has batches, written by Lambda's on-failure destination; `UNDELIVERABLE` has single
records, written by the functions; `REPLAYED` has what a replay has processed.
"""

GIVEN_UP, UNDELIVERABLE = ROOTS = ("aws/lambda/", "undeliverable/")
REPLAYED = "replayed/"
