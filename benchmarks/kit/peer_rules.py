"""Baskets as JSON on stdin → mlxtend's association rules of one product each, as JSON (first, second, confidence) on stdout."""

import json
import sys

import pandas
from mlxtend.frequent_patterns import association_rules, fpgrowth
from mlxtend.preprocessing import TransactionEncoder


def main(least: str) -> int:
    encoder = TransactionEncoder()
    table = pandas.DataFrame.sparse.from_spmatrix(encoder.fit_transform(json.load(sys.stdin), sparse=True), columns=encoder.columns_)
    frequent = fpgrowth(table, min_support=float(least), max_len=2, use_colnames=True)
    found = association_rules(frequent, metric="confidence", min_threshold=0.0)
    rows = zip(found["antecedents"], found["consequents"], found["confidence"], strict=True)
    print(json.dumps([[next(iter(first)), next(iter(second)), round(confidence, 6)] for first, second, confidence in rows]))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
