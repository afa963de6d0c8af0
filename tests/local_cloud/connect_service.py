"""Amazon Connect as the provider and the programs for operators call it: a server on 127.0.0.1.

The local AWS has no Connect. This one keeps instances with their agent statuses and storage
configurations in memory, and answers as the pages of the Amazon Connect API Reference say:
AssociateInstanceStorageConfig, DescribeInstanceStorageConfig, UpdateInstanceStorageConfig,
DisassociateInstanceStorageConfig, ListInstanceStorageConfigs, DescribeInstance,
DescribeInstanceAttribute and ListAgentStatuses. Of a type of storage an instance has one
configuration; a call that associates another fails with the ResourceConflictException of that page.
AWS does not document its message, so no test may depend on the words.

It asks nobody for credentials, and does not look whether a stream exists.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from tests.local_cloud.cloud import ACCOUNT_ID, REGION, ROOT, AccessKey, LocalCloud, aws_session

AGENT_EVENTS = "AGENT_EVENTS"

# What a new instance has (Administrator Guide, "Create custom agent statuses").
_FIRST_STATUSES = {"Available": "ROUTABLE", "Offline": "OFFLINE"}


class ConnectError(Exception):
    """An error answer: its code in the API, and the HTTP status that goes with it."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(slots=True)
class Instance:
    """An instance: the types of its agent statuses by name, its storage by association id."""

    instance_id: str
    agent_statuses: dict[str, str] = field(default_factory=lambda: dict(_FIRST_STATUSES))
    storage: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:connect:{REGION}:{ACCOUNT_ID}:instance/{self.instance_id}"

    @property
    def service_role(self) -> str:
        """The service-linked role that the instance works as."""
        return (
            f"arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/connect.amazonaws.com/"
            f"AWSServiceRoleForAmazonConnect_{self.instance_id[:8]}"
        )

    def stream_agent_events_to(self, stream_arn: str) -> str:
        """Select a stream as an administrator does in the console; the association's id."""
        return self.associate(
            AGENT_EVENTS,
            {"StorageType": "KINESIS_STREAM", "KinesisStreamConfig": {"StreamArn": stream_arn}},
        )

    def agent_event_streams(self) -> list[str]:
        """The ARNs of the streams that get the agent events: one or none."""
        return [
            config["KinesisStreamConfig"]["StreamArn"]
            for resource_type, config in self.storage.values()
            if resource_type == AGENT_EVENTS
        ]

    def associate(self, resource_type: str, config: dict[str, Any]) -> str:
        """Raises ConnectError where there is a configuration of the type already."""
        for known_type, known in self.storage.values():
            if known_type == resource_type:
                raise ConnectError(
                    "ResourceConflictException",
                    409,
                    f"The instance has a {known['StorageType']} for {resource_type} already.",
                )
        association_id = f"{len(self.storage) + 1:064x}"
        self.storage[association_id] = (resource_type, config)
        return association_id

    def association(self, association_id: str, resource_type: str) -> dict[str, Any]:
        """A configuration. Raises ConnectError where there is none of that id and type."""
        known_type, config = self.storage.get(association_id, ("", {}))
        if known_type != resource_type:
            raise _not_found(f"association {association_id} of type {resource_type}")
        return config


@dataclass(slots=True)
class ConnectService:
    """A running Connect: where it listens, its instances by id, and what was called so far."""

    endpoint: str
    instances: dict[str, Instance]
    calls: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CloudWithConnect(LocalCloud):
    """A local AWS, and a Connect that its environment and its clients lead to."""

    connect_endpoint: str

    def environment(self) -> dict[str, str]:
        return {
            **LocalCloud.environment(self),
            "AWS_ENDPOINT_URL_CONNECT": self.connect_endpoint,
        }

    def client(self, service: str, key: AccessKey = ROOT) -> Any:
        if service != "connect":
            return LocalCloud.client(self, service, key)
        return aws_session().client(
            service,
            aws_access_key_id=key.access_key_id,
            aws_secret_access_key=key.secret_access_key,
            endpoint_url=self.connect_endpoint,
        )


class _Request(NamedTuple):
    method: str
    path: list[str]
    query: Mapping[str, list[str]]
    body: Mapping[str, Any]


@contextmanager
def connect_service(*instances: Instance) -> Iterator[ConnectService]:
    """Serve `instances` on a free port of 127.0.0.1 until the end of the block."""
    service = ConnectService("", {each.instance_id: each for each in instances})
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            url = urlsplit(self.path)
            request = _Request(
                self.command,
                [unquote(part) for part in url.path.strip("/").split("/")],
                parse_qs(url.query),
                json.loads(self.rfile.read(length) or b"{}"),
            )
            try:
                with lock:
                    status, body, error = 200, _answer(service, request), None
            except ConnectError as refusal:
                status, body, error = refusal.status, {"Message": str(refusal)}, refusal.code
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if error:
                self.send_header("x-amzn-ErrorType", error)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = _serve  # noqa: N815

        def log_message(self, *_: Any) -> None:
            """Say nothing: a test that fails shows what its client was told."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()


def with_connect(cloud: LocalCloud, service: ConnectService) -> CloudWithConnect:
    """The local AWS with `service` as its Connect."""
    return CloudWithConnect(cloud.endpoint, cloud.ca_bundle, service.endpoint)


def _answer(service: ConnectService, request: _Request) -> dict[str, Any]:
    """Carry an operation out; its answer. Raises ConnectError."""
    match request.method, request.path:
        case "PUT", ["instance", instance_id, "storage-config"]:
            service.calls.append("AssociateInstanceStorageConfig")
            instance = _instance(service, instance_id)
            body = request.body
            return {
                "AssociationId": instance.associate(body["ResourceType"], body["StorageConfig"])
            }
        case "GET", ["instance", instance_id, "storage-configs"]:
            service.calls.append("ListInstanceStorageConfigs")
            wanted = request.query["resourceType"][0]
            storage = _instance(service, instance_id).storage
            return {
                "StorageConfigs": [
                    {**config, "AssociationId": association_id}
                    for association_id, (resource_type, config) in storage.items()
                    if resource_type == wanted
                ]
            }
        case method, ["instance", instance_id, "storage-config", association_id]:
            return _on_association(service, request, method, instance_id, association_id)
        case "GET", ["instance", instance_id]:
            service.calls.append("DescribeInstance")
            instance = _instance(service, instance_id)
            return {
                "Instance": {
                    "Arn": instance.arn,
                    "CreatedTime": 1_700_000_000,
                    "Id": instance.instance_id,
                    "IdentityManagementType": "SAML",
                    "InboundCallsEnabled": True,
                    "InstanceAlias": "acme",
                    "InstanceStatus": "ACTIVE",
                    "OutboundCallsEnabled": True,
                    "ServiceRole": instance.service_role,
                }
            }
        case "GET", ["instance", instance_id, "attribute", attribute]:
            service.calls.append("DescribeInstanceAttribute")
            _instance(service, instance_id)
            return {"Attribute": {"AttributeType": attribute, "Value": "true"}}
        case "GET", ["agent-status", instance_id]:
            service.calls.append("ListAgentStatuses")
            return _agent_statuses(_instance(service, instance_id), request.query)
    raise ConnectError(
        "InvalidRequestException", 400, f"{request.method} {request.path} is not in this Connect"
    )


def _on_association(
    service: ConnectService, request: _Request, method: str, instance_id: str, association_id: str
) -> dict[str, Any]:
    operation = {"GET": "Describe", "POST": "Update", "DELETE": "Disassociate"}[method]
    service.calls.append(f"{operation}InstanceStorageConfig")
    instance = _instance(service, instance_id)
    resource_type = request.query["resourceType"][0]
    config = instance.association(association_id, resource_type)
    if method == "GET":
        return {"StorageConfig": {**config, "AssociationId": association_id}}
    if method == "POST":
        instance.storage[association_id] = (resource_type, request.body["StorageConfig"])
    else:
        del instance.storage[association_id]
    return {}


def _agent_statuses(instance: Instance, query: Mapping[str, list[str]]) -> dict[str, Any]:
    """A page of the statuses: as many as asked for, and where the next one begins."""
    types = query.get("AgentStatusTypes", [])
    statuses = [
        {"Arn": f"{instance.arn}/agent-state/{name}", "Id": name, "Name": name, "Type": kind}
        for name, kind in instance.agent_statuses.items()
        if not types or kind in types
    ]
    first = int(query.get("nextToken", ["0"])[0])
    beyond = first + int(query.get("maxResults", ["1000"])[0])
    page: dict[str, Any] = {"AgentStatusSummaryList": statuses[first:beyond]}
    if beyond < len(statuses):
        page["NextToken"] = str(beyond)
    return page


def _instance(service: ConnectService, instance_id: str) -> Instance:
    found = service.instances.get(instance_id)
    if found is None:
        raise _not_found(f"instance {instance_id}")
    return found


def _not_found(what: str) -> ConnectError:
    return ConnectError("ResourceNotFoundException", 404, f"There is no {what}.")
