"""Terraform makes the new stream the agent event stream of an Amazon Connect instance."""

import re
from collections.abc import Iterator

import pytest

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.connect_service import (
    AGENT_EVENTS,
    ConnectService,
    Instance,
    connect_service,
    with_connect,
)
from tests.local_cloud.workspace import TerraformError, Workspace, workspace

# Of its own: it need not wait for the examples.
pytestmark = pytest.mark.xdist_group("agent-event-streaming")

INSTANCE_ID = "12345678-90ab-cdef-1234-567890abcdef"
OTHER_STREAM = "arn:aws:kinesis:eu-central-1:000000000000:stream/reporting"
ASSOCIATION = "aws_connect_instance_storage_config.agent_events[0]"


@pytest.fixture(scope="module")
def service() -> Iterator[ConnectService]:
    with connect_service(Instance(INSTANCE_ID)) as running:
        yield running


@pytest.fixture(scope="module")
def made(
    cloud: LocalCloud, service: ConnectService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("agent-stream")
    new = workspace("modules/agent_stream", folder, with_connect(cloud, service))
    with new.on_one_provider() as served:
        yield served


def test_agent_events_are_switched_on_unless_they_go_elsewhere_and_off_again(
    cloud: LocalCloud, service: ConnectService, made: Workspace
) -> None:
    kms = cloud.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    instance = service.instances[INSTANCE_ID]
    variables = {"connect_instance_id": instance.arn, "kms_key_arn": key, "name": "agents"}
    order = made.run("graph")
    assert '"aws_kinesis_stream.agent_events" -> "aws_kms_grant.connect"' in order

    association_id = instance.stream_agent_events_to(OTHER_STREAM)
    with pytest.raises(TerraformError) as refused:
        made.apply(variables)
    error = str(refused.value).partition("Error: ")[2]
    assert {INSTANCE_ID, AGENT_EVENTS} <= set(re.findall(r"[\w-]+", error))
    assert "ResourceConflictException" in error
    assert instance.agent_event_streams() == [OTHER_STREAM]

    del instance.storage[association_id]  # as an administrator does in the console
    outputs = made.apply(variables)
    stream = outputs["agent_event_stream_arn"]
    assert instance.agent_event_streams() == [stream]
    assert outputs["connect_instance_id"] == INSTANCE_ID
    (grant,) = kms.list_grants(KeyId=key)["Grants"]
    assert grant["GranteePrincipal"] == instance.service_role
    assert grant["Operations"] == ["GenerateDataKey"]
    assert grant["Constraints"]["EncryptionContextEquals"] == {"aws:kinesis:arn": stream}
    assert made.changes(variables) == {}
    other_key = kms.create_key()["KeyMetadata"]["Arn"]
    assert made.changes(variables | {"kms_key_arn": other_key}) == {
        "aws_kinesis_stream.agent_events": ["update"],
        "aws_kms_grant.connect[0]": ["create", "delete"],
    }, "the stream is never under a key that Amazon Connect may not use"

    made.destroy()
    assert instance.agent_event_streams() == []
    assert kms.list_grants(KeyId=key)["Grants"] == []


def test_after_an_import_the_plan_says_that_agent_events_will_go_to_the_new_stream(
    service: ConnectService, made: Workspace
) -> None:
    instance = service.instances[INSTANCE_ID]
    association_id = instance.stream_agent_events_to(OTHER_STREAM)
    imported = f"{INSTANCE_ID}:{association_id}:{AGENT_EVENTS}"
    made.run("import", f"-var=connect_instance_id={INSTANCE_ID}", ASSOCIATION, imported)
    assert made.changes({"connect_instance_id": INSTANCE_ID})[ASSOCIATION] == ["update"]
    assert instance.agent_event_streams() == [OTHER_STREAM]
