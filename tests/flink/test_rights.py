"""The job has the rights that it needs: the module's policy, on a local AWS that enforces IAM.

That AWS speaks no CBOR, which the connector does without where it is told to.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.agent_event_batches import mixed
from tests.chaos.servers import Servers, servers
from tests.flink.agent_stream import NAME
from tests.flink.report import lines_of
from tests.flink.running_job import APPLICATION, Job, Run, make_estate, running
from tests.local_cloud.agent_stream import SAMPLE_DAY
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, local_cloud
from tests.local_cloud.workspace import workspace
from tests.plan.planned import plan, resources

STREAM_ARN = f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/{NAME}"
DAY = SAMPLE_DAY.read_bytes().splitlines()

# What the service does with the role and not the job, which nothing here does.
OF_THE_SERVICE = {"ReadItsPackage", "FindItsLogGroup", "FindItsLogStream", "WriteItsLog"}

# Without it S3 denies access to a table that is not there. This AWS says that it is not there.
NOT_ENFORCED = {"s3:ListBucket"}

Policy = dict[str, Any]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """The application's policy, as a plan has it."""
    folder = tmp_path_factory.mktemp("policy")
    variables = {
        "agent_event_stream_arn": STREAM_ARN,
        "connect_s3_bucket": "amazon-connect-0123456789ab",
        "connect_s3_prefix": "connect/acme/Reports/Aspect/",
        "engine": "flink",
        "flink_application": {"code_bucket": "acme-code"},
        "kda_application_name": APPLICATION,
    }
    with local_cloud(folder) as cloud:
        cloud.client("kinesis").create_stream(StreamName=NAME, ShardCount=1)
        made = workspace("examples/agent-productivity-existing-stream", folder, cloud)
        planned = plan(made, variables)["planned_values"]["root_module"]
    (found,) = (
        each["values"]["policy"]
        for each in resources(planned)
        if each["type"] == "aws_iam_role_policy" and each["name"] == "application"
    )
    made_policy: Policy = json.loads(found)
    return made_policy


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Servers]:
    (tmp_path / "servers").mkdir()
    with servers(tmp_path / "servers", auth=True) as both:
        make_estate(both)
        kinesis = both.client("kinesis")
        kinesis.create_stream(StreamName=NAME, ShardCount=2)
        kinesis.get_waiter("stream_exists").wait(StreamName=NAME, WaiterConfig={"Delay": 1})
        yield both


def test_the_job_needs_each_of_its_own_actions_and_no_other(
    tmp_path: Path, package: Path, cloud: Servers, policy: Policy
) -> None:
    job = with_rights(tmp_path, package, cloud, policy)
    expected: set[bytes] = set()
    with running(job) as run:
        run.await_running()
        for number, (action, less) in enumerate([("none", policy), *fewer(policy)]):
            allow(cloud, less)
            if number:
                run.await_running()  # it restarts after what it was refused before
                run.kill_a_python_worker()  # what it asks at its start, it asks once more
            expected |= put_a_line_and_an_event_to_put_aside(cloud, number)
            if number:
                await_refusal(run, action)
                is_done = expected <= set(job.report_lines()) and len(job.failed_events()) > number
                assert not is_done, f"{action} is not needed"
                allow(cloud, policy)
            await_all(run, expected, number + 1)


def test_the_job_reads_as_its_own_consumer(
    tmp_path: Path, package: Path, cloud: Servers, policy: Policy
) -> None:
    consumer = cloud.client("kinesis").register_stream_consumer(
        StreamARN=STREAM_ARN, ConsumerName=f"{APPLICATION}-classifier"
    )["Consumer"]["ConsumerARN"]
    # This AWS does not look for the consumer in the request, as AWS does.
    statement = {
        "Sid": "SubscribeAsItsOwnConsumer",
        "Effect": "Allow",
        "Action": "kinesis:SubscribeToShard",
        "Resource": "*",
    }
    more = {**policy, "Statement": [*policy["Statement"], statement]}
    job = with_rights(tmp_path, package, cloud, policy, CONSUMER_ARN=consumer)
    events = mixed(400).events()
    expected = set(lines_of(events))
    put(cloud, *events)
    with running(job) as run:
        await_refusal(run, "kinesis:SubscribeToShard")
        assert job.report_objects() == []
        allow(cloud, more)
        run.await_until("every line", lambda: set(job.report_lines()) >= expected)
        assert set(job.report_lines()) == expected


def with_rights(
    folder: Path, package: Path, cloud: Servers, policy: Policy, **properties: str
) -> Job:
    """The job as a user who has `policy` alone, beside one exception."""
    iam = cloud.client("iam")
    iam.create_user(UserName="application")
    allow(cloud, policy)
    key = iam.create_access_key(UserName="application")["AccessKey"]
    environment = {
        "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
        "AWS_CBOR_DISABLE": "true",
        "AWS_ENDPOINT_URL": cloud.cloud,  # signatures do not survive the proxy
        "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
    }
    return Job(folder, package, cloud, cloud.cloud, properties, environment=environment)


def allow(cloud: Servers, policy: Policy) -> None:
    """Let the user do what `policy` says. The connector's GetRecords names an iterator only, of
    which this AWS does not know the stream: it is allowed of every one, if it is allowed."""
    policy = deepcopy(policy)
    if any("kinesis:GetRecords" in actions(each) for each in policy["Statement"]):
        policy["Statement"].append(
            {"Effect": "Allow", "Action": "kinesis:GetRecords", "Resource": "*"}
        )
    cloud.client("iam").put_user_policy(
        UserName="application", PolicyName="own", PolicyDocument=json.dumps(policy)
    )


def fewer(policy: Policy) -> Iterator[tuple[str, Policy]]:
    """The policy without each of the job's own actions, and which that is."""
    for index, statement in enumerate(policy["Statement"]):
        if statement["Sid"] not in OF_THE_SERVICE:
            for action in sorted({*actions(statement)} - NOT_ENFORCED):
                less = deepcopy(policy)
                kept = [each for each in actions(statement) if each != action]
                if kept:
                    less["Statement"][index]["Action"] = kept
                else:
                    del less["Statement"][index]
                yield action, less


def actions(statement: Policy) -> list[str]:
    action = statement["Action"]
    return [action] if isinstance(action, str) else list(action)


def put_a_line_and_an_event_to_put_aside(cloud: Servers, number: int) -> set[bytes]:
    """Put an event and one from the future; the lines."""
    event = {**json.loads(DAY[1]), "EventTimestamp": f"2026-03-02T18:00:{number:02}.000Z"}
    data = json.dumps(event).encode()
    put(cloud, data, json.dumps({**event, "EventTimestamp": "2099-01-01T00:00:00Z"}).encode())
    return set(lines_of([data]))


def put(cloud: Servers, *events: bytes) -> None:
    records = [{"Data": data, "PartitionKey": json.loads(data)["AgentARN"]} for data in events]
    assert not cloud.client("kinesis").put_records(StreamName=NAME, Records=records)[
        "FailedRecordCount"
    ]


def await_all(run: Run, lines: set[bytes], aside: int) -> None:
    run.await_until(
        f"{len(lines)} lines, and {aside} events aside",
        lambda: set(run.job.report_lines()) == lines and len(run.job.failed_events()) == aside,
    )


def await_refusal(run: Run, action: str) -> None:
    """Wait for a refusal of `action`, and for the restart that follows."""
    run.await_until(
        f"a refusal of {action}",
        lambda: any(
            action in line and "AccessDenied" in line for line in run.job.flink_log().splitlines()
        ),
    )
    restarts = len(run.job.restored_from())
    run.await_until("one more restart", lambda: len(run.job.restored_from()) > restarts)
