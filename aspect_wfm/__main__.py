"""`python -m aspect_wfm`, which is `aspect-wfm` where the package is installed."""

import sys

from aspect_wfm.command import main

sys.exit(main())
