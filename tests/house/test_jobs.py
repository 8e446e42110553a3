"""The three tables of jobs/: which event, which delivery, which hour. Nothing is named that nobody does, and nothing twice."""

import ast
from collections import Counter
from collections.abc import Iterator

from jobs.bell import JOBS, QUEUES
from jobs.deliveries import DELIVERIES
from jobs.events import EVENTS
from jobs.schedule import SCHEDULE
from plugin.insights.letters import KINDS
from plugin.messaging import texts
from tests.house.tree import name_of, parsed, python_files

LONGEST_BATCH = 250


def test_every_kind_that_is_put_into_the_outbox_has_a_function() -> None:
    put = {kind for path in python_files("plugin") for kind in _kinds_put(parsed(path))}
    assert put
    assert put <= set(DELIVERIES), f"nobody delivers {sorted(put - set(DELIVERIES))}"


def test_every_function_delivers_what_somebody_puts() -> None:
    words = {node.value for path in python_files("plugin") for node in ast.walk(parsed(path))
             if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert not sorted(set(DELIVERIES) - words)


def test_the_merchant_reads_what_every_kind_is() -> None:
    """The page of deliveries names and filters each: one without a word would take the whole page away."""
    assert set(KINDS) == set(DELIVERIES)
    assert not [kind for kind in KINDS if f"deliveries.kind.{kind}" not in texts.keys("en")]


def test_batches_are_what_shopify_takes() -> None:
    assert not [name for name, kind in DELIVERIES.items() if not 1 <= kind.batch <= LONGEST_BATCH]


def test_every_topic_that_is_told_has_a_handler() -> None:
    told = {topic for path in python_files("plugin") for topic in _topics_told(parsed(path))}
    assert told <= set(EVENTS), f"nobody hears {sorted(told - set(EVENTS))}"


def test_recurring_work_is_named_once() -> None:
    assert not [name for name, times in Counter(entry.name for entry in SCHEDULE).items() if times > 1]
    assert not [entry.name for entry in SCHEDULE if entry.seconds is not None and entry.seconds <= 0]


def test_every_queue_is_worked() -> None:
    assert set(JOBS) == set(QUEUES)
    worker = next(path for path in python_files("jobs") if name_of(path) in ("jobs/worker.py", "jobs/worker/__init__.py"))
    assert any(word in worker.read_text() for word in ("QUEUES", *QUEUES))


def _kinds_put(tree: ast.Module) -> Iterator[str]:
    """The kind, where ``put(session, shop_id, "kind", ...)`` says it outright."""
    for call in _calls(tree, "put"):
        if len(call.args) >= 3 and isinstance(call.args[2], ast.Constant) and isinstance(call.args[2].value, str):
            yield call.args[2].value


def _topics_told(tree: ast.Module) -> Iterator[str]:
    for call in _calls(tree, "tell"):
        if len(call.args) >= 3 and isinstance(call.args[2], ast.Constant) and isinstance(call.args[2].value, str):
            yield call.args[2].value


def _calls(tree: ast.Module, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (getattr(node.func, "attr", None) == name or getattr(node.func, "id", None) == name):
            yield node
