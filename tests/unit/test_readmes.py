import re
from pathlib import Path

import pytest

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.readme_tables import with_tables

EXAMPLES = sorted(path for path in (REPOSITORY / "examples").iterdir() if path.is_dir())
MODULES = sorted(path for path in (REPOSITORY / "modules").iterdir() if path.is_dir())


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name)
def test_a_modules_tables_say_what_its_variables_and_outputs_say(module: Path) -> None:
    assert (module / "README.md").read_text() == with_tables(module), "run make build"


@pytest.mark.parametrize("folder", MODULES + EXAMPLES, ids=lambda path: path.name)
def test_variables_and_outputs_are_sorted_and_described(folder: Path) -> None:
    for kind in ("variable", "output"):
        source = (folder / f"{kind}s.tf").read_text()
        names = re.findall(rf'^{kind} "([^"]+)"', source, re.MULTILINE)
        assert names == sorted(names)
        assert source.count("\n  description = ") == len(names)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_examples_tfvars_name_exactly_its_variables(example: Path) -> None:
    variables = set(
        re.findall(r'^variable "([^"]+)"', (example / "variables.tf").read_text(), re.MULTILINE)
    )
    sample = (example / "terraform.tfvars.example").read_text()
    assert set(re.findall(r"^(?:# )?([a-z0-9_]+) += ", sample, re.MULTILINE)) == variables


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_examples_readme_names_every_output(example: Path) -> None:
    outputs = re.findall(r'^output "([^"]+)"', (example / "outputs.tf").read_text(), re.MULTILINE)
    readme = (example / "README.md").read_text()
    assert [name for name in outputs if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_examples_readme_has_the_doctor_look_at_it(example: Path) -> None:
    readme = (example / "README.md").read_text()
    assert re.search(rf"aspect-wfm doctor examples/{example.name}\b(?!-)", readme)
