"""A shop of any size: N people who advocate, each with a link and one visit. Rows go in by COPY or many at a time."""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Engine, Table, insert, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from plugin.attribution.tables import Link, Visit
from plugin.db import Base, ShopId
from plugin.mirror.rules import Line, Order
from plugin.money import Money
from plugin.people.tables import Person
from plugin.referrals.rules import Version
from plugin.referrals.rules.versions import to_plain
from plugin.referrals.tables import ProgrammeVersion
from plugin.rewards.rules import RewardTerms
from plugin.shops.tables import Shop

SHOP = ShopId(UUID(int=1))
PROGRAMME, VERSION = UUID(int=2), UUID(int=3)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PROGRAMME_VERSION = Version(
    id=VERSION, programme_id=PROGRAMME, number=1, name="Friends", advocate=RewardTerms("fixed", amount=Money(1000, "GBP")),
    friend=RewardTerms("percentage", basis_points=1500), minimum=None, new_only=False, window=timedelta(days=30), model="last_visit",
    hold=timedelta(days=14), expiry=None, cap=None, cap_period=None, combines=frozenset(), countries=frozenset(), currencies=frozenset(),
    starts_at=None, ends_at=None, enrol="everyone", since=NOON - timedelta(days=60))
TERMS = {VERSION: PROGRAMME_VERSION.terms()}
CHUNK = 10_000
_PEOPLE, _ADVOCATES, _VISITS = (kind << 96 for kind in (1, 2, 3))

Row = dict[str, Any]


def populate(engine: Engine, size: int) -> None:
    """Tables and rows; ``size`` advocates and as many visits, in one shop. Ends with the statistics a database keeps."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        fill(connection, Shop, [_shop()])
        connection.execute(insert(ProgrammeVersion), [_version()])
        for table, make in ((Person, person), (Link, link), (Visit, visit)):
            fill(connection, table, (make(number) for number in range(size)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("analyze"))


def fill(connection: Connection, table: type[Base], rows: Iterable[Row]) -> None:
    """All rows of one shape, with the table's own defaults for what they leave out."""
    columns = cast(Table, table.__table__).columns
    defaults = {one.name: one.default.arg for one in columns if isinstance(one.default, ScalarElementColumnDefault)}
    rows = ({**defaults, **row} for row in rows)
    while chunk := list(islice(rows, CHUNK)):
        if connection.dialect.name == "postgresql":
            _copy(connection, cast(Table, table.__table__), chunk)
        else:
            connection.execute(insert(table), chunk)


def person(number: int) -> Row:
    return {"shop_id": SHOP, "id": UUID(int=_PEOPLE + number), "customer_id": str(7_000_000 + number), "email": None,
            "email_key": f"{number:064x}", "first_name": "Alice", "locale": "en", "address_key": f"{number:064x}", "mail_state": "ask",
            "met_at": NOON, "redacted_at": None, "merged_into": None}


def link(number: int) -> Row:
    return {"shop_id": SHOP, "id": UUID(int=_ADVOCATES + number), "programme_id": PROGRAMME, "person_id": UUID(int=_PEOPLE + number),
            "slug": slug(number), "code": f"ALICE{number:x}", "code_key": f"alice{number:x}", "state": "active", "friends": 0,
            "test": False, "made_at": NOON}


def visit(number: int) -> Row:
    return {"shop_id": SHOP, "id": UUID(int=_VISITS + number), "advocate_id": UUID(int=_ADVOCATES + number), "programme_id": PROGRAMME,
            "version_id": VERSION, "device_key": f"d{number:063x}", "address_key": f"a{number:063x}", "token": token(number),
            "landing": "/", "at": NOON - timedelta(days=1)}


def slug(number: int) -> str:
    return f"alice-{number:x}"


def token(number: int) -> str:
    return f"visit-{number:040x}"


def order(number: int, of_visit: int) -> Order:
    """A friend's order whose cart carries that visit."""
    paid, nothing = Money(6000, "GBP"), Money.zero("GBP")
    mug = Line(id="1", product_id="7", variant_id="8", title="Mug", quantity=1, price=paid, discounts=(), refunded_quantity=0,
               refunded=nothing, current_quantity=1)
    return Order(
        id=str(9_000_000 + number), name=f"#{number}", currency="GBP", created_at=NOON, updated_at=NOON, cancelled_at=None,
        financial="paid", test=False, customer_id=None, person_id=None, email_key=None, address_key=None, device_key=None, lines=(mug,),
        shipping=nothing, shipping_discounts=(), subtotal=paid, net=paid, codes=(),
        attributes={"_tandem_visit": token(of_visit)}, landing_site=None, country="GB", risk="LOW", gateways=("bogus",), paid_once=True)


def _shop() -> Row:
    return {"id": SHOP, "domain": "north.myshopify.com", "state": "installed", "name": "North", "email": "owner@north.example",
            "currency": "GBP", "timezone": "Europe/London", "locale": "en", "country": "GB", "storefront_url": "https://north.example",
            "plan": "basic", "scopes": "", "seen_at": NOON, "installed_at": NOON}


def _version() -> Row:
    return {"shop_id": SHOP, "id": VERSION, "programme_id": PROGRAMME, "number": 1, "terms": to_plain(PROGRAMME_VERSION),
            "since": PROGRAMME_VERSION.since, "until": None}


def _copy(connection: Connection, table: Table, rows: list[Row]) -> None:
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.connection.cursor() as cursor, cursor.copy(f'copy "{table.name}" ({columns}) from stdin') as copy:  # type: ignore[attr-defined]
        for values in _values(rows, names):
            copy.write_row(values)


def _values(rows: list[Row], names: list[str]) -> Iterator[list[Any]]:
    for row in rows:
        yield [json.dumps(row[name]) if isinstance(row[name], list | dict) else row[name] for name in names]
