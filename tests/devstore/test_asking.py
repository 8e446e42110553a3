"""What the Admin API tells: pages that go on though orders move, searches, sixty days, bulk lines, risk, metafields, discounts."""


import requests

from tests.devstore.world import SECONDS, World, customer

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
