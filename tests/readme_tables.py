"""The tables of inputs and outputs in the modules' READMEs, from their variables and outputs."""

import re
from pathlib import Path

from tests.local_cloud.terraform_cli import REPOSITORY

_BEGIN, _END = "<!-- BEGIN TABLES -->", "<!-- END TABLES -->"
_BLOCK = re.compile(r'^(variable|output) "([^"]+)" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)


def with_tables(module: Path) -> str:
    """The README of `module` as it should be. Raises ValueError when it has no place for tables."""
    readme = (module / "README.md").read_text(encoding="utf-8")
    if readme.count(_BEGIN) != 1 or readme.count(_END) != 1:
        raise ValueError(f"{module}/README.md needs one line {_BEGIN} and one line {_END}")
    before, after = readme.split(_BEGIN)[0], readme.split(_END)[1]
    return f"{before}{_BEGIN}\n{_tables(module)}{_END}{after}"


def _tables(module: Path) -> str:
    variables = _blocks(module / "variables.tf")
    outputs = _blocks(module / "outputs.tf")
    lines = [
        "",
        "## Inputs",
        "",
        "| name | description | type | default |",
        "| --- | --- | --- | --- |",
    ]
    for name, body in variables:
        default = _attribute(body, "default")
        lines.append(
            f"| `{name}` | {_description(body)} | `{_attribute(body, 'type')}` | "
            f"{'required' if default is None else f'`{default}`'} |"
        )
    lines += ["", "## Outputs", "", "| name | description |", "| --- | --- |"]
    lines += [f"| `{name}` | {_description(body)} |" for name, body in outputs]
    return "\n".join(lines) + "\n\n"


def _blocks(path: Path) -> list[tuple[str, str]]:
    return [(name, body) for _, name, body in _BLOCK.findall(path.read_text(encoding="utf-8"))]


def _attribute(body: str, name: str) -> str | None:
    found = re.search(rf"^  {name} += (.*)$", body, re.MULTILINE)
    return found[1] if found else None


def _description(body: str) -> str:
    text = (_attribute(body, "description") or "").strip('"')
    return text.replace('\\"', '"').replace("|", "\\|")


def main() -> None:
    for module in sorted((REPOSITORY / "modules").iterdir()):
        (module / "README.md").write_text(with_tables(module), encoding="utf-8")


if __name__ == "__main__":
    main()
