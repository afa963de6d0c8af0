"""The access keys of the products' users, and the next step of a rotation (docs/security.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple

from aspect_wfm.aws import Aws
from aspect_wfm.deployment import Deployment
from aspect_wfm.output import counted, instant

# So long the new key has to work without the old one before that is deleted.
_TRIAL = timedelta(days=1)


class Product(NamedTuple):
    """A product with an IAM user: `output` names the user, and its key is entered in `entry`."""

    name: str
    output: str
    entry: str


PRODUCTS = {
    "rta": Product("RTA server", "rta_user_name", "the RTA Server Configuration utility"),
    "wfm-adapter": Product(
        "WFM Adapter", "wfm_adapter_user_name", "the data source of the WFM Adapter"
    ),
}


class User(NamedTuple):
    """A product's IAM user; `path` is where its deployment is in the outputs."""

    product: Product
    path: str
    name: str


@dataclass(frozen=True, slots=True)
class AccessKey:
    """An access key without its secret; `last_used` is None if IAM has recorded no use."""

    id: str
    active: bool
    created: datetime
    last_used: datetime | None


class Created(NamedTuple):
    """A new access key; its secret is stored nowhere else."""

    id: str
    secret: str


class Act(Enum):
    """What finishing a rotation does."""

    NOTHING = "nothing"
    WAIT = "wait"
    DEACTIVATE = "deactivate"
    DELETE = "delete"


class Step(NamedTuple):
    """The next step of a rotation: what to do with which key, and why or what follows."""

    act: Act
    key: AccessKey | None
    text: str


def users(deployments: Sequence[Deployment]) -> list[User]:
    """The users of the products, each once. A product that assumes a role has none."""
    found = {
        name: User(product, each.path, name)
        for each in deployments
        for product in PRODUCTS.values()
        if (name := each.get(product.output))
    }
    return list(found.values())


def read_keys(aws: Aws, user: str) -> list[AccessKey]:
    """The user's keys, oldest first. Raises as `Aws.call` does."""
    listed = aws.call("iam", "list_access_keys", UserName=user)["AccessKeyMetadata"]
    return sorted((_read(aws, each) for each in listed), key=lambda each: each.created)


def create_key(aws: Aws, user: str) -> Created:
    """Raises as `Aws.call` does."""
    found = aws.call("iam", "create_access_key", UserName=user)["AccessKey"]
    return Created(found["AccessKeyId"], found["SecretAccessKey"])


def delete_key(aws: Aws, user: str, key: str) -> None:
    """Raises as `Aws.call` does."""
    aws.call("iam", "delete_access_key", UserName=user, AccessKeyId=key)


def deactivate_key(aws: Aws, user: str, key: str) -> None:
    """Raises as `Aws.call` does."""
    aws.call("iam", "update_access_key", UserName=user, AccessKeyId=key, Status="Inactive")


def advice(keys: Sequence[AccessKey]) -> str | None:
    """What to do about a user's keys; None where there is nothing to do."""
    active = [each for each in keys if each.active]
    if not keys:
        return "No access key exists: create one with aspect-wfm keys create."
    if not active:
        return "No access key is active: activate the one that the product uses."
    if len(keys) > 1:
        return "A rotation is not finished: aspect-wfm keys rotate --finish."
    return None


def finishing(keys: Sequence[AccessKey]) -> Step:
    """The step that finishes a rotation of the keys, which are oldest first, as far as it can be
    finished: deactivate the old key once the new one is used instead, and delete it a day later."""
    if len(keys) < 2:
        return Step(
            Act.NOTHING,
            None,
            f"No rotation is in progress ({counted(len(keys), 'key')}).",
        )
    old, new = keys[0], keys[-1]
    if not new.active:
        return Step(
            Act.WAIT,
            None,
            f"The newer key {new.id} is inactive. If the product works with {old.id}, delete "
            f"{new.id} by hand; otherwise activate it.",
        )
    if new.last_used is None:
        return Step(
            Act.WAIT,
            None,
            f"The new key {new.id} has not been used yet. IAM may record a use a few minutes late.",
        )
    if old.last_used is not None and old.last_used >= new.last_used:
        return Step(
            Act.WAIT,
            None,
            f"The old key {old.id} is still used: last at {instant(old.last_used)} UTC, the new "
            f"one at {instant(new.last_used)} UTC.",
        )
    if old.active:
        return Step(
            Act.DEACTIVATE,
            old,
            f"Deactivated {old.id}. To undo this, activate it. If everything works for a day, run "
            "the same command again: it then deletes the key.",
        )
    if old.last_used is not None and new.last_used - old.last_used < _TRIAL:
        return Step(
            Act.WAIT,
            None,
            f"The old key {old.id} is inactive, but the new one has not worked without it for a "
            f"day yet: the old one was last used at {instant(old.last_used)} UTC.",
        )
    return Step(Act.DELETE, old, f"Deleted {old.id}. The rotation is finished.")


def _read(aws: Aws, listed: dict[str, Any]) -> AccessKey:
    used = aws.call("iam", "get_access_key_last_used", AccessKeyId=listed["AccessKeyId"])
    return AccessKey(
        listed["AccessKeyId"],
        listed["Status"] == "Active",
        listed["CreateDate"],
        used["AccessKeyLastUsed"].get("LastUsedDate"),
    )
