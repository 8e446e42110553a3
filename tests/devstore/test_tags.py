"""Tags of customers: each change is told alone, and no other webhook tells them."""

import json

import requests

from tests.devstore.world import World


def told(world: World, topic: str) -> list[list[str]]:
    return [json.loads(one.body)["tags"] for one in world.app.of(topic)]


def test_each_change_of_tags_is_told_alone(world: World) -> None:
    api = world.connect()
    made = world.ask("customers", shop="north", email="ann@example.com", tags=["VIP"])
    world.app.wait(1, "customer.tags_added")
    gid = f"gid://shopify/Customer/{made['id']}"
    for deed, tags in (("tagsAdd", ["gold", "vip"]), ("tagsRemove", ["VIP"])):
        text = f"mutation($id: ID!, $tags: [String!]!) {{ {deed}(id: $id, tags: $tags) {{ userErrors {{ message }} }} }}"
        api.call(text, id=gid, tags=tags)
    world.app.wait(1, "customer.tags_removed")
    assert (told(world, "customer.tags_added"), told(world, "customer.tags_removed")) == ([["VIP"], ["gold"]], [["VIP"]])
    assert {json.loads(one.body)["customerId"] for one in world.app.of("customer.tags_added")} == {gid}
    assert not [one for one in world.app.of("customers/update") if "tags" in json.loads(one.body)]
    assert api.call("query($id: ID!) { customer(id: $id) { tags } }", id=gid)["customer"]["tags"] == ["gold"]


def test_the_merchant_types_them(world: World) -> None:
    made = world.ask("customers", shop="north", email="ann@example.com")
    address, host = f"{world.url}/store/north/customers", {"Host": "admin.localhost"}
    typed = {"tags": "VIP, , gold,VIP"}
    assert requests.post(f"{address}/{made['id']}/tags", data=typed, headers=host, timeout=5, allow_redirects=False).status_code == 303
    assert 'value="VIP, gold"' in requests.get(f"{address}/{made['id']}", headers=host, timeout=5).text
    assert requests.post(f"{address}/1/tags", data=typed, headers=host, timeout=5).status_code == 404
