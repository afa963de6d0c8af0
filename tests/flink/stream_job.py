"""The package's main.py on a Flink in one process: a program for the Python that has PyFlink.

Its argument is a file of JSON: `package`, the unpacked package; `properties`, the runtime
properties; `jars` of the connector; `options` of the stream's table that are other ones here; and
`settings` of Flink. When the file `lose-a-task-manager` appears beside it, that happens.
"""

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from pyflink.common import Configuration, JobClient
from pyflink.datastream import StreamExecutionEnvironment

import main as application
from report_line_job.agent_event_table import create_table
from report_line_job.properties import Properties, read_properties


def run(arguments: Path) -> None:
    given = json.loads(arguments.read_text())
    lose_one = arguments.with_name("lose-a-task-manager")

    def environment() -> StreamExecutionEnvironment:
        configuration = Configuration()
        # As on a cluster, Python works in processes of its own.
        for name, value in {**given["settings"], "python.executable": sys.executable}.items():
            configuration.set_string(name, value)
        stream = get_environment(configuration)
        stream.add_jars(*(Path(jar).as_uri() for jar in given["jars"]))
        stream.add_python_file(str(Path(given["package"]) / "python"))
        stream.execute = lambda name: _attend(stream.execute_async(name), lose_one)
        return stream

    def table(properties: Properties, now: datetime) -> str:
        statement = create_table(properties, now)
        for name, value in given["options"].items():
            statement = _with_option(statement, name, value)
        return statement

    get_environment = StreamExecutionEnvironment.get_execution_environment
    changes: dict[str, Any] = {
        "StreamExecutionEnvironment": type(
            "Environment", (), {"get_execution_environment": staticmethod(environment)}
        ),
        "create_table": table,
        "read_properties": lambda: read_properties(Path(given["properties"])),
    }
    vars(application).update(changes)
    application.main()


def _with_option(statement: str, name: str, value: str) -> str:
    """`statement` with an option of the table, in place of the one of this name if it has it."""
    before, _, options = statement.rpartition(" WITH (")
    kept = [each for each in options[:-1].split(", ") if not each.startswith(f"'{name}' = ")]
    every = ", ".join([*kept, f"'{name}' = '{value}'"])
    return f"{before} WITH ({every})"


def _attend(job: JobClient, lose_one: Path) -> None:
    """Wait for the end of `job`. Raises what ended it."""
    result = job.get_job_execution_result()
    lost = 0  # the cluster keeps those that it has lost in its list
    while not result.done():
        if lose_one.exists():
            lose_one.unlink()
            field = job._j_job_client.getClass().getDeclaredField("miniCluster")
            field.setAccessible(True)
            cluster = field.get(job._j_job_client)
            cluster.terminateTaskManager(lost).get()
            cluster.startTaskManager()
            lost += 1
        time.sleep(0.2)
    result.result()


if __name__ == "__main__":
    run(Path(sys.argv[1]))
