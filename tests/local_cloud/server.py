"""ministack as a program, asking for the rights that DynamoDB asks for with a PartiQL statement.

By itself it asks for an action BatchExecuteStatement on all resources, which AWS does not know: it
wants PartiQLSelect, PartiQLInsert, PartiQLUpdate or PartiQLDelete for each statement, on its table
(DynamoDB Developer Guide, "Using IAM security policies with PartiQL for DynamoDB").
"""

import json
import re

from ministack.app import main  # type: ignore[import-untyped]
from ministack.core import iam_actions  # type: ignore[import-untyped]

_STATEMENT = re.compile(
    r'\s*(?:(UPDATE)|(INSERT)\s+INTO|(DELETE)\s+FROM|(SELECT)\s.*?\sFROM)\s+"?([A-Za-z0-9_.-]+)',
    re.IGNORECASE | re.DOTALL,
)

_checks_of_transactions = iam_actions.dynamodb_transaction_checks


def _checks(iam_action: str, body: bytes, region: str, account_id: str) -> list[tuple[str, str]]:
    """The action and the table's ARN of each statement, or of each action of a transaction."""
    if iam_action != "dynamodb:BatchExecuteStatement":
        checks: list[tuple[str, str]] = _checks_of_transactions(
            iam_action, body, region, account_id
        )
        return checks
    return [
        _check(each["Statement"], f"arn:aws:dynamodb:{region}:{account_id}:table/")
        for each in json.loads(body)["Statements"]
    ]


def _check(statement: str, tables: str) -> tuple[str, str]:
    found = _STATEMENT.match(statement)
    if not found:
        return "dynamodb:PartiQL", "*"  # which nobody is allowed
    *verbs, table = found.groups()
    (verb,) = filter(None, verbs)
    return f"dynamodb:PartiQL{verb.capitalize()}", tables + table


if __name__ == "__main__":
    iam_actions.dynamodb_transaction_checks = _checks
    main()
