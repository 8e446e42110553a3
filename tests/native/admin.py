"""Shopify's Admin API as the development store answers it, without a wire: our own operations, validated and executed."""

import json
from dataclasses import dataclass, field
from typing import Any

from graphql import OperationDefinitionNode

from devstore.admin_api.call import Call
from devstore.admin_api.cost import MOST, Cost
from devstore.admin_api.documents import Documents
from devstore.admin_api.execution import run
from devstore.state.shops import Shop
from devstore.state.store import Store
from plugin.shopify.failures import OutcomeUnknown, UserErrors
from plugin.shopify.operations import load

DOCUMENTS = Documents()


@dataclass
class Admin:
    """Calls as ``AdminApi`` does. ``lose``: the next call of this operation has its effect, and its answer is lost."""

    store: Store
    shop: Shop
    lose: str | None = None
    calls: list[str] = field(default_factory=list)

    def call(self, operation: str, /, **variables: object) -> dict[str, Any]:
        self.calls.append(operation)
        document = DOCUMENTS.read(load(operation).text)
        assert document.node is not None and not document.errors, document.errors
        [asked] = [one for one in document.node.definitions if isinstance(one, OperationDefinitionNode)]
        assert Cost(document.node, variables).requested(asked) <= MOST
        told = run(document, Call(self.store, self.shop), json.loads(json.dumps(variables)), None)
        assert not told.errors, told.errors
        if self.lose == operation:
            self.lose = None
            raise OutcomeUnknown("reset")
        data: dict[str, Any] = json.loads(json.dumps(told.data))
        for name, answer in data.items():
            if isinstance(answer, dict) and answer.get("userErrors"):
                raise UserErrors(name, answer["userErrors"], data)
        return data
