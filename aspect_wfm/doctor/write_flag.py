"""The write-to-SQS flag: whether an RTA server is connected (wire contract, section 3.3)."""

from collections.abc import Iterator

from aspect_wfm.aws import Aws, asking
from aspect_wfm.doctor.configuration import relay_configuration
from aspect_wfm.doctor.findings import Finding, failure, ok
from aspect_wfm.doctor.function import read_environment
from function_runtime.environment import ConfigurationError, boolean
from rta_relay.configuration import FLAG_NAME
from rta_relay.write_flag import read_flag


def flag_is_on(aws: Aws, function: str) -> bool:
    """The flag from its location. Raises ConfigurationError if it is not a boolean, and as
    `Aws.ask` does."""
    table = relay_configuration(aws, function).configuration_table
    if table is None:
        value = read_environment(aws, function).get(FLAG_NAME, "")
        return boolean(value, f"Environment variable {FLAG_NAME}")
    with asking("dynamodb", TableName=table):
        return read_flag(aws.client("dynamodb"), table)


def look_at_flag(aws: Aws, function: str) -> Iterator[Finding]:
    """The flag that says whether the RTA server is connected. Raises as `Aws.ask` does."""
    relay_configuration(aws, function)
    try:
        yield check_flag(flag_is_on(aws, function))
    except ConfigurationError as error:
        yield check_flag(error)


def check_flag(flag: bool | ConfigurationError) -> Finding:
    """`flag` is the error if it is not a boolean."""
    if isinstance(flag, ConfigurationError):
        return failure(
            "flag.value",
            f"{flag} The relay fails on every batch, and events wait on the stream.",
            "Connect the RTA server again, which sets the flag, or set it to False: in the "
            "function's environment with the Lambda console (the AWS CLI would replace all "
            "variables), or in the item WriteEventsToQueue of the configuration table.",
        )
    if flag:
        return ok(
            "flag.value", f"{FLAG_NAME} is on: an RTA server is connected, and events go to it."
        )
    return ok(
        "flag.value",
        f"{FLAG_NAME} is off: no RTA server is connected. The table is kept up to date, and "
        "nothing goes to the queues.",
    )
