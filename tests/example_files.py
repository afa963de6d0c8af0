"""The variables, outputs and defaults of the options under examples/, from those of their modules.

An option has no defaults of its own: null takes the module's. It describes a variable by the first
sentence of the modules' descriptions, which is the same where several modules share the variable.
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from tests.examples import OPTIONS
from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks, defaults, read, split_arguments

EXAMPLES, MODULES = REPOSITORY / "examples", REPOSITORY / "modules"

# What an option has of its own.
OWN_VARIABLES = {
    "alarm_emails": (REPOSITORY / "tests" / "data" / "alarm_emails.tf").read_text(encoding="utf-8")
}
OWN_OUTPUTS = {
    "next_steps": """output "next_steps" {
  description = "Manual steps after the apply, in order, with the names of this deployment."
  value       = local.next_steps
}
"""
}

# Whose null has a meaning of its own, so that only the empty object takes the module's defaults.
_NULL_MEANS_NONE = {"alarms"}


class Passed(NamedTuple):
    """A variable of a module that a variable of an option is passed to."""

    module: str
    name: str

    @property
    def body(self) -> dict[str, Any]:
        """The block of the variable in the module."""
        return blocks(MODULES / self.module, "variable")[self.name]


def passed_on(example: Path) -> dict[str, list[Passed]]:
    """Where each variable of an example goes, in the order of its modules.

    A local value passes the variable of its name on.
    """
    found: dict[str, list[Passed]] = {}
    for call in blocks(example, "module").values():
        module = Path(call["source"]).name
        variables = blocks(MODULES / module, "variable")
        for name, value in call.items():
            variable = re.fullmatch(r"\$\{(?:var|local)\.(\w+)\}", str(value))
            if variable and name in variables:
                found.setdefault(variable[1], []).append(Passed(module, name))
    return found


def variables_file(option: str) -> str:
    """What variables.tf of an option has to be.

    Raises ValueError where the modules that share a variable do not describe it alike.
    """
    variables = passed_on(EXAMPLES / option)
    found = {name: _variable(name, passed) for name, passed in variables.items()} | OWN_VARIABLES
    return "\n".join(found[name] for name in sorted(found))


def outputs_file(option: str) -> str:
    """What outputs.tf of an option has to be: its outputs, described as what they are of."""
    found = dict(OWN_OUTPUTS)
    for name, body in blocks(EXAMPLES / option, "output").items():
        if name in OWN_OUTPUTS:
            continue
        value = body["value"].removeprefix("${").removesuffix("}")
        kind, *path = value.split(".")
        if kind == "module":
            source = blocks(MODULES / path[0], "output")[path[1]]
        else:
            source = blocks(EXAMPLES / option, "variable")[path[0]]
        found[name] = (
            f'output "{name}" {{\n'
            f'  description = "{source["description"]}"\n'
            f"  value       = {value}\n}}\n"
        )
    return "\n".join(found[name] for name in sorted(found))


def sample_file(option: str) -> str:
    """What terraform.tfvars.example of an option has to be: as it is, but for the defaults that its
    lines in comment show."""
    path = EXAMPLES / option / "terraform.tfvars.example"
    variables, lines = passed_on(EXAMPLES / option), []
    attributes: dict[str, Any] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r"(# (?:  )?)(\w+)( += )(.+)", line)
        if found and found[4] == "{":
            kinds = [each.body["type"] for each in variables[found[2]]]
            attributes = {key: each for kind in kinds for key, each in defaults(kind).items()}
        elif found and found[2] not in OWN_VARIABLES:
            passed = variables.get(found[2])
            value = passed[0].body["default"] if passed else attributes[found[2]]
            line = f"{found[1]}{found[2]}{found[3]}{json.dumps(value)}"
        lines.append(line)
    return "\n".join([*lines, ""])


def _variable(name: str, passed: list[Passed]) -> str:
    descriptions = {_first_sentence(each.body["description"]) for each in passed}
    if len(descriptions) != 1:
        raise ValueError(f"{name} has several first sentences: {sorted(descriptions)}")
    lines = [f'variable "{name}" {{', f'  description = "{descriptions.pop()}"']
    kind = _type([each.body["type"] for each in passed])
    is_required = "default" not in passed[0].body
    value = "{}" if name in _NULL_MEANS_NONE else "null"
    if "\n" in kind:
        lines += [f"  type = {kind}"] + ([] if is_required else [f"  default = {value}"])
    else:
        lines += [f"  type        = {kind}"]
        lines += [] if is_required else [f"  default     = {value}"]
    return "\n".join([*lines, "}", ""])


def _first_sentence(description: str) -> str:
    return re.split(r"(?<=\.) (?=[A-Z`])", description)[0].replace('"', '\\"')


def _type(types: list[str]) -> str:
    """The type that all of them take: of objects with all attributes, and without defaults."""
    kinds = [each.removeprefix("${").removesuffix("}") for each in types]
    if not kinds[0].startswith("object("):
        (kind,) = set(kinds)
        return kind
    attributes: dict[str, str] = {}
    for kind in kinds:
        for part in split_arguments(kind.removeprefix("object({").removesuffix("})")):
            name, _, value = part.partition(" = ")
            optional, *_ = split_arguments(value.removeprefix("optional(").removesuffix(")"))
            attributes[name.strip()] = f"optional({optional})"
    width = max(map(len, attributes))
    lines = [f"    {name:{width}} = {attributes[name]}" for name in sorted(attributes)]
    return "\n".join(["object({", *lines, "  })"])


def main() -> None:
    for option in OPTIONS:
        (EXAMPLES / option / "variables.tf").write_text(variables_file(option), encoding="utf-8")
        read.cache_clear()
        (EXAMPLES / option / "outputs.tf").write_text(outputs_file(option), encoding="utf-8")
        sample = sample_file(option)
        (EXAMPLES / option / "terraform.tfvars.example").write_text(sample, encoding="utf-8")


if __name__ == "__main__":
    main()
