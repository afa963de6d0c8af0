"""The job: the records of the agent event stream, in batches by shard, through the classifier."""

import os
from collections.abc import Iterable
from typing import Any

from pyflink.common import Row, Types
from pyflink.datastream import KeyedProcessFunction, RuntimeContext
from pyflink.datastream.state import ListStateDescriptor, ValueStateDescriptor
from pyflink.table import StreamTableEnvironment

from agent_classifier.classifier import classifier_handler
from report_line_job.agent_event_table import TABLE
from report_line_job.batches import Application, StreamRecord, classify, lambda_record
from report_line_job.flink_log import log_to_flink
from report_line_job.properties import Properties

# Lambda ends a batch at 6 MB, as Base64.
_LARGEST_BATCH = 4_500_000


def deliver_report_lines(tables: StreamTableEnvironment, properties: Properties) -> None:
    """Add to the job of `tables` what is done with the rows of its table of agent events."""
    rows = tables.to_data_stream(tables.from_path(TABLE))
    rows.key_by(_shard, key_type=Types.STRING()).process(
        _Classifier(properties), output_type=Types.PICKLED_BYTE_ARRAY()
    ).name("classifier").uid("classifier")


def _shard(row: Row) -> str:
    shard: str = row[0]
    return shard


class _Classifier(KeyedProcessFunction):  # type: ignore[misc]  # PyFlink is not in mypy's .venv
    """Keeps a shard's records as Flink's state until they are a batch, and has the classifier deal
    with it. Nothing comes out of it.

    The state and the place on the stream are of one checkpoint, and nothing is in between: PyFlink
    is done with a record before it takes a checkpoint behind it. So when the job begins anew from
    a checkpoint, what the classifier had not dealt with by then comes to it again: no line is
    missing, and what was put since then is in the report twice.
    """

    def __init__(self, properties: Properties) -> None:
        self._properties = properties

    def open(self, runtime_context: RuntimeContext) -> None:
        log_to_flink(self._properties.log_level)
        os.environ.setdefault("AWS_DEFAULT_REGION", self._properties.region)
        self._application = Application(
            self._properties.application_name, self._properties.application_arn
        )
        self._handler = classifier_handler(self._properties.environment)
        self._waiting = runtime_context.get_list_state(
            ListStateDescriptor("waiting", Types.PICKLED_BYTE_ARRAY())
        )
        self._size = runtime_context.get_state(
            ValueStateDescriptor("size", Types.PICKLED_BYTE_ARRAY())
        )

    def process_element(self, row: Row, ctx: KeyedProcessFunction.Context) -> Iterable[Any]:
        shard, sequence_number, arrived, data = row
        records, size = self._size.value() or (0, 0)
        if not records:
            timers = ctx.timer_service()
            window = self._properties.batch_window_seconds * 1000
            timers.register_processing_time_timer(timers.current_processing_time() + window)
        # A plain tuple: what is in a snapshot is to be read by later versions of the job too.
        self._waiting.add((shard, sequence_number, arrived.to_epoch_milli() / 1000, data))
        records, size = records + 1, size + len(data)
        self._size.update((records, size))
        if records >= self._properties.batch_size or size >= _LARGEST_BATCH:
            self._classify()
        return ()

    def on_timer(self, _timestamp: int, _ctx: KeyedProcessFunction.OnTimerContext) -> Iterable[Any]:
        self._classify()
        return ()

    def _classify(self) -> None:
        records = [
            lambda_record(StreamRecord(*each), self._properties.stream_arn)
            for each in self._waiting.get()
        ]
        if records:
            classify(self._handler, records, self._application)
        self._waiting.clear()
        self._size.clear()
