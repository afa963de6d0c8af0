"""Least privilege, proven both ways on one apply of the modules in their configurations.

Each principal that the modules create (relay, classifier, heartbeat, Firehose, WFM Adapter, RTA) is
allowed everything that its job needs, and taking away any part of its policy breaks that; nothing
else that AWS offers on anything in the estate is allowed to it; and nobody but its service or its
account assumes it. `python -m tests.security` looks at every configuration and prints what it
tried; pytest looks at the fewest that hold every trait with and without.
"""
