"""What becomes of a look that is refused, or finds nothing."""

import pytest
from botocore.exceptions import EndpointConnectionError

from aspect_wfm.aws import Aws, Denied, Unreachable
from aspect_wfm.deployment import Deployment
from aspect_wfm.doctor.examination import streams
from aspect_wfm.doctor.findings import Level
from tests.unit.doctor.aws import refused
from tests.unit.doctor.conftest import Estate
from tests.unit.doctor.looked import looked, now


def test_without_rights_on_the_mappings_the_stream_is_that_of_the_outputs(estate: Estate) -> None:
    estate.aws.answers["lambda", "list_event_source_mappings"] = refused(
        "AccessDeniedException", "ListEventSourceMappings"
    )
    given = {**estate.deployment.outputs, "agent_event_stream_arn": estate.stream_arn}
    assert streams(estate.aws, Deployment("", given)) == [estate.stream_arn]
    assert streams(estate.aws, estate.deployment) == []


def test_outputs_that_are_missing_are_named(estate: Estate) -> None:
    missing = {"heartbeat_lambda_function_name": None, "rta_user_name": None}
    found = looked(estate, **missing)
    assert "heartbeat_lambda_function_name" in found["heartbeat.beat"].text
    assert "rta_role_arn" in found["identity.present"].text


def test_what_is_refused_is_a_note_that_names_the_action_and_all_else_goes_on(
    estate: Estate,
) -> None:
    estate.aws.answers |= {
        ("kinesis", "describe_stream_summary"): refused("AccessDeniedException", "DescribeStream"),
        ("s3", "list_objects_v2"): refused("AccessDenied", "ListObjectsV2"),
        ("dynamodb", "describe_table"): refused(
            "AccessDeniedException", "DescribeTable", "is not authorized to perform: kms:Decrypt on"
        ),
    }
    found = looked(estate)
    assert "kinesis:DescribeStream" in found["stream.status"].text
    assert "s3:ListBucket" in str(found["failed_records.kept"].advice)
    assert "kms:Decrypt" in found["table.status"].text
    assert {found[check].level for check in ("stream.status", "table.status")} == {Level.NOTE}
    assert found["flag.value"].level is Level.OK


def test_what_is_not_there_is_a_failure_and_what_does_not_answer_a_note(
    estate: Estate,
) -> None:
    estate.aws.answers |= {
        ("firehose", "describe_delivery_stream"): refused("ResourceNotFoundException", "Describe"),
        ("iam", "list_access_keys"): refused("Throttling", "ListAccessKeys"),
        ("cloudwatch", "get_metric_data"): EndpointConnectionError(endpoint_url="https://c"),
    }
    found = looked(estate)
    assert "Firehose stream wfm-kda-to-s3 does not exist" in found["firehose.status"].text
    assert found["firehose.status"].level is Level.FAILURE
    assert found["identity.present"].level is Level.NOTE
    assert "answered Throttling" in found["identity.present"].text
    assert "https://c" in found["function.errors"].text


def test_what_was_asked_is_remembered_a_refusal_too(estate: Estate) -> None:
    estate.aws.answers["iam", "get_role"] = refused("AccessDenied", "GetRole")
    for _ in range(2):
        with pytest.raises(Denied, match="iam:GetRole"):
            estate.aws.ask("iam", "get_role", RoleName="r")
    assert [each[:2] for each in estate.aws.asked].count(("iam", "get_role")) == 1


def test_an_environment_that_is_encrypted_asks_for_the_right_to_decrypt(estate: Estate) -> None:
    estate.aws.answers["lambda", "get_function_configuration"] = {
        "FunctionArn": "arn",
        "LastModified": now().isoformat(),
        "Environment": {"Error": {"ErrorCode": "AccessDeniedException"}},
    }
    assert "kms:Decrypt" in looked(estate)["flag.value"].text


def test_an_aws_that_cannot_be_asked_at_all_is_one_sentence(estate: Estate) -> None:
    assert Aws().identity() == ("123456789012", "eu-central-1")
    for raised, said in (
        (refused("ExpiredToken", "GetCallerIdentity"), "does not accept the credentials"),
        (EndpointConnectionError(endpoint_url="https://sts"), "Cannot call AWS: .*https://sts"),
    ):
        estate.aws.answers["sts", "get_caller_identity"] = raised
        with pytest.raises(Unreachable, match=said):
            estate.aws.identity()
