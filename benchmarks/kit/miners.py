"""``python -m benchmarks.kit.miners ENGINE FILE LEAST``: mine the pairs of a Parquet file of lines once, in a process of its own.

Prints seconds, seconds of the processor (of this process: not of Spark's), pairs that met in at least LEAST orders, and the largest
resident size. The clock runs for the mining alone: each engine first gets the lines in the form it likes best. LEAST is what the peers
need to end at all; DuckDB and Spark count every pair.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from plugin.offers.mining import counting

BY_HAND = """select a.scope, a.product_id as first_id, b.product_id as second_id, count(*)::bigint as orders, sum(a.vote) as vote
from changed a join changed b on a.order_id = b.order_id and a.product_id < b.product_id group by all"""
"""What somebody would write for this very result, and nothing else."""
THREADS = 2


class Watch:
    """Seconds that passed and, of this process, seconds of the processor: others on the machine change those far less."""

    seconds = processor = 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        begun, busy = time.perf_counter(), time.process_time()
        yield
        self.seconds, self.processor = time.perf_counter() - begun, time.process_time() - busy


def by_hand(file: str, least: int, watch: Watch) -> int:
    return _duckdb(file, BY_HAND, least, watch)


def ours(file: str, least: int, watch: Watch) -> int:
    return _duckdb(file, counting.sql("mined_pairs", "duckdb"), least, watch)


def _duckdb(file: str, query: str, least: int, watch: Watch) -> int:
    with duckdb.connect() as database:
        database.execute(f"set threads = {THREADS}")
        database.read_parquet(file).create(counting.LINES)
        with watch.running():
            database.execute(f"create table found as {query}")
        return _number(database.execute(
            "select count(*) from (select sum(orders) as met from found group by first_id, second_id) where met >= ?", [least]).fetchall())


def mlxtend(file: str, least: int, watch: Watch) -> int:
    import pandas
    from mlxtend.frequent_patterns import fpgrowth
    from mlxtend.preprocessing import TransactionEncoder

    goods = _transactions(file)
    encoder = TransactionEncoder()
    table = pandas.DataFrame.sparse.from_spmatrix(encoder.fit_transform(goods, sparse=True), columns=encoder.columns_)
    with watch.running():
        found = fpgrowth(table, min_support=least / len(goods), max_len=2)
    return int((found["itemsets"].map(len) == 2).sum())


def efficient_apriori(file: str, least: int, watch: Watch) -> int:
    import efficient_apriori as peer

    goods = [tuple(one) for one in _transactions(file)]
    with watch.running():
        found, _ = peer.itemsets_from_transactions(goods, min_support=least / len(goods), max_length=2)
    return len(found.get(2, ()))


def spark(file: str, least: int, watch: Watch) -> int:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.master(f"local[{THREADS}]").config("spark.ui.enabled", "false").config(
        "spark.driver.memory", "6g").config("spark.sql.shuffle.partitions", "8").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    session.read.parquet(file).cache().createOrReplaceTempView(counting.LINES)
    session.table(counting.LINES).count()
    with watch.running():
        found = session.sql(counting.sql("mined_pairs", "pyspark")).cache()
        found.count()
    found.createOrReplaceTempView("found")
    total = session.sql("select count(*) from (select sum(orders) as met from found group by first_id, second_id) where met >= :least",
                        args={"least": least}).collect()
    session.stop()
    return _number(total)


def _number(rows: list[Any]) -> int:
    return int(rows[0][0])


def _transactions(file: str) -> list[list[str]]:
    return [row[0] for row in duckdb.execute("select list(product_id) from read_parquet(?) group by order_id", [file]).fetchall()]


ENGINES: dict[str, Callable[[str, int, Watch], int]] = {
    "by_hand": by_hand, "ours": ours, "mlxtend": mlxtend, "efficient_apriori": efficient_apriori, "spark": spark}


def main(engine: str, file: str, least: str) -> int:
    watch = Watch()
    pairs = ENGINES[engine](file, int(least), watch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": round(watch.seconds, 2), "processor": round(watch.processor, 2), "pairs": pairs, "megabytes": peak}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
