"""The tables of inputs and outputs in the modules' READMEs, from their variables and outputs."""

import json
from pathlib import Path
from typing import Any

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks

_BEGIN, _END = "<!-- BEGIN TABLES -->", "<!-- END TABLES -->"


def with_tables(module: Path) -> str:
    """The README of `module` as it should be. Raises ValueError when it has no place for tables."""
    readme = (module / "README.md").read_text(encoding="utf-8")
    if readme.count(_BEGIN) != 1 or readme.count(_END) != 1:
        raise ValueError(f"{module}/README.md needs one line {_BEGIN} and one line {_END}")
    before, after = readme.split(_BEGIN)[0], readme.split(_END)[1]
    return f"{before}{_BEGIN}\n{_tables(module)}{_END}{after}"


def _tables(module: Path) -> str:
    lines = [
        "",
        "## Inputs",
        "",
        "| name | description | type | default |",
        "| --- | --- | --- | --- |",
    ]
    for name, body in blocks(module, "variable").items():
        default = f"`{_literal(body['default'])}`" if "default" in body else "required"
        lines.append(f"| `{name}` | {_description(body)} | `{_type(body['type'])}` | {default} |")
    lines += ["", "## Outputs", "", "| name | description |", "| --- | --- |"]
    lines += [
        f"| `{name}` | {_description(body)} |" for name, body in blocks(module, "output").items()
    ]
    return "\n".join(lines) + "\n\n"


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _type(expression: str) -> str:
    kind = expression.removeprefix("${").removesuffix("}")
    return kind.replace("object({", "object({ ").replace("})", " })")


def _description(body: dict[str, Any]) -> str:
    text: str = body["description"]
    return text.replace("|", "\\|")


def main() -> None:
    for module in sorted((REPOSITORY / "modules").iterdir()):
        (module / "README.md").write_text(with_tables(module), encoding="utf-8")


if __name__ == "__main__":
    main()
