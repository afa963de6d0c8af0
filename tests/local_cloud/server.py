"""ministack as a program, with some things as AWS has them; see also watching.py.

Rights on PartiQL statements: by itself it asks for an action BatchExecuteStatement on all
resources, which AWS does not know: it wants PartiQLSelect, PartiQLInsert, PartiQLUpdate or
PartiQLDelete for each statement, on its table (DynamoDB Developer Guide, "Using IAM security
policies with PartiQL for DynamoDB").

The key of a log group that is there already (CloudWatch Logs API Reference, "AssociateKmsKey" and
"DisassociateKmsKey"), which it only takes for a new one.
"""

import json
import re
from typing import Any

# This file is run as a program: what is beside it is found by its plain name.
import watching  # type: ignore[import-not-found]
from hypercorn.config import Config
from ministack.app import main  # type: ignore[import-untyped]
from ministack.core import (  # type: ignore[import-untyped]
    iam_actions,
    lambda_runtime,
)
from ministack.core.responses import (  # type: ignore[import-untyped]
    error_response_json,
    json_response,
)
from ministack.services import cloudwatch_logs  # type: ignore[import-untyped]

# By itself it closes a connection after 1,000 requests, also under those that wait for an answer.
Config.keep_alive_max_requests = 1_000_000

# How long it waits for a function's log, in seconds: for the first line, for another one, and for
# all. By itself it waits a twentieth of a second; on a busy machine it then shows a line only with
# the function's next invocation, which may never come. Every function here writes a line.
lambda_runtime.Worker._drain_stderr_bounded.__defaults__ = (10.0, 0.1, 20.0)

_STATEMENT = re.compile(
    r'\s*(?:(UPDATE)|(INSERT)\s+INTO|(DELETE)\s+FROM|(SELECT)\s.*?\sFROM)\s+"?([A-Za-z0-9_.-]+)',
    re.IGNORECASE | re.DOTALL,
)

_checks_of_transactions = iam_actions.dynamodb_transaction_checks
_all_else_of_logs = cloudwatch_logs.handle_request


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


async def _logs(
    method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
) -> Any:
    """Answer a request to CloudWatch Logs."""
    action = headers.get("x-amz-target", "").rpartition(".")[2]
    if action not in ("AssociateKmsKey", "DisassociateKmsKey"):
        return await _all_else_of_logs(method, path, headers, body, query_params)
    asked = json.loads(body)
    group = cloudwatch_logs._log_groups.get(asked["logGroupName"])
    if group is None:
        return error_response_json("ResourceNotFoundException", "There is no such log group.")
    group["kmsKeyId"] = asked.get("kmsKeyId")
    return json_response({})


if __name__ == "__main__":
    watching.install()
    cloudwatch_logs.handle_request = _logs
    iam_actions.dynamodb_transaction_checks = _checks
    main()
