"""`aspect-wfm keys`: list, create and rotate the access keys of the products' users."""

import argparse
from collections.abc import Sequence

from aspect_wfm.access_keys import (
    PRODUCTS,
    AccessKey,
    Act,
    Created,
    User,
    advice,
    create_key,
    deactivate_key,
    delete_key,
    finishing,
    read_keys,
    users,
)
from aspect_wfm.arguments import OUTPUTS_HELP, add_connection
from aspect_wfm.aws import Aws
from aspect_wfm.deployment import DeploymentError, check_place, deployments, read_outputs
from aspect_wfm.outcome import CannotTell, Status
from aspect_wfm.output import instant, say, say_json, tell, text_table

SUMMARY = "list, create and rotate the products' access keys"
DESCRIPTION = (
    "List, create and rotate the access keys of the IAM users of the RTA server and the WFM "
    "Adapter. A secret is printed once and stored nowhere."
)
RESUME = "aspect-wfm keys list shows which keys exist."
EPILOG = "docs/security.md describes a rotation, and names the IAM policy that this command needs."

_HEADER = ("Product", "User", "Access key", "Status", "Created (UTC)", "Last used (UTC)")


def run(options: argparse.Namespace) -> Status:
    """Run the chosen action."""
    aws = Aws()
    found = _users(aws, options)
    status: Status = options.act(aws, found, options)
    return status


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Its actions, and their options."""
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, (act, what) in _ACTIONS.items():
        action = actions.add_parser(name, help=what, description=f"{what.capitalize()}.")
        action.add_argument("outputs", help=OUTPUTS_HELP, metavar="OUTPUTS")
        action.add_argument(
            "--product", choices=PRODUCTS, help="only the user of this product", metavar="PRODUCT"
        )
        action.add_argument(
            "--only",
            help="only the deployment at this path in the outputs, as in rta.berlin",
            metavar="PATH",
        )
        if name == "rotate":
            action.add_argument(
                "--finish",
                action="store_true",
                help="deactivate the old key once the new one is used instead; a day later, "
                "delete it",
            )
        action.add_argument("--json", action="store_true", help="print JSON")
        add_connection(action)
        action.set_defaults(act=act)


def _users(aws: Aws, options: argparse.Namespace) -> list[User]:
    found = deployments(read_outputs(options.outputs), options.outputs)
    check_place(found, *aws.identity())
    named = [
        each
        for each in users(found)
        if options.only in (None, each.path)
        and (options.product is None or each.product is PRODUCTS[options.product])
    ]
    if not named:
        raise DeploymentError(
            "The outputs name no such user. They need rta_user_name or wfm_adapter_user_name; a "
            "product that assumes a role has no access key."
        )
    return named


def _list(aws: Aws, found: Sequence[User], options: argparse.Namespace) -> Status:
    keys = {each: read_keys(aws, each.name) for each in found}
    todo = {user: text for user in found if (text := advice(keys[user]))}
    if options.json:
        say_json([_as_document(user, key) for user in found for key in keys[user]])
    else:
        rows = [_row(user, key) for user in found for key in keys[user] or (None,)]
        say(text_table([_HEADER, *rows], left=range(len(_HEADER))).rstrip())
    for user, text in todo.items():
        tell(f"User {user.name}: {text}")
    return Status.SOMETHING_TO_DO if todo else Status.ALL_WELL


def _create(aws: Aws, found: Sequence[User], options: argparse.Namespace) -> Status:
    user = _one(found)
    keys = read_keys(aws, user.name)
    if keys:
        raise CannotTell(
            f"User {user.name} already has an access key ({', '.join(each.id for each in keys)}): "
            "to replace it, use aspect-wfm keys rotate."
        )
    _print_once(aws, user, create_key(aws, user.name), options)
    tell(f"Enter both in {user.product.entry}. The secret is not shown again.")
    return Status.ALL_WELL


def _rotate(aws: Aws, found: Sequence[User], options: argparse.Namespace) -> Status:
    user = _one(found)
    keys = read_keys(aws, user.name)
    if options.finish:
        return _finish(aws, user, keys)
    if not keys:
        raise CannotTell(
            f"User {user.name} has no access key to rotate: use aspect-wfm keys create."
        )
    if len(keys) > 1:
        tell(
            f"User {user.name} already has two access keys, {keys[0].id} and the newer "
            f"{keys[-1].id}. Enter the newer one in {user.product.entry}, then run this command "
            "with --finish. If its secret is lost, delete it by hand and run this command again."
        )
        return Status.SOMETHING_TO_DO
    _print_once(aws, user, create_key(aws, user.name), options)
    tell(
        f"1. Enter both in {user.product.entry}. The secret is not shown again.\n2. Check that the "
        f"{user.product.name} works. The old key {keys[0].id} still works too.\n3. Run this "
        "command again with --finish: it deactivates the old key once the new one is used instead."
    )
    return Status.SOMETHING_TO_DO


def _finish(aws: Aws, user: User, keys: Sequence[AccessKey]) -> Status:
    step = finishing(keys)
    if step.key and step.act is Act.DEACTIVATE:
        deactivate_key(aws, user.name, step.key.id)
    if step.key and step.act is Act.DELETE:
        delete_key(aws, user.name, step.key.id)
    nothing = " Nothing was changed." if step.key is None else ""
    say(f"User {user.name}: {step.text}{nothing}")
    finished = step.act in (Act.NOTHING, Act.DELETE)
    return Status.ALL_WELL if finished else Status.SOMETHING_TO_DO


_ACTIONS = {
    "list": (_list, "list the keys, and when each was last used"),
    "create": (_create, "create the first key of a user"),
    "rotate": (_rotate, "create a second key, and later remove the old one"),
}


def _one(found: Sequence[User]) -> User:
    if len(found) > 1:
        raise DeploymentError(
            f"The outputs name several users ({', '.join(each.name for each in found)}): choose "
            "one with --product or --only."
        )
    return found[0]


def _print_once(aws: Aws, user: User, key: Created, options: argparse.Namespace) -> None:
    """If the secret cannot be printed, nobody can use the key, so it is deleted again."""
    try:
        if options.json:
            say_json({"user": user.name, "accessKeyId": key.id, "secretAccessKey": key.secret})
        else:
            say(f"User               {user.name}\nAccess key ID      {key.id}")
            say(f"Secret access key  {key.secret}")
    except BaseException:
        delete_key(aws, user.name, key.id)
        raise


def _row(user: User, key: AccessKey | None) -> tuple[str, ...]:
    if key is None:
        return (user.product.name, user.name, "none", "", "", "")
    return (
        user.product.name,
        user.name,
        key.id,
        "active" if key.active else "inactive",
        instant(key.created),
        instant(key.last_used) if key.last_used else "never",
    )


def _as_document(user: User, key: AccessKey) -> dict[str, object]:
    return {
        "product": user.product.name,
        "user": user.name,
        "accessKeyId": key.id,
        "active": key.active,
        "created": key.created.isoformat(),
        "lastUsed": key.last_used.isoformat() if key.last_used else None,
    }
