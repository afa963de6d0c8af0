"""An AWS that answers as a test says, and otherwise as moto does."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from aspect_wfm.aws import Aws

# What a client is asked: its service and method.
Question = tuple[str, str]


class CannedAws(Aws):
    """`answers` has values, functions of the parameters, or what is raised, by question."""

    def __init__(self, answers: Mapping[Question, Any]) -> None:
        super().__init__()
        self.answers = dict(answers)
        self.asked: list[tuple[str, str, dict[str, Any]]] = []

    def client(self, service: str) -> Any:
        return _Client(self, service)

    def real_client(self, service: str) -> Any:
        return super().client(service)


class _Client:
    def __init__(self, aws: CannedAws, service: str) -> None:
        self._aws = aws
        self._service = service

    def get_paginator(self, method: str) -> Any:
        question = (self._service, method)
        if question in self._aws.answers:
            return _Pages(getattr(self, method))
        return self._aws.real_client(self._service).get_paginator(method)

    def __getattr__(self, method: str) -> Any:
        question = (self._service, method)

        def call(**parameters: Any) -> Any:
            self._aws.asked.append((*question, parameters))
            answer = self._aws.answers[question]
            if isinstance(answer, Callable):  # type: ignore[arg-type]
                answer = answer(parameters)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        if question in self._aws.answers:
            return call
        return getattr(self._aws.real_client(self._service), method)


class _Pages:
    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def paginate(self, **parameters: Any) -> Any:
        yield self._call(**parameters)


def refused(code: str, operation: str, message: str = "no") -> ClientError:
    """What boto3 raises for an error answer."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)
