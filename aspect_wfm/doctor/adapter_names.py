"""What the WFM Adapter has to be told, because it differs from what it expects."""

from collections.abc import Iterator

from aspect_wfm.aws import Aws
from aspect_wfm.doctor.findings import Finding, ok, warning
from aspect_wfm.doctor.firehose import ReportStream, read_report_stream

# The guide: what the adapter expects unless its data source says otherwise.
_FIREHOSE_STREAM = "aspect-wfm-ap-kda-to-s3"
_PREFIX = "OUTPUT/"


def look_at_names(aws: Aws, classifier: str) -> Iterator[Finding]:
    """Whether the WFM Adapter finds the report files by their names. Raises as `Aws.ask` does."""
    yield from check_names(read_report_stream(aws, classifier))


def check_names(stream: ReportStream) -> Iterator[Finding]:
    """The findings on the Firehose stream's name and on its prefix."""
    if stream.name == _FIREHOSE_STREAM:
        yield ok("adapter.mapping", "The report files have the name that the WFM Adapter expects.")
    else:
        yield warning(
            "adapter.mapping",
            f"The names of the report files begin with {stream.name}, and the WFM Adapter expects "
            f"{_FIREHOSE_STREAM}.",
            f"Set Firehose Report Mapping of its data source to {stream.name}.",
        )
    if stream.prefix == _PREFIX:
        yield ok("adapter.root_path", "The report files lie where the WFM Adapter expects them.")
    else:
        yield warning(
            "adapter.root_path",
            f"The report files lie under {stream.prefix}, and the WFM Adapter expects {_PREFIX}.",
            f"Set Firehose Report Root Path of its data source to {stream.prefix}.",
        )
