"""The Admin API: refuses what Shopify refuses, charges what it charges, and changes what it says it changed."""

from datetime import timedelta
from typing import Any

import pytest
import requests

from devstore.admin_api.bucket import Bucket
from tests.devstore.world import SECONDS, Api, World

BASIC = """mutation($d: DiscountCodeBasicInput!) {
  discountCodeBasicCreate(basicCodeDiscount: $d) { codeDiscountNode { id } userErrors { field code message } } }"""
ADD = """mutation($id: ID!, $codes: [DiscountRedeemCodeInput!]!) {
  discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) { bulkCreation { id done } userErrors { field code } } }"""
PROGRESS = """query($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done importedCount failedCount
  codes(first: 100) { nodes { code errors { code } discountRedeemCode { id } } } } }"""
CREDIT = """mutation($id: ID!, $c: StoreCreditAccountCreditInput!) { storeCreditAccountCredit(id: $id, creditInput: $c) {
  storeCreditAccountTransaction { id amount { amount currencyCode } account { id balance { amount } } } userErrors { field code } } }"""
DEBIT = """mutation($id: ID!, $d: StoreCreditAccountDebitInput!) { storeCreditAccountDebit(id: $id, debitInput: $d) {
  storeCreditAccountTransaction { id } userErrors { code } } }"""
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


def customer(world: World, shop: str = "north") -> str:
    email = f"kim{len(world.shop(shop).customers)}@example.com"
    return f"gid://shopify/Customer/{world.ask('customers', shop=shop, email=email)['id']}"


def money(amount: str, currency: str = "GBP", **more: object) -> dict[str, object]:
    return {"creditAmount": {"amount": amount, "currencyCode": currency}, **more}


def test_credit_twice_is_two_credits(world: World) -> None:
    api, who = world.connect(), customer(world)
    api.call(CREDIT, id=who, c=money("5.00", expiresAt="2031-01-01T00:00:07Z"))
    made_ = api.call(CREDIT, id=who, c=money("5.00"))["storeCreditAccountCredit"]["storeCreditAccountTransaction"]
    assert made_["account"]["balance"]["amount"] == "10.0"
    assert [one["amount"] for one in world.effects("credit")] == [500, 500]


@pytest.mark.parametrize(
    ("credit", "code"),
    [
        (money("0"), "NEGATIVE_OR_ZERO_AMOUNT"),
        (money("5", expiresAt="2020-01-01T00:00:00Z"), "EXPIRES_AT_IN_PAST"),
        (money("9999999"), "CREDIT_LIMIT_EXCEEDED"),
    ],
)
def test_credit_has_user_errors(world: World, credit: dict[str, object], code: str) -> None:
    api, who = world.connect(), customer(world)
    assert api.call(CREDIT, id=who, c=credit)["storeCreditAccountCredit"]["userErrors"][0]["code"] == code


def test_an_account_has_one_currency(world: World) -> None:
    api, who = world.connect(), customer(world)
    made_ = api.call(CREDIT, id=who, c=money("5"))["storeCreditAccountCredit"]["storeCreditAccountTransaction"]
    account = made_["account"]["id"]
    assert api.call(CREDIT, id=account, c=money("5", "EUR"))["storeCreditAccountCredit"]["userErrors"][0]["code"] == "MISMATCHING_CURRENCY"
    debit = {"debitAmount": {"amount": "6", "currencyCode": "GBP"}}
    assert api.call(DEBIT, id=account, d=debit)["storeCreditAccountDebit"]["userErrors"][0]["code"] == "INSUFFICIENT_FUNDS"


def test_credit_expires_by_business_time(world: World) -> None:
    api, who = world.connect(), customer(world)
    soon = (world.running.services.store.clock.now() + timedelta(days=2)).isoformat()
    api.call(CREDIT, id=who, c=money("5", expiresAt=soon))
    world.ask("clock", advance=3 * 86_400)
    query = "query($id: ID!) { customer(id: $id) { storeCreditAccounts(first: 1) { nodes { balance { amount } } } } }"
    assert api.call(query, id=who)["customer"]["storeCreditAccounts"]["nodes"][0]["balance"]["amount"] == "0.0"
    assert world.effects("credit_expired")[0]["amount"] == 500


PAGE = """query($q: String, $after: String) { orders(first: 3, query: $q, sortKey: UPDATED_AT, after: $after) {
  nodes { name } pageInfo { hasNextPage endCursor } } }"""


def test_paging_by_updated_at_goes_on_though_orders_move(world: World) -> None:
    api = world.connect()
    placed = [world.order()["id"] for _ in range(8)]
    page = api.call(PAGE)["orders"]
    requests.patch(f"{world.url}/_devstore/orders/{placed[2]}", json={"note": "moved"}, timeout=SECONDS)
    rest, names = page, [one["name"] for one in page["nodes"]]
    while rest["pageInfo"]["hasNextPage"]:
        rest = api.call(PAGE, after=rest["pageInfo"]["endCursor"])["orders"]
        names += [one["name"] for one in rest["nodes"]]
    assert names == ["#1001", "#1002", "#1003", "#1004", "#1005", "#1006", "#1007", "#1008", "#1003"]


def test_searching_by_updated_at(world: World) -> None:
    api = world.connect()
    world.order()
    world.ask("clock", advance=3600)
    since = (world.running.services.store.clock.now()).isoformat()
    world.order()
    assert [one["name"] for one in api.call(PAGE, q=f"updated_at:>='{since}'")["orders"]["nodes"]] == ["#1002"]
    assert "nonsense" in api.errors(PAGE, q="nonsense:1")[0]["message"]


def test_sixty_days_without_read_all_orders(world: World) -> None:
    world.order()
    world.ask("clock", advance=61 * 86_400)
    world.order()
    names = "{ orders(first: 9) { nodes { name customer { numberOfOrders } } } }"
    assert world.connect().call(names)["orders"]["nodes"] == [{"name": "#1002", "customer": {"numberOfOrders": "2"}}]
    world.ask("uninstall", shop="north")
    assert len(world.connect(scopes=["read_all_orders", "read_orders", "read_customers"]).call(names)["orders"]["nodes"]) == 2


def test_bulk_operations_give_json_lines_with_parents(world: World) -> None:
    api = world.connect()
    world.order(lines=[{"product": "enamel-mug"}, {"product": "brass-pen"}])
    query = "{ orders { edges { node { id name lineItems { edges { node { id quantity } } } } } } }"
    run = "mutation($q: String!) { bulkOperationRunQuery(query: $q) { bulkOperation { id status } userErrors { message } } }"
    operation = api.call(run, q=query)["bulkOperationRunQuery"]["bulkOperation"]
    done = api.until("query($id: ID!) { bulkOperation(id: $id) { status url objectCount rootObjectCount } }", "status", id=operation["id"])
    lines = [line for line in requests.get(done["url"], timeout=SECONDS).text.splitlines()]
    assert (len(lines), done["objectCount"], done["rootObjectCount"]) == (3, "3", "1")
    assert '"__parentId":"gid://shopify/Order/' in lines[1] and "__parentId" not in lines[0]
    world.app.wait(1, "bulk_operations/finish")


def test_risk_money_and_discounts_of_an_order(world: World) -> None:
    api = world.connect()
    world.ask("discounts", shop="north", code="TEN", basis_points=1000)
    order = world.order(codes=["ten"], risk="HIGH")
    query = """query($id: ID!) { order(id: $id) {
      risk { recommendation assessments { riskLevel } } currentSubtotalPriceSet { shopMoney { amount } }
      discountApplications(first: 5) { nodes {
        ... on DiscountCodeApplication { code } value { ... on PricingPercentageValue { percentage } } } } } }"""
    found = api.call(query, id=f"gid://shopify/Order/{order['id']}")["order"]
    assert found["risk"] == {"recommendation": "CANCEL", "assessments": [{"riskLevel": "HIGH"}]}
    assert found["currentSubtotalPriceSet"]["shopMoney"]["amount"] == "26.1"
    assert found["discountApplications"]["nodes"] == [{"code": "TEN", "value": {"percentage": 10}}]


def test_tags_and_metafields(world: World) -> None:
    api, who = world.connect(), customer(world)
    api.call('mutation($id: ID!) { tagsAdd(id: $id, tags: ["vip"]) { node { id } userErrors { message } } }', id=who)
    assert api.call("query($id: ID!) { customer(id: $id) { tags } }", id=who)["customer"]["tags"] == ["vip"]
    fields = [{"ownerId": who, "namespace": "t", "key": "k", "type": "json", "value": "{}"}]
    set_ = (
        "mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) { metafields { value compareDigest } userErrors { code } } }"
    )
    assert api.call(set_, m=fields)["metafieldsSet"]["metafields"][0]["value"] == "{}"
    stale = [{**fields[0], "compareDigest": "old"}]
    assert api.call(set_, m=stale)["metafieldsSet"]["userErrors"][0]["code"] == "STALE_OBJECT"


def test_automatic_buy_x_get_y(world: World) -> None:
    api, goods = world.connect(), {one.handle: one.id for one in world.shop().products.values()}
    mug, pen = (f"gid://shopify/Product/{goods[handle]}" for handle in ("enamel-mug", "brass-pen"))
    offer = {"quantity": "1", "effect": {"percentage": 0.15}}
    terms = {
        "title": "Mug and pen",
        "startsAt": "2020-01-01T00:00:00Z",
        "customerBuys": {"items": {"products": {"productsToAdd": [mug]}}, "value": {"quantity": "1"}},
        "customerGets": {"items": {"products": {"productsToAdd": [pen]}}, "value": {"discountOnQuantity": offer}},
        "usesPerOrderLimit": "1",
    }
    create = """mutation($d: DiscountAutomaticBxgyInput!) {
      discountAutomaticBxgyCreate(automaticBxgyDiscount: $d) { automaticDiscountNode { id } userErrors { field code message } } }"""
    assert api.call(create, d=terms)["discountAutomaticBxgyCreate"]["userErrors"] == []
    order = world.order(lines=[{"product": "enamel-mug"}, {"product": "brass-pen", "quantity": 2}])
    assert order["discounts_total"] == 420 and order["discounts"][0]["kind"] == "automatic"
