"""docs/migrating-from-the-quick-start.md names every parameter and output of the six templates, for
the options that have it, and a variable or output that these options' examples have."""

import re
from collections.abc import Mapping

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY

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

# The templates' own, by the options that have them: in the repository
# aws-quickstart/connect-integration-aspect-wfm, folder templates.
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

# What the guide knows nothing like.
_NOT_OURS = {"QSS3BucketRegion"}


def test_every_option_has_its_example() -> None:
    assert {
        int(option): example.partition("`")[2].partition("`")[0]
        for option, _, _, example in _rows("What you have", columns=4)
    } == EXAMPLES


@pytest.mark.parametrize(
    ("heading", "theirs", "file"),
    [("Parameters", PARAMETERS, "variables.tf"), ("Outputs", OUTPUTS, "outputs.tf")],
)
def test_every_parameter_and_output_is_one_of_its_options_examples(
    heading: str, theirs: Mapping[str, set[int]], file: str
) -> None:
    rows = _rows(heading, columns=4)
    assert {name: _options(options) for name, options, *_ in rows} == theirs
    for name, options, here, _ in rows:
        if name in _NOT_OURS:
            assert here == "none"
        else:
            lacking = [each for each in _options(options) if here not in _declared(each, file)]
            assert lacking == [], name


def test_the_last_versions_parameters_are_ours_too() -> None:
    rows = _rows("Parameters", columns=3)
    assert {name for name, *_ in rows} == {
        "FirehoseStreamName",
        "AlvariaApDataS3Prefix",
        "SignedOutStatuses, StatusSeparator",
    }
    for option in _AP:
        assert {here for _, here, _ in rows} <= _declared(option, "variables.tf")


def test_what_is_kept_by_a_variable_is_kept_by_one_that_exists() -> None:
    kept = [here for *_, here in _rows("What keeps its name", columns=4) if "import" in here]
    assert len(kept) == 5
    named = set(re.findall(r"`\w+`", " ".join(kept)))
    assert len(named) == 4
    assert named <= _declared(3, "variables.tf")


def _rows(heading: str, columns: int) -> list[list[str]]:
    """The rows, without their headings, of the tables with so many columns below a heading."""
    (section,) = re.findall(rf"^## {heading}$(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    tables = re.findall(r"^\|.*\n\| ---.*\n((?:\|.*\n)+)", section, re.MULTILINE)
    rows = [line.strip("| ").split(" | ") for table in tables for line in table.splitlines()]
    return [row for row in rows if len(row) == columns]


def _options(written: str) -> set[int]:
    return set(range(1, 7)) if written == "1 to 6" else {int(each) for each in written.split(", ")}


def _declared(option: int, file: str) -> set[str]:
    """The variables or outputs of an option's example, in backticks as the page has them."""
    text = (REPOSITORY / "examples" / EXAMPLES[option] / file).read_text()
    return {
        f"`{name}`" for name in re.findall(r'^(?:variable|output) "([^"]+)"', text, re.MULTILINE)
    }
