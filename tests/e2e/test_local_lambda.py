"""The local AWS runs functions on the Python of the tests, which is the deployed one on CI."""

import io
import json
import sys
import zipfile

import pytest

from tests.local_cloud.cloud import LocalCloud
from tests.local_cloud.roles import deployment_role

# With the tests that have a cloud to themselves, too.
pytestmark = pytest.mark.xdist_group("agent-event-streaming")

HANDLER = "import sys\n\ndef handler(event, context):\n    return sys.version\n"


def test_a_function_runs_on_the_python_of_the_tests(cloud: LocalCloud) -> None:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("version.py", HANDLER)
    aws_lambda = cloud.client("lambda")
    aws_lambda.create_function(
        FunctionName="version",
        Runtime="python3.13",
        Role=deployment_role(cloud, "version"),
        Handler="version.handler",
        Code={"ZipFile": package.getvalue()},
    )
    aws_lambda.get_waiter("function_active_v2").wait(
        FunctionName="version", WaiterConfig={"Delay": 1}
    )
    answer = aws_lambda.invoke(FunctionName="version")
    assert json.load(answer["Payload"]) == sys.version
    aws_lambda.delete_function(FunctionName="version")
