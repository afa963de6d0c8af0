"""What `make demo` shows while it works and at the end."""

import pytest

from tests.demo import ending, step


def test_a_step_is_named_before_it_begins(capsys: pytest.CaptureFixture[str]) -> None:
    with step("terraform apply"):
        assert capsys.readouterr().out == "  terraform apply ... "
    assert capsys.readouterr().out.endswith(" 0 s\n")


def test_a_step_that_fails_ends_its_dots(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), step("terraform apply"):
        raise KeyError
    assert capsys.readouterr().out == "  terraform apply ... "


def test_the_end_has_the_time_and_what_to_do_next() -> None:
    said = ending(105)
    assert "Done in 1 min 45 s" in said
    for path in ("build/wfm-reports.html", "examples/both-new-stream/README.md"):
        assert path in said
