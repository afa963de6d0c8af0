"""The report lines of the days that were played, for an adapter that has nothing but its key."""

import re
import time

from tests.acceptance.deployment import Deployment
from tests.acceptance.evidence import Step
from tests.acceptance.naming import REPORT_PREFIX
from tests.acceptance.refusals import check_adapter_user
from tests.acceptance.wfm_adapter import WfmAdapter, found_at, missing

TITLE = "Find the report lines"

# Firehose writes after five minutes; the functions and S3 have the rest.
WITHIN_SECONDS = 420

_SHOWN = 3

# What comes too late is told from what does not come at all.
_GRACE_SECONDS = 60


def report_lines(deployment: Deployment, step: Step) -> None:
    adapter = WfmAdapter(
        deployment.account,
        deployment.user_key("wfm_adapter_user_name"),
        deployment.outputs["ap_s3_bucket_name"],
        REPORT_PREFIX,
    )
    for number, day in enumerate(deployment.reports, start=1):
        files = adapter.files()
        while missing(day.lines, files):
            if time.monotonic() > day.put_at_here + WITHIN_SECONDS + _GRACE_SECONDS:
                break
            time.sleep(5)
            files = adapter.files()
        absent = missing(day.lines, files)
        took = None if absent else max(0.0, found_at(day.lines, files) - day.put_at)
        step.expects(
            took is not None and took <= WITHIN_SECONDS,
            f"The adapter finds every report line of day {number} within seven minutes",
            f"{len(day.lines)} lines, {took:.0f} s"
            if took is not None
            else f"{len(absent)} of {len(day.lines)} are missing",
        )
    name = re.escape(deployment.outputs["firehose_stream_name"])
    expected = re.compile(rf"{REPORT_PREFIX}\d{{4}}/\d\d/\d\d/\d\d/{name}-\d+-[0-9-]+[0-9a-f-]+")
    odd = [each.key for each in adapter.files() if not expected.fullmatch(each.key)]
    step.expects(
        not odd, "The files have the names that the adapter looks for", ", ".join(odd[:_SHOWN])
    )
    if deployment.reports:
        check_adapter_user(deployment, step)
