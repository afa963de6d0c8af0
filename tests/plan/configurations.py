"""The configurations whose plans the tests look at: all of them are planned together."""

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.examples import NEW_STREAM_OPTIONS
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.together import Configuration
from tests.plan.alarm_rules import LIMITS

INVENTORIES = {
    path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
    for path in sorted((Path(__file__).parent / "inventories").glob("*.toml"))
}

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BOUNDARY = f"arn:aws:iam::{ACCOUNT_ID}:policy/estate/boundary"
TAGS = {"Component": "contact-centre", "cost-centre": "4711", "owner": "contact-centre"}
DEPLOYMENT_ROLE = "estate-deployment"
SUFFIX = "eu-west-1"

_CONNECT = {
    "connect_s3_bucket": "amazon-connect-0123456789ab",
    "connect_s3_prefix": "connect/acme/Reports/Aspect/",
}

# Everything, with one name for all deployments.
_ALARMS: dict[str, Any] = {
    **_CONNECT,
    "agent_event_stream_name": "acme",
    "alarms": LIMITS,
    "kda_application_name": "acme",
    "name": "acme",
    "num_sqs_queues": 2,
}
_ALARMS_ON_FLINK: dict[str, Any] = {
    **_CONNECT,
    "agent_event_stream_arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/events",
    "alarms": LIMITS,
    "engine": "flink",
    "flink_application": {"code_bucket": "acme-code"},
    "kda_application_name": "acme",
}

WITH_A_KEY: dict[str, Any] = {
    **_CONNECT,
    "agent_statuses": {"Available": "A"},
    "kms_key_arn": KEY,
    "lambda_config_location": "table",
    "num_sqs_queues": 2,
}

ESTATE: dict[str, Any] = {
    **_CONNECT,
    "agent_event_stream_arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/agents",
    "agent_statuses": {"Available": "A"},
    "alarm_topic_arns": [f"arn:aws:sns:{REGION}:{ACCOUNT_ID}:alarms"],
    "kms_key_arn": KEY,
    "permissions_boundary_arn": BOUNDARY,
    "region": REGION,
    "rta_servers": {
        "emea": {"external_id": "rta-emea", "hierarchy_groups": ["EMEA"]},
        "apac": {
            "external_id": "rta-apac",
            "hierarchy_groups": ["APAC", "Oceania"],
            "num_sqs_queues": 2,
        },
        "sales": {
            "external_id": "rta-sales",
            "hierarchy_groups": ["Sales"],
            "hierarchy_level": 2,
        },
    },
    "tags": TAGS,
    "wfm_adapter_external_id": "wfm-adapter",
}

# The estate as it may be one day, its rules being the same.
_ESTATE_ON_FLINK = {
    "module": {
        "agent_productivity": {
            "engine": "flink",
            "flink_application": {"code_bucket": "acme-code"},
        }
    }
}

CONFIGURATIONS = {
    **{
        name: Configuration(each["configuration"], each.get("variables", {}))
        for name, each in INVENTORIES.items()
    },
    "alarms": Configuration("examples/both-new-stream", _ALARMS),
    "alarms-on-flink": Configuration(
        "examples/agent-productivity-existing-stream", _ALARMS_ON_FLINK
    ),
    "alarms-on-flink-with-a-consumer": Configuration(
        "examples/agent-productivity-existing-stream", _ALARMS_ON_FLINK | {"enhanced_fan_out": True}
    ),
    "key": Configuration("examples/both-new-stream", WITH_A_KEY),
    **{
        f"suffix-of-{option}": Configuration(
            f"examples/{option}",
            {
                **({} if option == "real-time-adherence-new-stream" else _CONNECT),
                "alarm_emails": ["on-call@example.com"],
                "name_suffix": SUFFIX,
            },
        )
        for option in NEW_STREAM_OPTIONS
    },
    "estate": Configuration("examples/existing-estate", ESTATE),
    # Deployed by a role that Terraform assumes, and with Flink for the classifier.
    "estate-on-flink": Configuration(
        "examples/existing-estate",
        ESTATE | {"deployment_role_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/{DEPLOYMENT_ROLE}"},
        _ESTATE_ON_FLINK,
    ),
}

EXISTING_STREAMS = {
    each.variables["agent_event_stream_arn"].partition("/")[2]
    for each in CONFIGURATIONS.values()
    if "agent_event_stream_arn" in each.variables
}


def make_streams(cloud: LocalCloud, names: Iterable[str]) -> None:
    """Make the streams of these names: a plan of an option for an existing stream reads it."""
    kinesis = cloud.client("kinesis")
    for name in sorted(names):
        kinesis.create_stream(StreamName=name, ShardCount=1)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
