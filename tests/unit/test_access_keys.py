"""Access keys: what a rotation does next, and that a secret is printed once."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aspect_wfm.access_keys import AccessKey, Act, advice, finishing
from aspect_wfm.command import main
from aspect_wfm.outcome import Status
from tests.unit.aws import Client
from tests.unit.doctor.aws import CannedAws, refused

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

OLD = AccessKey("OLD", True, NOW - 90 * DAY, NOW - 2 * HOUR)
NEW = AccessKey("NEW", True, NOW - 3 * HOUR, NOW - HOUR)


def changed(key: AccessKey, **changes: Any) -> AccessKey:
    return AccessKey(**{name: getattr(key, name) for name in AccessKey.__slots__} | changes)


INACTIVE = changed(OLD, active=False)


@pytest.mark.parametrize(
    ("keys", "act", "key", "said"),
    [
        ([], Act.NOTHING, None, "0 keys"),
        ([OLD], Act.NOTHING, None, "1 key"),
        ([OLD, changed(NEW, last_used=None)], Act.WAIT, None, "has not been used yet"),
        ([changed(OLD, last_used=NOW), NEW], Act.WAIT, None, "OLD is still used"),
        ([changed(OLD, last_used=NEW.last_used), NEW], Act.WAIT, None, "OLD is still used"),
        ([OLD, changed(NEW, active=False)], Act.WAIT, None, "newer key NEW is inactive"),
        ([OLD, NEW], Act.DEACTIVATE, "OLD", "Deactivated OLD"),
        ([changed(OLD, last_used=None), NEW], Act.DEACTIVATE, "OLD", "Deactivated OLD"),
        ([INACTIVE, NEW], Act.WAIT, None, "without it for a day yet"),
        ([INACTIVE, changed(NEW, last_used=NOW + 22 * HOUR)], Act.DELETE, "OLD", "finished"),
        ([changed(INACTIVE, last_used=None), NEW], Act.DELETE, "OLD", "finished"),
    ],
)
def test_the_old_key_goes_only_when_the_new_one_is_used_instead(
    keys: list[AccessKey], act: Act, key: str | None, said: str
) -> None:
    step = finishing(keys)
    assert (step.act, step.key and step.key.id) == (act, key)
    assert said in step.text


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([], "No access key exists"),
        ([INACTIVE], "No access key is active"),
        ([OLD, NEW], "not finished"),
        ([INACTIVE, NEW], "not finished"),
    ],
)
def test_what_to_do_about_keys_is_said(keys: list[AccessKey], said: str) -> None:
    assert said in str(advice(keys))
    assert advice([OLD]) is None


Keys = Callable[..., int]


@pytest.fixture
def used() -> dict[str, datetime]:
    """When each access key was last used, by its id."""
    return {}


@pytest.fixture
def keys(
    client: Client, used: dict[str, datetime], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Keys:
    """`aspect-wfm keys`, with the outputs of a deployment whose products work as users."""
    for user in ("rta", "adapter"):
        client("iam").create_user(UserName=user)
    outputs = {
        "classifier_lambda_function_name": "wfm-classifier",
        "rta_lambda_function_name": "wfm-relay",
        "rta_user_name": "rta",
        "wfm_adapter_user_name": "adapter",
    }
    source = tmp_path / "outputs.json"
    source.write_text(json.dumps({name: {"value": each} for name, each in outputs.items()}))

    def last_used(asked: dict[str, Any]) -> Any:
        at = used.get(asked["AccessKeyId"])
        return {"AccessKeyLastUsed": {"LastUsedDate": at} if at else {}}

    answers = {("iam", "get_access_key_last_used"): last_used}
    monkeypatch.setattr("aspect_wfm.commands.keys.Aws", lambda: CannedAws(answers))
    return lambda action, *options: main(["keys", action, str(source), *options])


def listed(client: Client, user: str = "rta") -> dict[str, str]:
    found = client("iam").list_access_keys(UserName=user)["AccessKeyMetadata"]
    return {each["AccessKeyId"]: each["Status"] for each in found}


def test_a_created_key_is_printed_once(
    keys: Keys, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert keys("create", "--product", "rta") == Status.ALL_WELL
    printed = capsys.readouterr()
    (key,) = listed(client)
    assert f"Access key ID      {key}" in printed.out
    assert len(printed.out.split("Secret access key  ")[1].strip()) == 40
    assert "RTA Server Configuration utility" in printed.err
    assert "not shown again" in printed.err
    assert keys("create", "--product", "rta") == Status.NOTHING_SAID
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "aspect-wfm keys rotate" in printed.err
    assert list(listed(client)) == [key]


def test_a_rotation_takes_a_second_key_then_the_old_ones_activity_then_the_old_one(
    keys: Keys, client: Client, used: dict[str, datetime], capsys: pytest.CaptureFixture[str]
) -> None:
    rta = ("--product", "rta")
    keys("create", *rta, "--json")
    old = json.loads(capsys.readouterr().out)["accessKeyId"]
    used[old] = NOW
    assert keys("rotate", *rta, "--json") == Status.SOMETHING_TO_DO
    printed = capsys.readouterr()
    new = json.loads(printed.out)["accessKeyId"]
    assert "--finish" in printed.err
    assert keys("rotate", *rta) == Status.SOMETHING_TO_DO
    assert len(listed(client)) == 2, "a third one is not tried"

    assert keys("rotate", *rta, "--finish") == Status.SOMETHING_TO_DO
    assert "has not been used yet. IAM" in capsys.readouterr().out
    assert listed(client) == {old: "Active", new: "Active"}
    used[new] = NOW + HOUR
    assert keys("rotate", *rta, "--finish") == Status.SOMETHING_TO_DO
    assert listed(client) == {old: "Inactive", new: "Active"}
    assert keys("rotate", *rta, "--finish") == Status.SOMETHING_TO_DO
    assert listed(client) == {old: "Inactive", new: "Active"}
    used[new] = NOW + DAY
    assert keys("rotate", *rta, "--finish") == Status.ALL_WELL
    assert listed(client) == {new: "Active"}
    assert keys("rotate", *rta, "--finish") == Status.ALL_WELL
    assert "No rotation is in progress" in capsys.readouterr().out


def test_a_key_that_could_not_be_printed_is_deleted(
    keys: Keys, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_text: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("aspect_wfm.commands.keys.say", interrupted)
    assert keys("create", "--product", "wfm-adapter") == Status.INTERRUPTED
    assert listed(client, "adapter") == {}


def test_keys_are_listed_without_secrets(
    keys: Keys, client: Client, used: dict[str, datetime], capsys: pytest.CaptureFixture[str]
) -> None:
    keys("create", "--product", "rta")
    secret = capsys.readouterr().out.split()[-1]
    (key,) = listed(client)
    used[key] = NOW
    assert keys("list") == Status.SOMETHING_TO_DO
    printed = capsys.readouterr()
    assert re.search(rf"^RTA server +rta +{key}  active", printed.out, re.MULTILINE)
    assert "2026-03-02 09:15:00" in printed.out
    assert printed.out.splitlines()[-1].split() == ["WFM", "Adapter", "adapter", "none"]
    assert "User adapter: No access key exists" in printed.err
    assert keys("list", "--product", "rta", "--json") == Status.ALL_WELL
    printed = capsys.readouterr()
    assert [each["accessKeyId"] for each in json.loads(printed.out)] == [key]
    assert secret not in printed.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("create",), "several users (rta, adapter)"),
        (("create", "--only", "elsewhere"), "name no such user"),
        (("rotate", "--product", "rta"), "no access key to rotate"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    keys: Keys,
    client: Client,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    said: str,
) -> None:
    assert keys(*arguments) == Status.NOTHING_SAID
    printed = capsys.readouterr()
    assert printed.out == ""
    assert said in printed.err
    assert listed(client) == listed(client, "adapter") == {}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("AccessDenied", "These credentials may not do iam:ListAccessKeys"),
        ("NoSuchEntity", "User rta does not exist"),
        ("Throttling", "AWS rejected a call: Throttling from ListAccessKeys"),
    ],
)
def test_a_refusal_is_one_sentence(
    keys: Keys,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    code: str,
    said: str,
) -> None:
    answers = {("iam", "list_access_keys"): refused(code, "ListAccessKeys")}
    monkeypatch.setattr("aspect_wfm.commands.keys.Aws", lambda: CannedAws(answers))
    assert keys("list") == Status.NOTHING_SAID
    assert capsys.readouterr().err.startswith(said)
