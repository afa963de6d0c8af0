import pytest

from tests.phrases import Finding, findings, main, texts


def test_no_text_of_the_project_has_a_refused_phrase(capsys: pytest.CaptureFixture[str]) -> None:
    status = main()
    assert (status, capsys.readouterr().out) == (0, "")


def test_every_kind_of_text_is_searched() -> None:
    found = {path.name for path in texts()} | {path.suffix for path in texts()}
    assert found >= {"README.md", "CHANGELOG.md", "variables.tf", "terraform.tfvars.example"}
    assert found >= {"ci.yml", "run", "Makefile", "pyproject.toml", ".hcl", ".py"}
    assert not [path for path in texts() if {".venv", ".git"} & set(path.parts)]


@pytest.mark.parametrize(
    "text",
    [
        "Put the alias in the place of directory.",
        "Put the alias in the\nplace of directory.",
        "# Put the alias in\n# the place of directory.",
        '    "Put the alias in the "\n    f"place of {directory}."',
    ],
)
def test_a_phrase_is_found_across_lines(text: str) -> None:
    assert list(findings(f"First.\n{text}")) == [
        Finding(2, "in the place of", "instead of, or replace ... with")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Amend the commit and recommend it.",
        "There were so many that a batch was full.",
        "The reports came in. The place of the file is free.",
    ],
)
def test_words_that_only_look_alike_are_not_refused(text: str) -> None:
    assert list(findings(text)) == []
