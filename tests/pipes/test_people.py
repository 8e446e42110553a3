"""Who is who: met once, merged upwards, forgotten wholly."""

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from plugin import clock
from plugin.db import ShopId
from plugin.errors import NotFound, Refused
from plugin.people import flows, rules, tables
from plugin.people.tables import Person
from plugin.shops.tables import Shop

HOME = {"address1": "1 High-Street", "address2": None, "zip": "ab1 2cd", "country_code": "GB"}


def meet(
    session: Session, shop_id: ShopId, customer_id: str | None = None, email: str | None = None, first_name: str | None = None
) -> Person:
    return flows.meet(session, shop_id, customer_id=customer_id, email=email, first_name=first_name, now=clock.now())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fiona@Example.com", "fiona@example.COM"),
        ("fiona+tandem@example.com", "fiona@example.com"),
        ("f.i.o.n.a@gmail.com", "fiona@googlemail.com"),
        ("ﬁona@example.com", "fiona@example.com"),
        ("fiona@bücher.example", "fiona@xn--bcher-kva.example"),
        (" fiona@example.com ", "fiona@example.com"),
        ("fiona@example.com.", "fiona@example.com"),
        ("FIONA＠example.com", "fiona@example.com"),
    ],
)
def test_two_ways_to_write_one_address(one: str, other: str) -> None:
    assert rules.normalise_email(one) == rules.normalise_email(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("f.iona@example.com", "fiona@example.com"), ("fiona@example.com", "fiona@example.org"), ("+a@example.com", "+b@example.com")],
)
def test_two_addresses(one: str, other: str) -> None:
    assert rules.normalise_email(one) != rules.normalise_email(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fiona",
        "@",
        "fiona@",
        "@example.com",
        "a b@example.com",
        "a\r\nBcc: x@example.com",
        "a\x00@example.com",
        "a@" + "x" * 400,
        "a@exa mple.com",
        "a@\ud800.com",
        "a@..",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Refused):
        rules.normalise_email(text)


def test_keys_are_alike_for_one_home_and_one_device() -> None:
    assert rules.address_key("s", HOME) == rules.address_key("s", {**HOME, "address1": "1 high street", "zip": "AB12CD"})
    assert rules.address_key("s", HOME) != rules.address_key("t", HOME)
    assert rules.address_key("s", {**HOME, "zip": None}) is None
    assert rules.device_key("s", ip="203.0.113.7", agent="M") == rules.device_key("s", ip=" 203.0.113.7", agent="M ")
    assert rules.device_key("s", ip="203.0.113.7", agent=None) is None
    assert rules.email_key("s", "a@b.example") != rules.address_key("s", HOME)


def test_a_customer_and_a_guest_turn_out_to_be_one(session: Session, north: Shop) -> None:
    guest = meet(session, north.id, email="fiona@example.com", first_name="Fiona")
    flows.note_order(session, north.id, "1", guest, email="fiona@example.com", address=HOME, ip=None, agent=None)
    customer = meet(session, north.id, customer_id="9")
    assert customer.id != guest.id
    merged = meet(session, north.id, customer_id="9", email="Fiona@example.com")
    assert (merged.id, merged.email, merged.first_name) == (customer.id, "Fiona@example.com", "Fiona")
    assert tables.get(session, north.id, guest.id).id == customer.id
    assert tables.all_ids(session, north.id, customer.id) == {customer.id, guest.id}
    assert [one.order_id for one in tables.contacts_of(session, north.id, customer.id)] == ["1"]


def test_a_guest_becomes_the_customer(session: Session, north: Shop) -> None:
    guest = meet(session, north.id, email="fiona@example.com")
    assert meet(session, north.id, customer_id="9", email="fiona@example.com").id == guest.id
    assert meet(session, north.id, customer_id="9").id == guest.id


def test_two_customers_with_one_address_stay_two(session: Session, north: Shop) -> None:
    first, second = (meet(session, north.id, customer_id=id, email="family@example.com") for id in ("1", "2"))
    assert first.id != second.id
    assert second.email == "family@example.com"


def test_shops_share_nobody(session: Session, north: Shop, south: Shop) -> None:
    person = meet(session, north.id, customer_id="9", email="fiona@example.com")
    assert meet(session, south.id, customer_id="9", email="fiona@example.com").id != person.id
    with pytest.raises(NotFound):
        tables.get(session, south.id, person.id)
    with pytest.raises(NotFound):
        flows.unsubscribe(session, south.id, person.id)


def test_redaction_leaves_nothing_to_read(session: Session, north: Shop) -> None:
    person = meet(session, north.id, customer_id="9", email="canary@example.com", first_name="Canary")
    flows.note_order(session, north.id, "1", person, email="canary@example.com", address=HOME, ip="203.0.113.7", agent="M")
    flows.redact(session, north.id, person.id, clock.now())
    row = tables.get(session, north.id, person.id)
    assert [row.email, row.email_key, row.first_name, row.address_key, row.mail_state] == [None, None, None, None, "no"]
    left = tables.contact(session, north.id, "1")
    assert left is not None
    assert [left.email_key, left.address_key, left.device_key] == [None, None, None]
    late = meet(session, north.id, customer_id="9", email="canary@example.com", first_name="Canary")
    assert (late.id, late.email) == (person.id, None), "a late event brings nothing back"


def test_a_customer_whom_we_never_met_is_not_kept(session: Session, north: Shop) -> None:
    assert flows.update_customer(session, north.id, "9", email="x@example.com", first_name="X", locale=None, told_at=None,
                                    now=clock.now()) is None
    assert session.scalar(text("select count(*) from people")) == 0


def test_a_shop_is_forgotten_with_its_secret(session: Session, north: Shop) -> None:
    before = flows.key_of_email(session, north.id, "fiona@example.com")
    meet(session, north.id, email="fiona@example.com")
    flows.forget_shop(session, north.id, clock.now())
    assert flows.key_of_email(session, north.id, "fiona@example.com") != before
    assert session.scalar(text("select count(*) from people where email is not null or email_key is not null")) == 0
