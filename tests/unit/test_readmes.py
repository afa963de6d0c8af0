import re
from pathlib import Path
from typing import Any

import pytest

from tests.document_tables import DOCUMENTS, with_tables
from tests.example_files import passed_on
from tests.examples import NEW_STREAM_OPTIONS, OPTIONS
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks, defaults, parse, read

EXAMPLES = sorted(path for path in (REPOSITORY / "examples").iterdir() if path.is_dir())
MODULES = sorted(path for path in (REPOSITORY / "modules").iterdir() if path.is_dir())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_a_documents_tables_say_what_the_code_says(document: Path) -> None:
    assert document.read_text(encoding="utf-8") == with_tables(document), "run make build"


@pytest.mark.parametrize("folder", MODULES + EXAMPLES, ids=lambda path: path.name)
def test_variables_and_outputs_are_sorted_and_described(folder: Path) -> None:
    for kind in ("variable", "output"):
        for file in folder.glob("*.tf"):
            names = [name for block in read(file).get(kind, []) for name in block]
            assert names == sorted(names), file.name
        found = blocks(folder, kind)
        assert [name for name, body in found.items() if not body.get("description")] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_examples_tfvars_name_exactly_its_variables(example: Path) -> None:
    assert _sample(example).keys() == blocks(example, "variable").keys()


@pytest.mark.parametrize("option", OPTIONS)
def test_tfvars_leave_required_values_open_and_show_every_attribute(option: str) -> None:
    example = REPOSITORY / "examples" / option
    sample = _sample(example)
    for name, passed in passed_on(example).items():
        bodies = [each.body for each in passed]
        if "default" not in bodies[0]:
            assert not sample[name], f"{name} is required"
        elif bodies[0]["type"].startswith("${object("):
            attributes = [defaults(body["type"]) for body in bodies]
            assert set(sample[name]) == set().union(*attributes), name


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_examples_readme_names_every_output(example: Path) -> None:
    readme = (example / "README.md").read_text()
    assert [name for name in blocks(example, "output") if f"`{name}`" not in readme] == []


@pytest.mark.parametrize("option", NEW_STREAM_OPTIONS)
def test_a_new_stream_options_readme_names_every_name_of_another_deployment(option: str) -> None:
    example = REPOSITORY / "examples" / option
    readme = (example / "README.md").read_text()
    section = readme.partition("### Deploy again for another instance or region\n")[2]
    named = set(re.findall(r"`(\w+)`", section.partition("\n## ")[0]))
    names = {name for name in blocks(example, "variable") if re.search(r"(^|_)name$", name)}
    # All deployments can read the zips from one bucket.
    assert named == names - {"qss3_bucket_name"} | {"name_suffix"}


def _sample(example: Path) -> dict[str, Any]:
    """The variables of a terraform.tfvars.example, those in comment too."""
    lines = (example / "terraform.tfvars.example").read_text().splitlines()
    is_value = re.compile(r"# (?=[a-z0-9_]+ += |  [a-z0-9_]+ += |[}\]])")
    return parse("\n".join(is_value.sub("", line) for line in lines) + "\n")


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_examples_readme_has_the_doctor_look_at_it(example: Path) -> None:
    readme = (example / "README.md").read_text()
    assert re.search(rf"aspect-wfm doctor examples/{example.name}\b(?!-)", readme)
