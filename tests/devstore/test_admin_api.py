"""The Admin API: refuses what Shopify refuses, charges what it charges, and changes what it says it changed."""

from typing import Any

import pytest

from devstore.admin_api.bucket import Bucket
from tests.devstore.world import Api, World

BASIC = """mutation($d: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $d) { codeDiscountNode { id } userErrors { field code message } } }"""
ADD = """mutation($id: ID!, $codes: [DiscountRedeemCodeInput!]!) {
  discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) { bulkCreation { id done } userErrors { field code } } }"""
PROGRESS = """query($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done importedCount failedCount
  codes(first: 100) { nodes { code errors { code } discountRedeemCode { id } } } } }"""
DELETE = """mutation($id: ID!, $ids: [ID!]) {
  discountCodeRedeemCodeBulkDelete(discountId: $id, ids: $ids) { job { id done } userErrors { code } } }"""


def basic(**changes: object) -> dict[str, Any]:
    gets = {"value": {"percentage": 0.15}, "items": {"all": True}}
    given = {"title": "Friends", "code": "ROOT", "startsAt": "2020-01-01T00:00:00Z", "customerGets": gets, "context": {"all": "ALL"}}
    return {**given, "usageLimit": 1, **changes}


def made(api: Api, **changes: object) -> str:
    return str(api.call(BASIC, d=basic(**changes))["discountCodeBasicCreate"]["codeDiscountNode"]["id"])


def added(api: Api, discount: str, *codes: str) -> Any:  # noqa: ANN401  (JSON)
    bulk = api.call(ADD, id=discount, codes=[{"code": code} for code in codes])["discountRedeemCodeBulkAdd"]["bulkCreation"]
    assert bulk["done"] is False
    return api.until(PROGRESS, "done", id=bulk["id"])


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ shop { nme } }", "undefinedField"),
        ("{ order { id } }", "missingRequiredArguments"),
        ('{ order(id: "x", no: 1) { id } }', "argumentNotAccepted"),
        ("{ orders(first: 1, sortKey: NONSENSE) { nodes { id } } }", "invalid"),
        ("{ shop", "syntaxError"),
        ("{ shop }", "selectionMismatch"),
    ],
)
def test_what_the_schema_does_not_know_is_refused(world: World, query: str, code: str) -> None:
    assert world.connect().errors(query)[0]["extensions"]["code"] == code


@pytest.mark.parametrize(
    "discount",
    [{"titel": "x"}, {"usageLimit": "one"}, {"startsAt": "soon"}, {"context": {"all": "ALL", "customers": {"add": []}}}, {"context": {}}],
)
def test_wrong_inputs_are_refused(world: World, discount: dict[str, object]) -> None:
    assert world.connect().errors(BASIC, d=basic(**discount))[0]["extensions"]["code"] == "INVALID_VARIABLE"


def test_scopes_are_enforced_and_write_covers_read(world: World) -> None:
    api = world.connect(scopes=["write_discounts"])
    api.call('{ codeDiscountNodeByCode(code: "x") { id } }')
    (error,) = api.errors("{ orders(first: 1) { nodes { id } } }")
    assert error["extensions"]["code"] == "ACCESS_DENIED" and "read_orders" in error["extensions"]["requiredAccess"]


def test_another_version_and_another_shops_token_are_refused(world: World) -> None:
    api = world.connect()
    api.version = "2026-07"
    assert api.send("{ shop { id } }").status_code == 404
    world.ask("install", shop="south")
    assert Api(f"{world.url}/_shop/south.myshopify.com", api.token).send("{ shop { id } }").status_code == 401


def test_cost_is_charged_and_given_back(world: World) -> None:
    cost = world.connect().send("{ orders(first: 50) { nodes { id customer { id } } } }").json()["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (102, 2)
    status = cost["throttleStatus"]
    assert (status["maximumAvailable"], status["restoreRate"]) == (2000, 100) and status["currentlyAvailable"] >= 1990


def test_a_mutation_costs_ten(world: World) -> None:
    cost = world.connect().send(BASIC, d=basic()).json()["extensions"]["cost"]
    assert 10 <= cost["actualQueryCost"] <= cost["requestedQueryCost"] <= 13


def test_too_dear_a_query_is_refused(world: World) -> None:
    query = "{ orders(first: 250) { nodes { lineItems(first: 50) { nodes { id } } } } }"
    assert world.connect().errors(query)[0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_an_empty_bucket_throttles_inside_200(world: World) -> None:
    api = world.connect()
    for _ in range(40):
        answer = api.send("{ orders(first: 250) { nodes { id customer { id } } } }")
        if "errors" in answer.json():
            break
        world.running.services.buckets.buckets["north"].level -= 300
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert answer.json()["extensions"]["cost"]["actualQueryCost"] is None


def test_the_bucket_leaks() -> None:
    moment = 0.0
    bucket = Bucket(100, lambda: moment)
    assert bucket.take(2000) and not bucket.take(1)
    moment = 0.5
    assert bucket.take(50) and not bucket.take(1)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"title": ""}, "BLANK"),
        ({"endsAt": "2019-01-01T00:00:00Z"}, "END_DATE_BEFORE_START_DATE"),
        ({"usageLimit": 0}, "GREATER_THAN"),
        ({"code": ""}, "INVALID"),
        ({"customerGets": {"value": {"percentage": 1.5}, "items": {"all": True}}}, "VALUE_OUTSIDE_RANGE"),
        ({"customerGets": {"value": {"discountAmount": {"amount": "1.001"}}, "items": {"all": True}}}, "INVALID"),
    ],
)
def test_discounts_have_user_errors(world: World, changes: dict[str, object], code: str) -> None:
    payload = world.connect().call(BASIC, d=basic(**changes))["discountCodeBasicCreate"]
    assert payload["codeDiscountNode"] is None and payload["userErrors"][0]["code"] == code
    assert not world.effects("discount_created")


def test_a_code_is_taken_whatever_its_case(world: World) -> None:
    api = world.connect()
    made(api)
    assert api.call(BASIC, d=basic(code="root"))["discountCodeBasicCreate"]["userErrors"][0]["code"] == "TAKEN"


def test_codes_are_added_a_moment_later_each_on_its_own(world: World) -> None:
    api = world.connect()
    discount = made(api)
    bulk = added(api, discount, "A1", "a1", "ROOT", "B2")
    assert (bulk["importedCount"], bulk["failedCount"]) == (2, 2)
    assert [[error["code"] for error in one["errors"]] for one in bulk["codes"]["nodes"]] == [[], ["TAKEN"], ["TAKEN"], []]
    assert [one["code"] for one in world.effects("code_added")] == ["ROOT", "A1", "B2"]


def test_251_codes_are_too_many(world: World) -> None:
    api = world.connect()
    errors = api.errors(ADD, id=made(api), codes=[{"code": f"C{n}"} for n in range(251)])
    assert errors[0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_codes_are_found_and_deleted(world: World) -> None:
    api = world.connect()
    discount = made(api)
    number = added(api, discount, "A1")["codes"]["nodes"][0]["discountRedeemCode"]["id"]
    assert api.call('{ codeDiscountNodeByCode(code: "a1") { id } }')["codeDiscountNodeByCode"]["id"] == discount
    job = api.call(DELETE, id=discount, ids=[number])["discountCodeRedeemCodeBulkDelete"]["job"]
    api.until("query($id: ID!) { job(id: $id) { done } }", "done", id=job["id"])
    assert api.call('{ codeDiscountNodeByCode(code: "a1") { id } }')["codeDiscountNodeByCode"] is None
    assert [one["code"] for one in world.effects("code_deleted")] == ["A1"]
