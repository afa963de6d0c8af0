"""In GovCloud and in China, nothing that is planned is of another partition or region.

One plan of all modules and of the example of an existing estate in both, with the real provider.
The local AWS is in partition aws, whatever the region. The provider takes the partition from the
region where it does not ask AWS who it is, and in the estate from the role that it assumes.

Not planned is the grant on a key that comes with connect_instance_id: for the instance's role, a
plan asks Amazon Connect.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.local_cloud.cloud import ACCOUNT_ID, LocalCloud
from tests.local_cloud.roles import deployment_role
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import copy_configuration, initialised
from tests.plan.configurations import make_streams
from tests.plan.planned import plan, resources

pytestmark = pytest.mark.xdist_group("plan")


class Place(NamedTuple):
    partition: str
    region: str
    dns_suffix: str

    def arn(self, service: str, name: str) -> str:
        region = "" if service == "iam" else self.region
        return f"arn:{self.partition}:{service}:{region}:{ACCOUNT_ID}:{name}"


PLACES = {
    "govcloud": Place("aws-us-gov", "us-gov-west-1", "amazonaws.com"),
    "china": Place("aws-cn", "cn-north-1", "amazonaws.com.cn"),
}

UNASKED = {"skip_credentials_validation": True, "skip_requesting_account_id": True}

# Services are trusted by the same name in every partition (IAM JSON policy elements, "Principal"),
# but for CloudWatch Logs, which has one for each region.
PRINCIPALS = {
    "events.amazonaws.com",
    "firehose.amazonaws.com",
    "kinesisanalytics.amazonaws.com",
    "lambda.amazonaws.com",
}

# Its policy names the classifier's event source mapping, by an id that AWS makes.
KNOWN_AFTER_APPLY = {"heartbeat"}

INSTANCE = "12345678-90ab-cdef-1234-567890abcdef"
# What the local AWS says of itself: it is in partition aws.
OF_THE_LOCAL_AWS = {("data", "aws_caller_identity"), ("data", "aws_kinesis_stream")}

DEPLOYMENT_ROLE = "partitions-deployment"
STREAM = "agent-events"

SOURCES = sorted(
    path for folder in ("modules", "examples") for path in REPOSITORY.glob(f"{folder}/*/*.tf")
)


@pytest.fixture(scope="module")
def planned(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    scratch = tmp_path_factory.mktemp("partitions")
    copy_configuration("examples/existing-estate", scratch)
    deployment_role(cloud, DEPLOYMENT_ROLE)
    for place in PLACES.values():
        make_streams(replace(cloud, region=place.region), [STREAM])
    root = scratch / "root"
    root.mkdir()
    (root / "main.tf.json").write_text(json.dumps(_root_module()))
    return plan(initialised(root, cloud), {})


@pytest.mark.parametrize("name", PLACES)
def test_what_is_planned_is_of_its_partition_and_region(planned: dict[str, Any], name: str) -> None:
    place = PLACES[name]
    texts = list(_texts(_in_place(planned, name)))
    arns = {
        each for text in texts for each in re.findall(r"arn:[a-z-]*:[a-z0-9-]+:[a-z0-9-]*", text)
    }
    assert {each.split(":")[2] for each in arns} >= {"dynamodb", "iam", "kms", "lambda", "logs"}
    partition, regions = place.partition, {"", place.region}
    assert {each for each in arns if each.split(":")[1] != partition} == set()
    assert {each for each in arns if each.split(":")[3] not in regions} == set()
    others = "eu-central-1|us-east-1|" + "|".join(
        each.region for each in PLACES.values() if each != place
    )
    assert [text for text in texts if re.search(others, text)] == []


@pytest.mark.parametrize("name", PLACES)
def test_services_are_named_as_in_their_partition(planned: dict[str, Any], name: str) -> None:
    place = PLACES[name]
    documents = [
        document
        for text in _texts(_in_place(planned, name))
        if text.startswith("{") and "Statement" in (document := json.loads(text))
    ]
    statements = [each for document in documents for each in document["Statement"]]
    principals = {
        service
        for each in statements
        if isinstance(each.get("Principal"), dict)
        for service in _as_list(each["Principal"].get("Service", []))
    }
    logs = f"logs.{place.region}.{place.dns_suffix}"
    assert logs in principals
    assert principals <= PRINCIPALS | {logs}
    ways = {
        way
        for each in statements
        for way in _as_list(
            each.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", [])
        )
    }
    services = ("dynamodb", "firehose", "kinesis", "lambda", "s3", "sqs")
    assert ways == {f"{each}.{place.region}.{place.dns_suffix}" for each in services}


@pytest.mark.parametrize("name", PLACES)
def test_all_policies_but_one_are_planned_in_full(planned: dict[str, Any], name: str) -> None:
    late = {
        each["name"]
        for each in planned["resource_changes"]
        if each["address"].startswith(f"module.{name}_")
        and each["type"].startswith("aws_iam_")
        and {"policy", "assume_role_policy"} & each["change"]["after_unknown"].keys()
    }
    assert late == KNOWN_AFTER_APPLY


@pytest.mark.parametrize("name", PLACES)
def test_an_instance_is_named_by_the_arn_of_its_partition(
    planned: dict[str, Any], name: str
) -> None:
    (streaming,) = (
        each["change"]["after"]
        for each in planned["resource_changes"]
        if each["address"].startswith(f"module.{name}_")
        and each["type"] == "aws_connect_instance_storage_config"
    )
    assert streaming["instance_id"] == INSTANCE


@pytest.mark.parametrize(
    "path", SOURCES, ids=[str(each.relative_to(REPOSITORY)) for each in SOURCES]
)
def test_no_arn_or_region_is_written_out(path: Path) -> None:
    """Also where a plan does not show it: all that is said about AWS is of the provider's."""
    told = re.compile(r"^\s*(#|description|error_message|condition) ?.*$", re.MULTILINE)
    source = told.sub("", path.read_text())
    assert re.findall(r"arn:(?!\$\{local\.partition\})[^:\s]*:", source) == []
    assert re.findall(r"\b(?:us|eu|ap|cn)-[a-z]+-\d\b", source) == []


def _root_module() -> dict[str, Any]:
    return {
        "provider": {
            "aws": [
                {"alias": name, "region": place.region, **UNASKED} for name, place in PLACES.items()
            ]
        },
        "module": {
            f"{name}_{label}": {**call, "providers": {"aws": f"aws.{name}"}}
            for name, place in PLACES.items()
            for label, call in _calls(place).items()
        }
        | {f"{name}_estate": _estate(place) for name, place in PLACES.items()},
    }


def _calls(place: Place) -> dict[str, dict[str, Any]]:
    """Each module with a key and roles; Real-Time Adherence with the flag in either place."""
    key = place.arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab")
    consumer = {
        "agent_event_stream_arn": place.arn("kinesis", f"stream/{STREAM}"),
        "agent_event_stream_kms_arn": key,
        "authorization_mode": "role",
        "external_id": "aspect-0815",
        "kms_key_arn": key,
        "permissions_boundary_arn": place.arn("iam", "policy/boundary"),
        "source_aws_account_id": ACCOUNT_ID,
    }
    rta = {"source": "../modules/rta", **consumer}
    return {
        "stream": {"source": "../modules/agent_stream", "kms_key_arn": key},
        "stream_of_an_instance": {
            "source": "../modules/agent_stream",
            "connect_instance_id": place.arn("connect", f"instance/{INSTANCE}"),
        },
        "productivity": {
            "source": "../modules/agent_productivity",
            "agent_statuses": {"Available": "A"},
            "connect_s3_bucket": "amazon-connect-0123456789ab",
            "connect_s3_kms_arn": key,
            "connect_s3_prefix": "connect/acme/Reports/Aspect/",
            **consumer,
        },
        "rta_env": {**rta, "name": "env"},
        "rta_table": {**rta, "lambda_config_location": "table", "name": "table"},
    }


def _estate(place: Place) -> dict[str, Any]:
    """The example of a larger configuration, with its own providers."""
    return {
        "source": "../examples/existing-estate",
        "agent_event_stream_arn": place.arn("kinesis", f"stream/{STREAM}"),
        "agent_statuses": {"Available": "A"},
        "alarm_topic_arns": [place.arn("sns", "alarms")],
        "connect_s3_bucket": "amazon-connect-0123456789ab",
        "connect_s3_prefix": "connect/acme/Reports/Aspect/",
        "deployment_role_arn": place.arn("iam", f"role/{DEPLOYMENT_ROLE}"),
        "kms_key_arn": place.arn("kms", "key/1234abcd-12ab-34cd-56ef-1234567890ab"),
        "permissions_boundary_arn": place.arn("iam", "policy/boundary"),
        "region": place.region,
        "rta_servers": {"emea": {"external_id": "rta-emea", "hierarchy_groups": ["EMEA"]}},
        "wfm_adapter_external_id": "wfm-adapter",
    }


def _in_place(planned: dict[str, Any], name: str) -> list[Any]:
    """The values of all resources and data in a place, as far as they are known.

    Without what the local AWS says of itself.
    """
    roots = [
        planned["planned_values"]["root_module"],
        planned["prior_state"]["values"]["root_module"],
    ]
    return [
        each["values"]
        for root in roots
        for each in resources(root)
        if each["address"].startswith(f"module.{name}_")
        if (each["mode"], each["type"]) not in OF_THE_LOCAL_AWS
    ]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
