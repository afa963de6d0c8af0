"""The tables that documents have from the code: inputs and outputs in the modules' READMEs, and the
functions' metrics."""

import json
from pathlib import Path
from typing import Any

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.metrics import METRICS
from tests.terraform_files import blocks

_OPERATIONS = REPOSITORY / "docs" / "operations.md"

DOCUMENTS = [_OPERATIONS, *sorted((REPOSITORY / "modules").glob("*/README.md"))]

_BEGIN, _END = "<!-- BEGIN TABLES -->", "<!-- END TABLES -->"


def with_tables(document: Path) -> str:
    """The text of `document` as it should be. Raises ValueError when it has no place for tables."""
    text = document.read_text(encoding="utf-8")
    if text.count(_BEGIN) != 1 or text.count(_END) != 1:
        raise ValueError(f"{document} needs one line {_BEGIN} and one line {_END}")
    before, after = text.split(_BEGIN)[0], text.split(_END)[1]
    tables = _metrics() if document == _OPERATIONS else _inputs_and_outputs(document.parent)
    return f"{before}{_BEGIN}\n{tables}{_END}{after}"


def _metrics() -> str:
    lines = ["", "| function | metric | counts |", "| --- | --- | --- |"]
    counted = {name: text for metrics in METRICS.values() for name, text in metrics.items()}
    for name, text in counted.items():
        functions = [each for each, metrics in METRICS.items() if name in metrics]
        lines.append(f"| {', '.join(functions)} | `{name}` | {text} |")
    return "\n".join(lines) + "\n\n"


def _inputs_and_outputs(module: Path) -> str:
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
    for document in DOCUMENTS:
        document.write_text(with_tables(document), encoding="utf-8")


if __name__ == "__main__":
    main()
