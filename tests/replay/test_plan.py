"""Invoices become orders and refunds; no row is lost; the simulated part is the same for the same seed."""

from pathlib import Path

from devstore.demo.replaying import plan
from devstore.demo.replaying.lines import read
from devstore.demo.replaying.matching import MOST_LINES
from devstore.demo.replaying.steps import Back, Plan, Sale
from tests.replay import EXTRACT, GOOD, csv

CANCELLED = GOOD | {"InvoiceNo": "C489999", "InvoiceDate": "2009-12-05 10:00:00"}


def planned(folder: Path, *rows: dict[str, str], orders: int | None = None) -> Plan:
    return plan.make(read(csv(folder, *rows)), orders=orders)


def backs(made: Plan) -> list[dict[str, dict[tuple[str, int], int]]]:
    return [step.goods for step in made.steps if isinstance(step, Back)]


def test_rows_of_one_good_at_one_price_are_one_line(tmp_path: Path) -> None:
    made = planned(tmp_path, GOOD, GOOD, GOOD | {"UnitPrice": "6.00"})
    assert [sale.goods for sale in made.sales] == [{("85048", 695): 24, ("85048", 600): 12}]
    assert made.rows.used == 3


def test_an_invoice_with_more_lines_than_an_order_may_have_is_refused(tmp_path: Path) -> None:
    many = [GOOD | {"StockCode": str(code)} for code in range(MOST_LINES + 1)]
    made = planned(tmp_path, *many, GOOD | {"InvoiceNo": "489435"})
    assert made.rows.refused == {"over_500_lines": MOST_LINES + 1}
    assert [sale.invoice for sale in made.sales] == ["489435"]
    assert len(planned(tmp_path, *many[1:]).sales) == 1


def test_a_part_goes_back_to_the_order_it_was_bought_with(tmp_path: Path) -> None:
    made = planned(tmp_path, GOOD, CANCELLED | {"Quantity": "-5"}, CANCELLED | {"InvoiceNo": "C490000", "Quantity": "-7"})
    assert backs(made) == [{"489434": {("85048", 695): 5}}, {"489434": {("85048", 695): 7}}]
    assert made.refunds == 2 and made.sales[0].kept


def test_the_same_price_comes_first_then_the_newest(tmp_path: Path) -> None:
    bought = [GOOD | {"InvoiceNo": number, "UnitPrice": price, "InvoiceDate": f"2009-12-0{day} 09:00:00"}
              for number, price, day in (("1", "6.95", 1), ("2", "6.95", 2), ("3", "5.00", 3))]
    made = planned(tmp_path, *bought, CANCELLED | {"Quantity": "-30"})
    assert backs(made) == [{"2": {("85048", 695): 12}, "1": {("85048", 695): 12}, "3": {("85048", 500): 6}}]


def test_what_has_no_original_is_counted_by_why(tmp_path: Path) -> None:
    made = planned(tmp_path, GOOD, CANCELLED | {"Quantity": "-13"}, CANCELLED | {"Quantity": "-1", "StockCode": "POST"},
                   CANCELLED | {"InvoiceNo": "C490000", "Quantity": "-1", "CustomerID": ""})
    assert made.rows.refused == {"cancellation_of_more_than_was_bought": 1, "cancellation_without_original": 1,
                                 "cancellation_without_customer": 1}
    assert not backs(made)


def test_rows_behind_the_last_order_are_left_out(tmp_path: Path) -> None:
    rows = [GOOD | {"InvoiceNo": str(number)} for number in range(489434, 489438)]
    made = planned(tmp_path, *rows, GOOD | {"UnitPrice": "0"}, orders=3)
    assert (len(made.sales), made.rows.used, made.rows.left_out, made.rows.refused) == (3, 3, 1, {"zero_price": 1})


def test_the_extract_in_full() -> None:
    """Also the proof that its licensed rows are those that the README speaks of."""
    reading = read(EXTRACT)
    made = plan.make(reading)
    assert made.rows.complete and made.rows.given == reading.rows == 876
    assert len(made.customers) == 60
    assert sum(isinstance(step, Sale) for step in made.steps) == len(made.sales) == 143
    assert [step.at for step in made.steps] == sorted(step.at for step in made.steps)


def test_a_seed_plays_the_same_again_and_another_does_not() -> None:
    reading = read(EXTRACT)
    assert plan.make(reading).steps == plan.make(reading).steps
    assert plan.make(reading).steps != plan.make(reading, seed=1).steps


def test_nobody_follows_a_link_that_is_not_there_yet() -> None:
    made = plan.make(read(EXTRACT))
    shared: dict[str, Sale] = {}
    for sale in made.sales:
        if sale.part.follows:
            assert shared[sale.part.follows].at < sale.at and sale.part.follows != sale.shopper
        if sale.part.shares:
            shared[sale.shopper] = sale
    assert any(sale.part.follows for sale in made.sales)
