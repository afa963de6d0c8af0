"""How many examples the tests at random try.

All of hypothesis's hundred, but for the tests in which one example takes milliseconds: these try
fewer in `make unit`, and a hundred with HYPOTHESIS_PROFILE=thorough, as in `make test`. No example
has a time to keep.
"""

import os

from hypothesis import HealthCheck, settings

THOROUGH = "thorough"
QUICK = "quick"
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", QUICK)

for _name in (QUICK, THOROUGH):
    settings.register_profile(_name, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def costly(quick: int) -> settings:
    """For a test with costly examples: so many of them, or a hundred when thorough."""
    return settings(max_examples=100 if PROFILE == THOROUGH else quick)
