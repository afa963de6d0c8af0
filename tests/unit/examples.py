"""How many examples the property tests try, and which.

`make unit` and `make test` try the same examples each time: all of hypothesis's hundred, but for
the tests in which one example takes milliseconds, which try fewer unless HYPOTHESIS_PROFILE is
`thorough`, as in `make test`, and those in which it takes a tenth of a second, which try fewer
there too. With `search` every test tries 3,000, other ones for every seed. No example has a
deadline.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

QUICK: Final = "quick"
THOROUGH: Final = "thorough"
SEARCH: Final = "search"
PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", QUICK)

_EXAMPLES: Final = {QUICK: 100, THOROUGH: 100, SEARCH: 3_000}

for _name, _examples in _EXAMPLES.items():
    settings.register_profile(
        _name,
        max_examples=_examples,
        derandomize=_name != SEARCH,
        database=None,  # what earlier runs found would be tried first, and be another search
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(PROFILE)


def costly(quick: int, thorough: int = _EXAMPLES[THOROUGH]) -> settings:
    """For a test with costly examples: only these numbers of them, but for a search."""
    numbers = {QUICK: quick, THOROUGH: thorough}
    return settings(max_examples=numbers.get(PROFILE, _EXAMPLES[PROFILE]))
