"""Three deployments by `for_each`, planned from other folders, imported, moved and renamed.

What an estate does with the state of a deployment changes nothing of it: each is followed by an
empty plan.
"""

import base64
import hashlib
import itertools
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.changes.conftest import CONNECT_BUCKET, OTHER_BUCKET
from tests.local_cloud.cloud import ACCOUNT_ID, REGION, LocalCloud
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.local_cloud.workspace import Workspace, initialised
from tests.plan.planned import resources

pytestmark = pytest.mark.xdist_group("side-by-side")

STREAM = "side-by-side"
NAMES = ("side-a", "side-b", "side-c")

# Of Agent Productivity, whose functions are beside: what folders do to a zip holds for each.
_AP = {
    "agent_event_stream_arn": f"arn:aws:kinesis:{REGION}:{ACCOUNT_ID}:stream/{STREAM}",
    "alarms": None,
    "connect_s3_bucket": CONNECT_BUCKET,
    "connect_s3_prefix": "connect/side/Reports/WFM/",
    "dashboard": False,
    "name_suffix": "side",
}

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

# What a new name leaves: the server's user and its keys, and how far the function has read.
RENAMED = {"aws_iam_user.rta[0]", "aws_lambda_event_source_mapping.relay"}

# Functions, and the resources with the paths of their zips, by zip.
FUNCTIONS = {
    "rta_relay": [
        (f"{name}-relay", f'module.rta["{name}"]', "aws_lambda_function.relay", "relay_zip")
        for name in NAMES
    ],
    "agent_classifier": [
        (
            "aspect-wfm-ap-side-classifier",
            "module.ap",
            "aws_lambda_function.classifier[0]",
            "classifier_zip[0]",
        )
    ],
    "heartbeat": [
        (
            "aspect-wfm-ap-side-heartbeat",
            "module.ap",
            "aws_lambda_function.heartbeat",
            "heartbeat_zip",
        )
    ],
}


@dataclass(frozen=True, slots=True)
class Applied:
    """The root module with the deployments, and the repository that the modules come from."""

    made: Workspace
    modules: Path
    scratch: Path


@pytest.fixture(scope="module")
def applied(cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    kinesis = cloud.client("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig={"Delay": 1})
    scratch = tmp_path_factory.mktemp("side-by-side")
    modules = scratch / "modules"
    shutil.copytree(REPOSITORY / "modules", modules, ignore=shutil.ignore_patterns(".*"))
    _git(modules, "init", "--quiet")
    _commit(modules)
    root = scratch / "root"
    root.mkdir()
    _write(root, "main", _calls(modules))
    with pytest.MonkeyPatch.context() as patched:
        made = _on_a_fresh_runner(Workspace(root, cloud), scratch / "data-1", patched)
        made.apply({})
        yield Applied(made, modules, scratch)
        patched.setenv("TF_DATA_DIR", str(scratch / "data-1"))


def test_three_deployments_share_nothing_but_the_stream(applied: Applied) -> None:
    assert applied.made.changes({}) == {}
    state = json.loads(applied.made.run("state", "pull"))
    ids = [
        (each["type"], instance["attributes"]["id"])
        for each in state["resources"]
        if each["mode"] == "managed" and each["module"].startswith("module.rta")
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
    _on_a_fresh_runner(there, applied.scratch / "data-2", monkeypatch)
    shutil.rmtree(applied.scratch / "data-1" / "modules")
    assert there.changes({}) == {}

    # The next version of the zips.
    hashes = {}
    for zipped in applied.modules.glob("*/lambda/*.zip"):
        with zipfile.ZipFile(zipped, "a") as opened:
            opened.writestr("next.txt", "next")
        hashes[zipped.stem] = _hash(zipped)
    _commit(applied.modules)
    shutil.rmtree(applied.scratch / "data-2" / "modules")
    _on_a_fresh_runner(there, applied.scratch / "data-3", monkeypatch)
    changed = {}
    for _, module, function, path in itertools.chain(*FUNCTIONS.values()):
        changed[f"{module}.{function}"] = ["update"]
        changed[f"{module}.terraform_data.{path}"] = ["delete", "create"]
    assert there.changes({}) == changed
    there.apply({})
    assert _deployed(there) == hashes
    assert there.changes({}) == {}
    shutil.copy(elsewhere / "terraform.tfstate", applied.made.folder)
    _on_a_fresh_runner(applied.made, applied.scratch / "data-4", monkeypatch)
    assert applied.made.changes({}) == {}


def test_zips_that_are_no_longer_in_s3_are_deployed_from_another_folder(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = {each.stem: _hash(each) for each in applied.modules.glob("*/lambda/*.zip")}
    of_bucket = {"qss3_bucket_name": OTHER_BUCKET, "qss3_key_prefix": "zips/"}
    _write(applied.made.folder, "main", _calls(applied.modules, of_all=of_bucket))
    made = _on_a_fresh_runner(applied.made, applied.scratch / "data-5", monkeypatch)
    made.apply({})
    assert _deployed(made) != hashes
    for data in ("data-3", "data-4", "data-5"):
        shutil.rmtree(applied.scratch / data / "modules", ignore_errors=True)
    _write(applied.made.folder, "main", _calls(applied.modules))
    _on_a_fresh_runner(made, applied.scratch / "data-6", monkeypatch).apply({})
    assert _deployed(made) == hashes
    assert made.changes({}) == {}


def test_what_was_lost_of_the_state_can_be_imported(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = _on_a_fresh_runner(applied.made, applied.scratch / "data-7", monkeypatch)
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
    calls = _calls(applied.modules)["module"]
    _write(inner, "main", {"module": {"rta": calls["rta"]}})
    _write(root, "main", {"module": {"wfm": {"source": "./wfm"}, "ap": calls["ap"]}})
    _write(root, "moved", {"moved": [{"from": "module.rta", "to": "module.wfm.module.rta"}]})
    made = _on_a_fresh_runner(applied.made, applied.scratch / "data-8", monkeypatch)
    assert made.changes({}) == {}

    (root / "moved.tf.json").unlink()
    for name in NAMES:
        made.run("state", "mv", f'module.rta["{name}"]', f'module.wfm.module.rta["{name}"]')
    assert made.changes({}) == {}

    _write(root, "main", _calls(applied.modules))
    shutil.rmtree(inner)
    _on_a_fresh_runner(made, applied.scratch / "data-9", monkeypatch)
    for name in NAMES:
        made.run("state", "mv", f'module.wfm.module.rta["{name}"]', f'module.rta["{name}"]')


def test_a_deployment_that_is_renamed_is_replaced_and_no_other_is(
    applied: Applied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """docs/changes.md, `name`: everything of the deployment, and nothing of the others; applied
    where the folder of the last apply no longer exists."""
    renamed = {"name": '${each.key == "side-c" ? "side-d" : each.key}'}
    _write(applied.made.folder, "main", _calls(applied.modules, of_rta=renamed))
    for data in applied.scratch.glob("data-*"):
        shutil.rmtree(data / "modules", ignore_errors=True)
    made = _on_a_fresh_runner(applied.made, applied.scratch / "data-10", monkeypatch)
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
    assert replaced == of_it - RENAMED
    assert [changes[prefix + each] for each in sorted(RENAMED)] == [["update"]] * len(RENAMED)
    # The local AWS cannot rename a user.
    made.apply({}, f"-target={prefix}aws_lambda_function.relay")
    assert made.cloud is not None
    function = made.cloud.client("lambda").get_function_configuration(FunctionName="side-d-relay")
    assert function["CodeSha256"] == _hash(applied.modules / "rta" / "lambda" / "rta_relay.zip")


def _calls(
    modules: Path, of_rta: Mapping[str, Any] | None = None, of_all: Mapping[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    """The root module: the three deployments and the one beside, with some settings changed."""
    rta = {"source": f"git::file://{modules}//rta", **_CALL, **(of_rta or {}), **(of_all or {})}
    ap = {"source": f"git::file://{modules}//agent_productivity", **_AP, **(of_all or {})}
    return {"module": {"rta": rta, "ap": ap}}


def _hash(path: Path) -> str:
    return base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


def _deployed(made: Workspace) -> dict[str, str]:
    """The hash of the one version of each zip that runs."""
    assert made.cloud is not None
    functions = made.cloud.client("lambda")
    found = {}
    for name, deployments in FUNCTIONS.items():
        (found[name],) = {
            functions.get_function_configuration(FunctionName=function)["CodeSha256"]
            for function, *_ in deployments
        }
    return found


def _on_a_fresh_runner(made: Workspace, data: Path, patched: pytest.MonkeyPatch) -> Workspace:
    """The same root module with another folder for Terraform's own data, as on a fresh runner."""
    patched.setenv("TF_DATA_DIR", str(data))
    return initialised(made.folder, made.cloud)


def _write(folder: Path, name: str, configuration: dict[str, Any]) -> None:
    (folder / f"{name}.tf.json").write_text(json.dumps(configuration))


def _commit(modules: Path) -> None:
    _git(modules, "add", "--all", "--force")
    author = ("-c", "user.name=t", "-c", "user.email=t@example.org")
    _git(modules, *author, "commit", "--quiet", "-m", "x")


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)
