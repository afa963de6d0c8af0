"""Three deployments by `for_each`, planned from other folders, imported, moved and renamed.

What an estate does with the state of a deployment changes nothing of it: each is followed by an
empty plan.
"""

import base64
import hashlib
import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY, init_lock
from tests.local_cloud.workspace import Workspace
from tests.plan.planned import resources

pytestmark = pytest.mark.xdist_group("side-by-side")

STREAM = "side-by-side"
NAMES = ("side-a", "side-b", "side-c")

_CALL = {
    "agent_event_stream_arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/{STREAM}",
    "alarms": None,
    "dashboard": False,
    "for_each": '${toset(["side-a", "side-b", "side-c"])}',
    "name": "${each.key}",
}

# Of one deployment. `terraform import` takes their ids: a URL, and names.
IMPORTED = [
    'module.rta["side-b"].aws_sqs_queue.agent_events[0]',
    'module.rta["side-b"].aws_dynamodb_table.agent_states',
    'module.rta["side-b"].aws_s3_bucket.failed_records',
]

# What a new name leaves: the server's user and its keys, how far the function has read, and what
# has no name.
RENAMED = {"aws_iam_user.rta[0]", "aws_lambda_event_source_mapping.relay"}
UNNAMED = {"terraform_data.relay_zip"}


@dataclass(frozen=True, slots=True)
class Applied:
    """The root module with the three deployments, and the repository that the module comes from."""

    made: Workspace
    module: Path
    scratch: Path


@pytest.fixture(scope="module")
def applied(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})
    scratch = tmp_path_factory.mktemp("side-by-side")
    module = scratch / "rta"
    shutil.copytree(REPOSITORY / "modules" / "rta", module, ignore=shutil.ignore_patterns(".*"))
    _git(module, "init", "--quiet")
    _commit(module)
    root = scratch / "root"
    root.mkdir()
    _write(root, "main", {"module": {"rta": _CALL | {"source": f"git::file://{module}"}}})
    with pytest.MonkeyPatch.context() as patched:
        made = _initialised(Workspace(root, cloud), scratch / "data-1", patched)
        made.apply({})
        yield Applied(made, module, scratch)
        patched.setenv("TF_DATA_DIR", str(scratch / "data-1"))


def test_three_deployments_share_nothing_but_the_stream(applied: Applied) -> None:
    assert applied.made.changes({}) == {}
    state = json.loads(applied.made.run("state", "pull"))
    ids = [
        (each["type"], instance["attributes"]["id"])
        for each in state["resources"]
        if each["mode"] == "managed"
        for instance in each["instances"]
    ]
    assert len(ids) == len(set(ids))
    assert len(ids) % len(NAMES) == 0


def test_another_folder_and_another_data_folder_change_nothing_and_deploy_the_next_zip(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """cases/terraform/4-tf-data-dir: a CI runner has another folder on every run."""
    elsewhere = applied.scratch / "elsewhere"
    shutil.copytree(applied.made.folder, elsewhere)
    there = replace(applied.made, folder=elsewhere)
    _initialised(there, applied.scratch / "data-2", monkeypatch)
    shutil.rmtree(applied.scratch / "data-1" / "modules")
    assert there.changes({}) == {}

    # The next version of the zip.
    path = applied.module / "lambda" / "rta_relay.zip"
    content = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(content, "a") as opened:
        opened.writestr("next.txt", "next")
    path.write_bytes(content.getvalue())
    _commit(applied.module)
    shutil.rmtree(applied.scratch / "data-2" / "modules")
    _initialised(there, applied.scratch / "data-3", monkeypatch)
    addresses = [f'module.rta["{name}"]' for name in NAMES]
    assert there.changes({}) == {
        **{f"{each}.aws_lambda_function.relay": ["update"] for each in addresses},
        **{f"{each}.terraform_data.relay_zip": ["delete", "create"] for each in addresses},
    }
    there.apply({})
    assert applied.made.cloud is not None
    functions = applied.made.cloud.client("lambda")
    deployed = {
        functions.get_function_configuration(FunctionName=f"{name}-relay")["CodeSha256"]
        for name in NAMES
    }
    assert deployed == {base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()}
    assert there.changes({}) == {}
    shutil.copy(elsewhere / "terraform.tfstate", applied.made.folder)
    _initialised(applied.made, applied.scratch / "data-4", monkeypatch)
    assert applied.made.changes({}) == {}


def test_what_was_lost_of_the_state_can_be_imported(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _initialised(applied.made, applied.scratch / "data-5", monkeypatch)
    state = json.loads(made.run("show", "-json"))["values"]["root_module"]
    ids = {each["address"]: each["values"]["id"] for each in resources(state)}
    made.run("state", "rm", *IMPORTED)
    assert set(made.changes({})) >= set(IMPORTED)
    for address in IMPORTED:
        made.run("import", "-no-color", address, ids[address])
    assert made.changes({}) == {}


def test_deployments_can_be_moved_into_a_module(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By `moved`, as in a review, and by `terraform state mv`, as by hand; then back."""
    root = applied.made.folder
    inner = root / "wfm"
    inner.mkdir()
    _write(inner, "main", {"module": {"rta": _CALL | {"source": f"git::file://{applied.module}"}}})
    _write(root, "main", {"module": {"wfm": {"source": "./wfm"}}})
    _write(root, "moved", {"moved": [{"from": "module.rta", "to": "module.wfm.module.rta"}]})
    made = _initialised(applied.made, applied.scratch / "data-6", monkeypatch)
    assert made.changes({}) == {}

    (root / "moved.tf.json").unlink()
    for name in NAMES:
        made.run("state", "mv", f'module.rta["{name}"]', f'module.wfm.module.rta["{name}"]')
    assert made.changes({}) == {}

    _write(root, "main", {"module": {"rta": _CALL | {"source": f"git::file://{applied.module}"}}})
    shutil.rmtree(inner)
    _initialised(made, applied.scratch / "data-7", monkeypatch)
    for name in NAMES:
        made.run("state", "mv", f'module.wfm.module.rta["{name}"]', f'module.rta["{name}"]')


def test_a_plan_to_rename_a_deployment_replaces_it_and_no_other(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/changes.md, `name`: everything of the deployment, and nothing of the others."""
    renamed = _CALL | {
        "name": '${each.key == "side-c" ? "side-d" : each.key}',
        "source": f"git::file://{applied.module}",
    }
    _write(applied.made.folder, "main", {"module": {"rta": renamed}})
    made = _initialised(applied.made, applied.scratch / "data-8", monkeypatch)
    changes = made.changes({})
    prefix = 'module.rta["side-c"].'
    assert {each for each in changes if not each.startswith(prefix)} == set()
    of_it = {
        each.removeprefix(prefix)
        for each in made.run("state", "list").split()
        if each.startswith(prefix) and ".data." not in each
    }
    replaced = {
        each.removeprefix(prefix) for each, actions in changes.items() if "delete" in actions
    }
    assert replaced == of_it - RENAMED - UNNAMED
    assert {each for each in changes if each.removeprefix(prefix) in UNNAMED} == set()
    assert [changes[prefix + each] for each in sorted(RENAMED)] == [["update"]] * len(RENAMED)

    kept = _CALL | {"source": f"git::file://{applied.module}"}
    _write(applied.made.folder, "main", {"module": {"rta": kept}})
    assert made.changes({}) == {}


def _initialised(made: Workspace, data: Path, patched: pytest.MonkeyPatch) -> Workspace:
    """The same root module with another folder for Terraform's own data, as on a fresh runner."""
    patched.setenv("TF_DATA_DIR", str(data))
    with init_lock():
        made.run("init", "-no-color")
    return made


def _write(folder: Path, name: str, configuration: dict[str, Any]) -> None:
    (folder / f"{name}.tf.json").write_text(json.dumps(configuration))


def _commit(module: Path) -> None:
    _git(module, "add", "--all", "--force")
    author = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    _git(module, *author, "commit", "--quiet", "-m", "x")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
