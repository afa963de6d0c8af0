"""The operators' programs: `aspect-wfm --help`, and docs/operations.md.

The programs decode events, write lines and read reference tables with the functions' own modules,
so that they cannot differ from what is deployed. A wheel has these in the folder `lambda_src` of
this package rather than at the top of site-packages, where another package can have the name
`agent_events`; in a clone they are beside this package. The modules import each other by the names
that they have in the functions' zips, so this process puts their folder first on its path.
"""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL, _IN_REPOSITORY = _PACKAGE / "lambda_src", _PACKAGE.parent / "lambda_src"

FUNCTIONS = str(_IN_WHEEL if _IN_WHEEL.is_dir() else _IN_REPOSITORY)

if FUNCTIONS not in sys.path:
    sys.path.insert(0, FUNCTIONS)
