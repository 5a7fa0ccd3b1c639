"""What CloudFormation makes of references in a policy, at their longest, as far as its length goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_AT = "sa-east-1:123456789012"
_TOLD = {
    "AWS::Partition": "aws",
    "AWS::Region": "sa-east-1",
    "AWS::AccountId": "123456789012",
    "MailFrom": "avisos@notificaciones.casilla.example",
    "RestoredTables": "r" * 61,
}


class Resolved:
    """The references of a transformed template in a stack of some name, over restored tables or its own."""

    def __init__(self, seen: Mapping[str, Any], stack: str, *, restored: bool) -> None:
        self._resources, self._stack, self._restored = seen["Resources"], stack, restored

    def __call__(self, said: Any) -> Any:
        if isinstance(said, list):
            return [self(one) for one in said]
        if not isinstance(said, dict):
            return said
        if len(said) != 1:
            return {name: self(one) for name, one in said.items()}
        [(function, value)] = said.items()
        if function == "Fn::Sub":
            text, own = (value, {}) if isinstance(value, str) else value
            return re.sub(r"\$\{([^}]+)\}", lambda one: self._named(one[1], own), text)
        known: dict[str, Callable[[], Any]] = {
            "Fn::If": lambda: self(value[1] if self._restored else value[2]),
            "Ref": lambda: self._named(value, {}),
            "Fn::GetAtt": lambda: self._named(value[0], {}),
            "Fn::Select": lambda: "notificaciones.casilla.example",
        }
        return known[function]() if function in known else {function: self(value)}

    def _named(self, name: str, own: Mapping[str, Any]) -> str:
        if name in own:
            return str(self(own[name]))
        if name == "AWS::StackName":
            return self._stack
        return _TOLD.get(name) or self._arn(name.partition(".")[0])

    def _arn(self, name: str) -> str:
        kind, made = self._resources.get(name, {"Type": ""})["Type"], f"{self._stack}-{name}-ABCDEFGHIJKLM"
        return {
            "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{_AT}:table/{made}",
            "AWS::S3::Bucket": f"arn:aws:s3:::{made[-63:]}",
            "AWS::SecretsManager::Secret": f"arn:aws:secretsmanager:{_AT}:secret:{name}-ABCDEFGHIJKL-abcdef",
            "AWS::SQS::Queue": f"arn:aws:sqs:{_AT}:{made}",
        }.get(kind, f"arn:aws:kms:{_AT}:key/00000000-0000-0000-0000-000000000000")
