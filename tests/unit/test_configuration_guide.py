"""The configuration guide's parameters are in the page, and variables of their options."""

import json
import re

import pytest

from tests.example_files import EXAMPLES, passed_on
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks

PAGE = (REPOSITORY / "docs" / "configuration-guide.md").read_text()

OPTIONS = {
    1: "agent-productivity-new-stream",
    2: "real-time-adherence-new-stream",
    3: "both-new-stream",
    4: "agent-productivity-existing-stream",
    5: "real-time-adherence-existing-stream",
    6: "both-existing-stream",
}

PRODUCTIVITY, ADHERENCE, EXISTING = {1, 3, 4, 6}, {2, 3, 5, 6}, {4, 5, 6}

PARAMETERS = {
    "KdaApplicationName": ("kda_application_name", PRODUCTIVITY),
    "AspectApDataS3Prefix": ("aspect_ap_data_s3_prefix", PRODUCTIVITY),
    "ConnectS3Bucket": ("connect_s3_bucket", PRODUCTIVITY),
    "ConnectS3Prefix": ("connect_s3_prefix", PRODUCTIVITY),
    "ConnectS3KmsArn": ("connect_s3_kms_arn", PRODUCTIVITY),
    "AgentEventStreamArn": ("agent_event_stream_arn", EXISTING),
    "AgentEventStreamKmsArn": ("agent_event_stream_kms_arn", EXISTING),
    "NumSQSQueues": ("num_sqs_queues", ADHERENCE),
    "LambdaConfigLocation": ("lambda_config_location", ADHERENCE),
    "AHGFilterLevel": ("ahg_filter_level", ADHERENCE),
    "AHGFilterSeparator": ("ahg_filter_separator", ADHERENCE),
    "AHGFilterValues": ("ahg_filter_values", ADHERENCE),
    "QSS3BucketName": ("qss3_bucket_name", set(OPTIONS)),
    "QSS3KeyPrefix": ("qss3_key_prefix", set(OPTIONS)),
}

OUTPUTS = {
    "AgentEventStreamARN": ("agent_event_stream_arn", set(OPTIONS)),
    "WFMAdapterUserName": ("wfm_adapter_user_name", PRODUCTIVITY),
    "RTAUserName": ("rta_user_name", ADHERENCE),
}

# How the README writes defaults in words.
IN_WORDS = {
    "a placeholder that a plan rejects": "connect/directory/Reports/Aspect/",
    "empty": "[]",
    "none: the zips come with the modules": "none",
    "required with an existing stream": "required",
}


def test_the_page_has_every_parameter_once_and_no_other() -> None:
    rows = re.findall(r"^\| (\w+) \| [\d, to]+ \| `\w+` \|", PAGE, re.MULTILINE)
    assert rows == list(PARAMETERS)


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_a_parameter_is_a_variable_of_its_options(parameter: str) -> None:
    variable, options = PARAMETERS[parameter]
    row = re.search(rf"^\| {parameter} \| (.+?) \| `{variable}` \| (.+?) \|", PAGE, re.MULTILINE)
    assert row is not None
    assert row[1].replace("1 to 6", "1, 2, 3, 4, 5, 6") == ", ".join(map(str, sorted(options)))
    for option in options:
        default = _default(option, variable)
        assert row[2].strip("`") == default, OPTIONS[option]


@pytest.mark.parametrize("output", OUTPUTS)
def test_an_output_of_the_guide_is_one_of_its_options(output: str) -> None:
    name, options = OUTPUTS[output]
    assert re.search(rf"^\| {output} \| `{name}`", PAGE, re.MULTILINE)
    for option in options:
        assert name in blocks(EXAMPLES / OPTIONS[option], "output"), OPTIONS[option]


@pytest.mark.parametrize("parameter", PARAMETERS)
def test_the_readme_has_the_parameter_and_its_default_too(parameter: str) -> None:
    readme = (REPOSITORY / "README.md").read_text()
    variable, options = PARAMETERS[parameter]
    row = re.search(rf"^\| {parameter} \| `{variable}`.*? \| (.+?) \|", readme, re.MULTILINE)
    assert row is not None
    assert IN_WORDS.get(row[1], row[1].strip("`")) == _default(min(options), variable)


def _default(option: int, variable: str) -> str:
    """The default that a variable of an example takes from its module, as the page writes it."""
    passed = passed_on(EXAMPLES / OPTIONS[option])
    assert variable in passed, f"{variable} is no variable of {OPTIONS[option]}"
    body = passed[variable][0].body
    if "default" not in body:
        return "required"
    value = body["default"]
    return "none" if value is None else value if isinstance(value, str) else json.dumps(value)
