"""docs/migrating-from-the-quick-start.md names every parameter, output and resource of the six
templates; parameters and outputs for the options that have them, and with a variable or output of
these options' examples."""

import re
from collections.abc import Mapping

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks

PAGE = (REPOSITORY / "docs" / "migrating-from-the-quick-start.md").read_text()

EXAMPLES = {
    1: "agent-productivity-new-stream",
    2: "real-time-adherence-new-stream",
    3: "both-new-stream",
    4: "agent-productivity-existing-stream",
    5: "real-time-adherence-existing-stream",
    6: "both-existing-stream",
}
_AP, _RTA, _NEW, _EXISTING = {1, 3, 4, 6}, {2, 3, 5, 6}, {1, 2, 3}, {4, 5, 6}

# The templates' own, by the options that have them, as the guide has them: in the repository
# aws-quickstart/connect-integration-aspect-wfm, folder templates, before August 2023.
PARAMETERS = {
    "KdaApplicationName": _AP,
    "AspectApDataS3Prefix": _AP,
    "NumSQSQueues": _RTA,
    "LambdaConfigLocation": _RTA,
    "ConnectS3Bucket": _AP,
    "ConnectS3Prefix": _AP,
    "ConnectS3KmsArn": _AP,
    "AgentEventStreamArn": _EXISTING,
    "AgentEventStreamKmsArn": _EXISTING,
    "AHGFilterLevel": _RTA,
    "AHGFilterSeparator": _RTA,
    "AHGFilterValues": _RTA,
    "QSS3BucketName": _NEW | _EXISTING,
    "QSS3BucketRegion": _NEW | _EXISTING,
    "QSS3KeyPrefix": _NEW | _EXISTING,
}
OUTPUTS = {
    "AgentEventStreamArn": _NEW,
    "APS3BucketName": _AP,
    "ApplicationPhysicalResourceId": _AP,
    "WFMAdapterUserName": _AP,
    "DynamoDbTableName": _RTA,
    "ConfigTableName": _RTA,
    "SqsQueueUrl1 to SqsQueueUrl10": _RTA,
    "LambdaFunctionName": _RTA,
    "RTAUserName": _RTA,
}

# What the last version has in addition or instead: the same folder at 6ebdfb3, and in
# aws-ia/cfn-ps-connect-integration-aspect-wfm at 4ddf3c3.
PARAMETERS_OF_THE_LAST_VERSION = {
    "FirehoseStreamName": _AP,
    "AlvariaApDataS3Prefix": _AP,
    "SignedOutStatuses": _AP,
    "StatusSeparator": _AP,
    "AuthorizationMode": _NEW | _EXISTING,
    "SourceAwsAccountId": _NEW | _EXISTING,
    "ExternalId": _NEW | _EXISTING,
}
OUTPUTS_OF_THE_LAST_VERSION = {
    "APKinesisLambdaFunctionName": _AP,
    "APUpdateLambdaFunctionName": _AP,
    "WFMAdapterRoleARN": _AP,
    "RTALambdaFunctionName": _RTA,
    "RTARoleARN": _RTA,
}
# The logical ids there, by template.
RESOURCES = {
    "create-kinesis-stream": "KinesisKMSKey KinesisStream",
    "aspect-wfm-ap-kda": (
        "S3Bucket CopyZipsTemplate FirehoseRole FirehoseGluePolicy FirehoseS3Policy "
        "FirehoseLogsPolicy OutputKinesisFirehose UpdateLambdaRole FirehoseUpdateLambda "
        "UpdateLambdaVersion ScheduledEvent PermissionForEventsToInvokeLambda KinesisLambdaRole "
        "KinesisLambdaWriteOutputFirehosePolicy KinesisLambdaFunction LambdaKinesisStream "
        "WFMAdapterUser WFMAdapterRole WFMAdapterReadS3Policy WFMAdapterDecryptS3Policy"
    ),
    "aspect-wfm-rta": (
        "LambdaZipsBucket CopyZipsTemplate DynamoDbAgentEvent DynamoDbConfig SqsQ SqsQ2 SqsQ3 "
        "SqsQ4 SqsQ5 SqsQ6 SqsQ7 SqsQ8 SqsQ9 SqsQ10 LambdaRole LambdaWriteSqsPolicy "
        "LambdaReadWriteAgentEventTablePolicy LambdaReadConfigTablePolicy "
        "LambdaDecryptKinesisPolicy LambdaFunction LambdaKinesisStream RtaUser RtaRole "
        "RtaReadAgentEventTablePolicy RtaReadWriteConfigTablePolicy RtaReadWriteQueuePolicy "
        "RtaReadWriteLambdaConfigPolicy"
    ),
}

# What the guide knows nothing like.
_NOT_OURS = {"QSS3BucketRegion", "StatusSeparator"}

# The sections whose numbered steps are followed one after the other.
_PROCEDURES = (
    "Protect what you have",
    "Way A: side by side",
    "Way B: keep the names",
    "Switch the RTA server",
    "Delete the old stack",
)


def test_every_option_has_its_example() -> None:
    assert {
        int(option): example.partition("`")[2].partition("`")[0]
        for option, _, _, example in _rows("What you have", columns=4)
    } == EXAMPLES


@pytest.mark.parametrize(
    ("heading", "theirs", "kind"),
    [
        ("Parameters", PARAMETERS, "variable"),
        ("Parameters of the last version", PARAMETERS_OF_THE_LAST_VERSION, "variable"),
        ("Outputs", OUTPUTS, "output"),
        ("Outputs of the last version", OUTPUTS_OF_THE_LAST_VERSION, "output"),
    ],
)
def test_every_parameter_and_output_is_one_of_its_options_examples(
    heading: str, theirs: Mapping[str, set[int]], kind: str
) -> None:
    rows = _rows(heading, columns=4)
    assert {name: _options(options) for name, options, *_ in rows} == theirs
    for name, options, here, _ in rows:
        if name in _NOT_OURS:
            assert here == "none"
        else:
            lacking = [each for each in _options(options) if here not in _declared(each, kind)]
            assert lacking == [], name


def test_every_resource_of_the_last_version_is_accounted_for() -> None:
    named = {
        name
        for _, ids, *_ in _rows("What keeps its name", columns=4)
        for name in re.findall(r"`(\w+)`", ids)
    }
    for template, ids in RESOURCES.items():
        assert set(ids.split()) - named == set(), template


def test_what_is_kept_by_a_variable_is_kept_by_one_that_exists() -> None:
    kept = [here for *_, here in _rows("What keeps its name", columns=4) if "by import" in here]
    assert len(kept) == 7
    named = set(re.findall(r"`\w+`", " ".join(kept)))
    assert len(named) == 4
    assert named <= _declared(3, "variable")


def test_every_step_says_where_it_is_done_and_how_long_it_takes() -> None:
    for heading in _PROCEDURES:
        steps = re.findall(r"^\d+\. .*(?:\n {3,}.*)*", _section(heading), re.MULTILINE)
        assert len(steps) >= 3, heading
        for step in steps:
            assert re.match(
                r"\d+\. \*\*[^*]+\*\*\s\*[^*]+?,\s\d+\s(minutes|hour)\b[^*]*\.\*", step
            ), step


@pytest.mark.parametrize("heading", ["Way A: side by side", "Way B: keep the names"])
def test_terraform_is_initialized_before_it_plans(heading: str) -> None:
    commands = re.findall(r"^ *terraform (\w+)", _section(heading), re.MULTILINE)
    assert commands[:3] == ["init", "plan", "apply"]


def _section(heading: str) -> str:
    """What is below a heading, up to the next one of level two or three."""
    (section,) = re.findall(rf"^##+ {heading}$(.*?)^##", PAGE, re.MULTILINE | re.DOTALL)
    found: str = section
    return found


def _rows(heading: str, columns: int) -> list[list[str]]:
    """The rows, without their headings, of the tables with this many columns below a heading."""
    tables = re.findall(r"^\|.*\n\| ---.*\n((?:\|.*\n)+)", _section(heading), re.MULTILINE)
    rows = [line.strip("| ").split(" | ") for table in tables for line in table.splitlines()]
    return [row for row in rows if len(row) == columns]


def _options(written: str) -> set[int]:
    return set(range(1, 7)) if written == "1 to 6" else {int(each) for each in written.split(", ")}


def _declared(option: int, kind: str) -> set[str]:
    """The variables or outputs of an option's example, in backticks as the page has them."""
    folder = REPOSITORY / "examples" / EXAMPLES[option]
    return {f"`{name}`" for name in blocks(folder, kind)}
