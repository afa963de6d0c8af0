"""Each module's folder can be a repository of its own, as Terraform registries want it."""

import re
from pathlib import Path

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.markdown import links
from tests.terraform_files import blocks, local_values, read

each_module = pytest.mark.parametrize(
    "module",
    sorted(path for path in (REPOSITORY / "modules").iterdir() if path.is_dir()),
    ids=lambda path: path.name,
)
each_folder = pytest.mark.parametrize(
    "folder",
    sorted(path.parent for path in REPOSITORY.glob("*/*/versions.tf")),
    ids=lambda path: path.name,
)


@each_module
def test_a_module_has_what_the_standard_structure_asks_for(module: Path) -> None:
    names = {path.name for path in module.iterdir()}
    assert names >= {"LICENSE", "README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"}
    assert (module / "LICENSE").read_bytes() == (REPOSITORY / "LICENSE").read_bytes()


@each_module
def test_main_says_what_every_other_file_holds(module: Path) -> None:
    said = re.findall(r"^#   (\S+\.tf)  +\S", (module / "main.tf").read_text(), re.MULTILINE)
    assert said == sorted(path.name for path in module.glob("*.tf") if path.name != "main.tf")


@each_folder
@pytest.mark.parametrize("kind", ["variable", "output"])
def test_variables_and_outputs_are_in_the_files_named_after_them(folder: Path, kind: str) -> None:
    assert [path.name for path in folder.glob("*.tf") if kind in read(path)] == [f"{kind}s.tf"]


@each_module
def test_no_local_value_begins_with_an_underscore(module: Path) -> None:
    assert [name for name in local_values(module) if name.startswith("_")] == []


@each_module
def test_a_module_says_which_terraform_and_providers_it_takes(module: Path) -> None:
    (settings,) = read(module / "versions.tf")["terraform"]
    assert re.fullmatch(r">= [\d.]+", settings["required_version"])
    ((provider, constraint),) = settings["required_providers"][0].items()
    assert (provider, constraint["source"]) == ("aws", "hashicorp/aws")
    assert re.fullmatch(r">= [\d.]+, < \d+\.0", constraint["version"])


@each_module
def test_a_module_needs_nothing_outside_of_its_folder(module: Path) -> None:
    for path in [*module.rglob("*.tf"), *module.rglob("*.tftest.hcl")]:
        for step in re.findall(r"\.\.(?:/\.\.)*(?=[/\"])", path.read_text()):
            assert (path.parent / step).resolve().is_relative_to(module), path


@each_module
def test_a_module_brings_no_provider_configuration(module: Path) -> None:
    assert blocks(module, "provider") == {}


@each_module
def test_links_out_of_a_module_can_be_given_another_root(module: Path) -> None:
    targets = [target for target in links((module / "README.md").read_text()) if "../" in target]
    assert [target for target in targets if not target.startswith("../../")] == []
