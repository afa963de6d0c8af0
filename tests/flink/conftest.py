"""The package and the servers of the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from package import PACKAGE, assemble, install_libraries
from tests.chaos.servers import Servers, servers
from tests.flink.running_job import FLINK_PYTHON, JARS
from tests.local_cloud.terraform_cli import REPOSITORY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what these tests leave open, as the page does."""
    page = (REPOSITORY / "docs" / "engines.md").read_text(encoding="utf-8")
    (paragraph,) = (each for each in page.split("\n\n") if each.startswith("**Not tested**"))
    terminalreporter.write_line(paragraph)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, with the libraries that it is delivered with, and the connector of the tests."""
    assert FLINK_PYTHON.exists(), "PyFlink is installed by make test-flink: run the tests by it"
    folder = tmp_path_factory.mktemp("package")
    install_libraries(folder / "libraries")
    assemble(JARS, folder / "libraries", folder / PACKAGE.name)
    return folder / PACKAGE.name


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Servers]:
    (tmp_path / "servers").mkdir()
    with servers(tmp_path / "servers") as both:
        yield both
