"""What provider 6 has of the resources of the modules and examples: provider-6.json beside this.

    npm pack @cdktf/provider-aws@21.22.1 && tar xzf cdktf-provider-aws-21.22.1.tgz
    pip download --no-deps pulumi-aws==7.51.1
    python -m tests.provider.extract package pulumi_aws-7.51.1-py3-none-any.whl

The first package has the schema of a version as TypeScript bindings. The second follows newer
versions and marks what they deprecate; of that, arguments and attributes of resources are read, and
not those of their blocks.
"""

import json
import re
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.local_cloud.terraform_cli import REPOSITORY
from tests.terraform_files import blocks

EXTRACT = Path(__file__).parent / "provider-6.json"
FOLDERS = sorted(path.parent for path in REPOSITORY.glob("*/*/versions.tf"))

_VERSION = re.compile(r"/providers/hashicorp/aws/([\d.]+)/docs/")
_INTERFACE = re.compile(
    r"export interface (\w+)(?: extends cdktf\.\w+)? \{\n(.*?)^\}", re.DOTALL | re.MULTILINE
)
_FIELD = re.compile(r"#(\w+) \w+#\w+\}.*?readonly \w+(\??): ([^;]+);", re.DOTALL)
_CLASS = re.compile(
    r"^class \w+ extends cdktf\.Terraform(?:Resource|DataSource) \{\n(.*?)^\}",
    re.DOTALL | re.MULTILINE,
)
_ATTRIBUTE = re.compile(r"""\b(?:get\w*Attribute\(|cdktf\.\w*Map\(this, )['"](\w+)['"]\)""")
_DEPRECATED = re.compile(r'@_utilities\.deprecated\("""(.*?)"""\)\s+def (\w+)\(', re.DOTALL)

# Where pulumi-aws has them, but for aws_<service>_<name> in <service>/<name>.py.
_IN_PULUMI = {
    "aws_kinesisanalyticsv2_application": "kinesisanalyticsv2/application",
    "aws_kinesis_firehose_delivery_stream": "kinesis/firehose_delivery_stream",
    "aws_lambda_event_source_mapping": "lambda_/event_source_mapping",
    "aws_lambda_function": "lambda_/function",
    "aws_lambda_permission": "lambda_/permission",
    "aws_s3_object": "s3/bucket_object",
    "data.aws_caller_identity": "get_caller_identity",
    "data.aws_default_tags": "get_default_tags",
    "data.aws_partition": "get_partition",
    "data.aws_region": "get_region",
    "data.aws_s3_object": "s3/get_object",
    "data.aws_service_principal": "get_service_principal",
}


def used_types() -> list[str]:
    """The types of the resources, and with `data.` before it of the data sources."""
    resources = {
        address.partition(".")[0]
        for folder in FOLDERS
        for address in blocks(folder, "resource")
        if address.startswith("aws_")
    }
    sources = {
        f"data.{address.partition('.')[0]}"
        for folder in FOLDERS
        for address in blocks(folder, "data")
    }
    return sorted(resources | sources)


def schema(package: Path, type_: str) -> dict[str, Any]:
    """The arguments and blocks of a type, and its attributes.

    An argument is `required` or `optional`; a block has its own arguments below that word.
    """
    name = type_.replace("data.aws_", "data_aws_").removeprefix("aws_").replace("_", "-")
    folder = package / "lib" / name
    declared = "\n".join(each.read_text() for each in sorted(folder.glob("*.d.ts")))
    interfaces = dict(_INTERFACE.findall(declared))
    (config,) = (each for each in interfaces if each.endswith("Config") and _is_top(declared, each))
    (implementation,) = _CLASS.findall((folder / "index.js").read_text())
    return {
        "arguments": _fields(interfaces, config),
        "attributes": sorted(set(_ATTRIBUTE.findall(implementation))),
    }


def _is_top(declared: str, interface: str) -> bool:
    return f"export interface {interface} extends cdktf.TerraformMetaArguments" in declared


def _fields(interfaces: dict[str, str], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, optional, type_ in _FIELD.findall(interfaces[name]):
        needed = "optional" if optional else "required"
        inner = [each for each in re.findall(r"\w+", type_) if each in interfaces]
        found[field] = {needed: _fields(interfaces, inner[0])} if inner else needed
    return found


def deprecated(wheel: zipfile.ZipFile, type_: str) -> dict[str, str]:
    """What is deprecated of a type, with what its documentation says; the names are Python's."""
    path = _IN_PULUMI.get(type_)
    if path is None:
        kind, _, name = type_.removeprefix("data.").removeprefix("aws_").partition("_")
        path = f"{kind}/{'get_' if type_.startswith('data.') else ''}{name}"
    text = wheel.read(f"pulumi_aws/{path}.py").decode()
    return {name: " ".join(reason.split()) for reason, name in _DEPRECATED.findall(text)}


def main(package: Path, wheel: Path) -> None:
    types = used_types()
    manifest = json.loads((package / "package.json").read_text())
    sample = (package / "lib" / "sqs-queue" / "index.d.ts").read_text()
    (version,) = set(_VERSION.findall(sample))
    with zipfile.ZipFile(wheel) as opened:
        extract = {
            "bindings": f"{manifest['name']} {manifest['version']}",
            "date": datetime.now(UTC).date().isoformat(),
            "provider": version,
            "deprecations": "-".join(wheel.name.split("-")[:2]),
            "types": {
                each: schema(package, each) | {"deprecated": deprecated(opened, each)}
                for each in types
            },
        }
    EXTRACT.write_text(json.dumps(extract, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
