"""The demo: an example on a local AWS, a day of agent events, and what the RTA server sees."""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.local_cloud.agent_stream import as_record, await_relayed, put_events, sample_events
from tests.local_cloud.cloud import REGION, access_key, delete_access_keys, local_cloud
from tests.local_cloud.rta_client import AgentState, RtaClient
from tests.local_cloud.terraform_cli import TerraformMissingError
from tests.local_cloud.workspace import TerraformError, workspace

EXAMPLE = "examples/real-time-adherence-new-stream"

# Two records that are not agent events, as a stream may well carry.
_STRAY_RECORDS = [b"not an agent event", b'{"EventType":"STATE_CHANGE"}']

# The server connects at noon: what came before it finds in the table, the rest in the queues.
_CONNECTS_AT = "2026-03-02T12:00"


def main() -> int:
    try:
        with tempfile.TemporaryDirectory(prefix="aspect-wfm-demo-") as folder:
            _demo(Path(folder))
    except (TerraformMissingError, TerraformError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _demo(folder: Path) -> None:
    with ExitStack() as running:
        with step("Starting a local AWS that enforces IAM"):
            cloud = running.enter_context(local_cloud(folder))
        with step(f"terraform init, {EXAMPLE} as it stands"):
            deployment = workspace(EXAMPLE, folder, cloud)
        with step("terraform apply (SQS alone takes half a minute)"):
            outputs = deployment.apply({})
        relay = outputs["rta_lambda_function_name"]
        with step(f"An access key for {outputs['rta_user_name']}: all that the RTA server gets"):
            server = RtaClient(cloud, access_key(cloud, outputs["rta_user_name"]), outputs)

        events = sample_events()
        morning = [event for event in events if event["EventTimestamp"] < _CONNECTS_AT]
        afternoon = events[len(morning) :]
        with step(f"{len(morning)} agent events of the morning and 2 stray records on the stream"):
            put = put_events(
                cloud, outputs["agent_event_stream_arn"], [as_record(e) for e in morning]
            )
            put += put_events(cloud, outputs["agent_event_stream_arn"], _STRAY_RECORDS)
            await_relayed(cloud, relay, put)
        with step("The RTA server connects: it reads the state table and sets the flag"):
            server.read_states()
            server.set_flag(True)
        _print_states(f"What it read ({outputs['dynamodb_table_name']})", server.states)

        with step(f"{len(afternoon)} agent events of the afternoon on the stream"):
            put += put_events(
                cloud, outputs["agent_event_stream_arn"], [as_record(e) for e in afternoon]
            )
            logs = await_relayed(cloud, relay, put)
        with step("The RTA server polls its queue and deletes what it has read"):
            received = server.poll()
        print()
        for each in received:
            event = each.event
            state = ((event["CurrentAgentSnapshot"] or {}).get("AgentStatus") or {}).get("Name")
            print(
                f"    {event['EventTimestamp']}  {event['EventType']:<13} "
                f"{_username(event):<20} {state or '-'}"
            )
        _print_states("Each agent's state as RTA knows it at the end of the day", server.states)

        skipped = Counter(record["reason"] for log in logs for record in log["skippedRecords"])
        print("    records in      ", put)
        print("    agent events    ", put - skipped.total())
        print("    messages out    ", len(received), "(since the flag was set)")
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(skipped.items()))
        print("    skipped         ", f"{skipped.total()} ({reasons})")
        print("    undeliverable   ", sum(log["undeliverable"] for log in logs))
        print()
        with step("terraform destroy"):
            delete_access_keys(cloud, outputs["rta_user_name"])
            deployment.destroy()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Say what is being done, and how long it took."""
    print(f"  {title} ... ", end="", flush=True)
    start = time.monotonic()
    yield
    print(f"{time.monotonic() - start:.0f} s", flush=True)


def _print_states(title: str, states: dict[str, AgentState]) -> None:
    print(f"\n  {title}\n")
    print(f"    {'agent':<22}{'state':<16}since")
    for state in sorted(states.values(), key=lambda each: each.username or ""):
        print(f"    {state.username or '-':<22}{state.state or '-':<16}{state.since or '-'}")
    print()


def _username(event: dict[str, object]) -> str:
    snapshot = event["CurrentAgentSnapshot"]
    configuration = snapshot.get("Configuration") if isinstance(snapshot, dict) else None
    return str((configuration or {}).get("Username") or "-")


if __name__ == "__main__":
    print(f"\nReal-Time Adherence, from agent event to RTA server, in {REGION} on this machine\n")
    sys.exit(main())
