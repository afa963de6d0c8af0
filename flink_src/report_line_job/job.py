"""The job: the agent event stream, in windows by shard, through the classifier."""

import os
from collections.abc import Iterator
from typing import Any

from pyflink.common import Row, Types
from pyflink.datastream import FlatMapFunction, MapFunction, RuntimeContext
from pyflink.table import StreamTableEnvironment

from agent_classifier.classifier import METRICS, classifier_handler
from report_line_job.agent_event_table import windows
from report_line_job.batches import Application, batches, classify, stream_record
from report_line_job.flink_log import Counts, counted, log_to_flink
from report_line_job.properties import Properties

# The group whose metrics the service publishes (Managed Service for Apache Flink Developer Guide,
# "Use custom metrics").
_PUBLISHED = "kinesisanalytics"


def deliver_report_lines(tables: StreamTableEnvironment, properties: Properties) -> None:
    """Add to the job of `tables` what is done with the rows of its table of agent events.

    The windows and their timers are Flink's own state. The Python functions have none: PyFlink is
    done with a window before it takes a checkpoint behind it. After a failure the job restarts from
    its last checkpoint: no line is missing, and what was put since then is in the report twice.
    """
    counts = (
        tables.to_data_stream(tables.sql_query(windows(properties)))
        .flat_map(_Classifier(properties), output_type=Types.PICKLED_BYTE_ARRAY())
        .name("classifier")
        .uid("window-classifier")
    )
    # One task counts for all: CloudWatch then has one running total of each metric, and not one for
    # each task, whose maximum or sum would be none.
    counts.map(_Metrics()).name("metrics").uid("metrics").force_non_parallel()


class _Classifier(FlatMapFunction):  # type: ignore[misc]  # PyFlink is not in mypy's .venv
    """From a window of a shard to the counts of its batches, which have then been classified."""

    def __init__(self, properties: Properties) -> None:
        self._properties = properties

    def open(self, _runtime_context: RuntimeContext) -> None:
        log_to_flink(self._properties.log_level)
        os.environ.setdefault("AWS_DEFAULT_REGION", self._properties.region)
        self._application = Application(
            self._properties.application_name, self._properties.application_arn
        )
        self._handler = classifier_handler(self._properties.environment)

    def flat_map(self, window: Row) -> Iterator[Counts]:
        shard, rows = window
        records = (stream_record(shard, *row) for row in rows)
        for batch in batches(records, self._properties.batch_size):
            with counted() as counts:
                classify(self._handler, batch, self._application, self._properties.stream_arn)
            yield counts


class _Metrics(MapFunction):  # type: ignore[misc]  # PyFlink is not in mypy's .venv
    """Adds counts to the metrics that the service publishes."""

    def open(self, runtime_context: RuntimeContext) -> None:
        group = runtime_context.get_metrics_group().add_group(_PUBLISHED)
        self._counters = {name: group.counter(name) for name in METRICS}

    def map(self, counts: Counts) -> Any:
        for name, counter in self._counters.items():
            counter.inc(counts[name])
        return counts
