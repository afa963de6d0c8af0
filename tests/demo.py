"""The demo: option 3 on a local AWS, a day of agent events, and what both Aspect products see."""

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aspect_wfm.reports.page import page
from aspect_wfm.reports.periods import Period
from aspect_wfm.reports.statistics import statistics
from aspect_wfm.reports.terminal import render
from tests.local_cloud.agent_stream import as_record, await_batches, put_events, sample_events
from tests.local_cloud.cloud import (
    REGION,
    LocalCloud,
    StartError,
    access_key,
    delete_access_keys,
    local_cloud,
)
from tests.local_cloud.rta_client import AgentState, RtaClient
from tests.local_cloud.terraform_cli import REPOSITORY, TerraformMissingError, terraform_binary
from tests.local_cloud.wfm_adapter import WfmAdapter
from tests.local_cloud.workspace import TerraformError, workspace

EXAMPLE = "examples/both-new-stream"
PAGE = REPOSITORY / "build" / "wfm-reports.html"

CONNECT_BUCKET = "amazon-connect-0123456789ab"
VARIABLES = {
    "agent_statuses": {"Available": "A", "Offline": "0", "Project": "1"},
    "connect_s3_bucket": CONNECT_BUCKET,
    "connect_s3_prefix": "connect/acme/Reports/Aspect/",
}

# Two records that are not agent events, as a stream may well carry.
STRAY_RECORDS = [b"not an agent event", b'{"EventType":"STATE_CHANGE"}']

# The RTA server connects at noon: what came before it finds in the table, the rest in the queue.
CONNECTS_AT = "2026-03-02T12:00"
DAY = Period(datetime(2026, 3, 2, 9, tzinfo=UTC), datetime(2026, 3, 2, 18, tzinfo=UTC))


def main() -> int:
    started = time.time()
    print(f"\nAmazon Connect to Aspect WFM, in {REGION} on this machine\n")
    try:
        terraform_binary()
        with tempfile.TemporaryDirectory(prefix="aspect-wfm-demo-") as folder:
            _demo(Path(folder))
    except KeyboardInterrupt:
        print("\n\nInterrupted. The local AWS has ended, and all that was in it.", file=sys.stderr)
        return 130
    except (StartError, TerraformMissingError, TerraformError) as error:
        print(f"\n\n{error}", file=sys.stderr)
        return 1
    print(ending(time.time() - float(os.environ.get("STARTED", started))))
    return 0


def ending(seconds: float) -> str:
    """What the demo says at the end, after `seconds` in all."""
    return (
        f"  Done in {seconds // 60:.0f} min {seconds % 60:.0f} s, installation included.\n\n"
        f"  Next:\n"
        f"    open {PAGE.relative_to(REPOSITORY)}, the day as a workforce analyst sees it\n"
        f"    read {EXAMPLE}/README.md, and deploy it to your account\n"
    )


def _demo(folder: Path) -> None:
    with ExitStack() as running:
        with step("Starting a local AWS that enforces IAM"):
            cloud = running.enter_context(local_cloud(folder))
            cloud.client("s3").create_bucket(
                Bucket=CONNECT_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        with step(f"terraform init, {EXAMPLE} without changes"):
            deployment = workspace(EXAMPLE, folder, cloud)
        with step("terraform apply (SQS alone takes half a minute)"):
            outputs = deployment.apply(VARIABLES)
        with step("An access key for each product's user: all that the two of them get"):
            users = [outputs["rta_user_name"], outputs["wfm_adapter_user_name"]]
            rta_key, adapter_key = (access_key(cloud, user) for user in users)
            server = RtaClient(cloud, rta_key, outputs)
            adapter = WfmAdapter(cloud, adapter_key, outputs)

        put, logs = _play_a_day(cloud, outputs, server)
        print("\n  REAL-TIME ADHERENCE: each agent's state as RTA knows it at the end of the day\n")
        _print_states(server.states)
        _print_counts(put, logs)

        print("\n  AGENT PRODUCTIVITY: what WFM makes of the report files\n")
        report = adapter.report()
        found = statistics(report.lines, DAY, timedelta(minutes=60), 1)
        print("".join(f"    {line}\n" for line in render(found, report).splitlines()))
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page(found, report), encoding="utf-8")
        print("    (The heartbeat comes every five minutes; the demo ends before the first.)")
        print(f"    As a page: {PAGE.relative_to(REPOSITORY)}\n")

        with step("terraform destroy, once keys and report files are deleted by hand"):
            for user in users:
                delete_access_keys(cloud, user)
            deployment.empty_and_destroy(outputs["ap_s3_bucket_name"])
    print()


def _play_a_day(
    cloud: LocalCloud, outputs: dict[str, Any], server: RtaClient
) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """Put the sample day on the stream, the RTA server at work from noon; the functions' logs."""
    stream = outputs["agent_event_stream_arn"]
    functions = {
        "relay": outputs["rta_lambda_function_name"],
        "classifier": outputs["classifier_lambda_function_name"],
    }
    events = sample_events()
    morning = [event for event in events if event["EventTimestamp"] < CONNECTS_AT]
    afternoon = events[len(morning) :]
    with step(f"{len(morning)} agent events of the morning and 2 stray records on the stream"):
        put = put_events(cloud, stream, map(as_record, morning))
        put += put_events(cloud, stream, STRAY_RECORDS)
        await_batches(cloud, functions["relay"], put)
    with step("The RTA server connects: it reads the state table and sets the flag"):
        server.read_states()
        server.set_flag(True)
    print()
    _print_states(server.states)
    with step(f"{len(afternoon)} agent events of the afternoon on the stream"):
        put += put_events(cloud, stream, map(as_record, afternoon))
        logs = {name: await_batches(cloud, each, put) for name, each in functions.items()}
    with step("The RTA server polls its queue and deletes what it has read"):
        received = server.poll()
    print("\n    received, each agent's in order:")
    for each in received:
        event = each.event
        snapshot = event["CurrentAgentSnapshot"] or {}
        username = (snapshot.get("Configuration") or {}).get("Username") or "-"
        state = (snapshot.get("AgentStatus") or {}).get("Name") or "-"
        print(f"    {event['EventTimestamp']}  {event['EventType']:<13} {username:<20} {state}")
    return put, logs


def _print_states(states: dict[str, AgentState]) -> None:
    print(f"    {'agent':<22}{'state':<16}since")
    for state in sorted(states.values(), key=lambda each: each.username or ""):
        print(f"    {state.username or '-':<22}{state.state or '-':<16}{state.since or '-'}")
    print()


def _print_counts(put: int, logs: dict[str, list[dict[str, Any]]]) -> None:
    def total(function: str, what: str) -> int:
        return sum(log[what] for log in logs[function])

    skipped = Counter(record["reason"] for log in logs["relay"] for record in log["skippedRecords"])
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(skipped.items()))
    for name, value in (
        ("records in", put),
        ("skipped", f"{skipped.total()} ({reasons})"),
        ("agent events", put - skipped.total()),
        ("messages out", f"{total('relay', 'MessagesSent')} (since the flag was set)"),
        ("report lines", total("classifier", "LinesWritten")),
        ("without a user", f"{total('classifier', 'withoutUsername')} (no report line)"),
        ("put aside", total("relay", "EventsPutAside") + total("classifier", "EventsPutAside")),
    ):
        print(f"    {name:<16}{value}")


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, a dot every five seconds, and how long it took."""
    print(f"  {title} ... ", end="", flush=True)
    start = time.monotonic()
    done = threading.Event()

    def dots() -> None:
        while not done.wait(5):
            print(".", end="", flush=True)

    ticking = threading.Thread(target=dots, daemon=True)
    ticking.start()
    try:
        yield
    finally:
        done.set()
        ticking.join()
    print(f" {time.monotonic() - start:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
