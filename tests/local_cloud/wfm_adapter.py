"""What the WFM Adapter does with a deployment, by its own identity only (wire contract, 2)."""

from dataclasses import dataclass
from typing import Any

from aspect_wfm.report_files import ReportObject, read_bucket
from aspect_wfm.reports.report_lines import Report, read_report
from tests.local_cloud.cloud import AccessKey, LocalCloud


@dataclass(frozen=True, slots=True)
class WfmAdapter:
    """A connection that reads report files; `prefix` is that of the reports."""

    cloud: LocalCloud
    key: AccessKey
    outputs: dict[str, Any]
    prefix: str = "OUTPUT/"

    def objects(self) -> list[ReportObject]:
        """The report files as they are."""
        s3 = self.cloud.client("s3", self.key)
        return list(read_bucket(s3, self.outputs["ap_s3_bucket_name"], self.prefix))

    def lines(self) -> list[bytes]:
        """Every line of every report file, heartbeats left out, sorted: files have no order."""
        return sorted(
            line + b"\n" for each in self.objects() for line in each.data.split(b"\n") if line
        )

    def report(self) -> Report:
        """What WFM makes of the files."""
        return read_report(self.objects())
