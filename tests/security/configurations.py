"""The configurations of the modules whose principals are looked at, as one root module."""

from dataclasses import dataclass
from itertools import product
from typing import Any, Literal

Trait = Literal[
    "table", "streamkey", "connectkey", "role", "key", "onekey", "bounded", "retired", "flink"
]
Product = Literal["rta", "ap"]

SOURCE_ACCOUNT = "111122223333"
EXTERNAL_ID = "wfm-7f3a"
IAM_PATH = "/integration/wfm/"

REPORT_PREFIX = "wfm/reports/"
CONNECT_PREFIX = "connect/acme/Reports/Aspect/"


@dataclass(frozen=True, slots=True)
class Given:
    """What is there before a deployment: ARNs, and the name of Connect's bucket.

    `code_bucket` holds the Flink application's package, which `code_key_arn` encrypts; `key_arn` is
    the key for what the modules make.
    """

    boundary_arn: str
    code_bucket: str
    code_key_arn: str
    connect_bucket: str
    connect_key_arn: str
    key_arn: str
    stream_arn: str
    stream_key_arn: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """One instance of a module, with everything at its default that no trait changes."""

    product: Product
    traits: frozenset[Trait]

    @property
    def name(self) -> str:
        """The name of the deployment. Many of them begin as another's: as sloppy wildcards like."""
        traits = ("table", "streamkey", "connectkey", "role", "key", "flink")
        told = [trait for trait in traits if self.has(trait)]
        return "-".join([self.product, *told])

    @property
    def label(self) -> str:
        """Its name as a module of the root module."""
        return self.name.replace("-", "_")

    def has(self, trait: str) -> bool:
        return trait in self.traits

    def stream_key(self, given: Given) -> str | None:
        """The key of the stream that is read: with `onekey` the one for everything else."""
        if not self.has("streamkey"):
            return None
        return given.key_arn if self.has("onekey") else given.stream_key_arn

    def call(self, given: Given) -> dict[str, Any]:
        """The module block, as Terraform's JSON syntax has it."""
        bounded = {"iam_path": IAM_PATH, "permissions_boundary_arn": given.boundary_arn}
        role = {
            "authorization_mode": "role",
            "external_id": EXTERNAL_ID,
            "source_aws_account_id": SOURCE_ACCOUNT,
        }
        common = {
            "agent_event_stream_arn": given.stream_arn,
            "agent_event_stream_kms_arn": self.stream_key(given),
            "kms_key_arn": given.key_arn if self.has("key") else None,
            **(bounded if self.has("bounded") else {}),
            **(role if self.has("role") else {}),
        }
        if self.product == "rta":
            return {
                "source": "../modules/rta",
                "lambda_config_location": "table" if self.has("table") else "env",
                "name": self.name,
                "num_retired_sqs_queues": 1 if self.has("retired") else None,
                "num_sqs_queues": 2,
                **common,
            }
        return {
            "source": "../modules/agent_productivity",
            "aspect_ap_data_s3_prefix": REPORT_PREFIX,
            "connect_s3_bucket": given.connect_bucket,
            "connect_s3_kms_arn": given.connect_key_arn if self.has("connectkey") else None,
            "connect_s3_prefix": CONNECT_PREFIX,
            "engine": "flink" if self.has("flink") else "lambda",
            "flink_application": {
                "code_bucket": given.code_bucket,
                "code_kms_key_arn": given.code_key_arn if self.has("flink") else None,
            },
            "kda_application_name": self.name,
            **common,
        }


def root_module(configurations: list[Configuration], given: Given) -> dict[str, Any]:
    """The root module that holds `configurations`, as Terraform's JSON syntax has it."""
    return {
        "provider": {"aws": {}},
        "module": {each.label: each.call(given) for each in configurations},
    }


def _configuration(product: Product, *traits: Trait) -> Configuration:
    return Configuration(product, frozenset(traits))


# Every trait is there and absent with every principal, and each product has a second deployment.
FEWEST = [
    _configuration("rta", "key", "bounded"),
    _configuration("rta", "table", "streamkey", "role", "retired"),
    _configuration("rta", "table", "streamkey", "key", "onekey", "retired"),
    _configuration("ap"),
    _configuration("ap", "streamkey", "key", "flink"),
    _configuration("ap", "streamkey", "connectkey", "role", "key", "onekey", "bounded"),
]


def every_configuration() -> list[Configuration]:
    """Flag location, keys and identity in all combinations, for each product.

    Boundary and path come with half of them, so that users and roles are both found with and
    without, and so does the key for what the modules make, with every flag location and identity;
    a retired queue comes with every flag in a table, Flink with every key.
    """
    found = []
    own: dict[Product, Trait] = {"rta": "table", "ap": "connectkey"}
    for name, trait in own.items():
        for is_own, streamkey, role in product((False, True), repeat=3):
            chosen: dict[Trait, bool] = {
                trait: is_own,
                "streamkey": streamkey,
                "role": role,
                "key": is_own != (streamkey != role),
                "onekey": streamkey and is_own == role,
                "bounded": streamkey != role,
                "retired": is_own and name == "rta",
                "flink": name == "ap" and streamkey != role,
            }
            traits = frozenset(each for each, wanted in chosen.items() if wanted)
            found.append(Configuration(name, traits))
    return found
