"""Habits that types and lint do not see: who commits, what a rule may know, how money is counted."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.tree import ROOT, Function, functions, identifiers, imports, name_of, parsed, python_files

# Where a transaction ends: the request, the job, and the lease of the one leader.
COMMITTERS = {"plugin/db.py", "plugin/context.py"}
# Where floats are right: seconds, points of a bucket, weights of languages. These modules count no money.
NO_MONEY = {"plugin/clock.py", "plugin/config.py", "plugin/shopify/pacing.py", "plugin/messaging/texts.py"}
SECONDS = ("seconds", "timeout", "timestamp", "time", "delay", "after", "offset", "wait", "jitter", "monotonic", "age", "pace", "clock")
RULES_MAY_KNOW = ("plugin.money", "plugin.errors")
OUR_TYPES = ("plugin.db", "plugin.db.ShopId")  # a name for a UUID, no behaviour
# What stands above shops (DESIGN 4): finding one by its name, leases and sweeps over all.
SHOPLESS = {"by_domain", "get", "ever_seen", "installed", "insert_new", "next_turn", "ready_in_lane", "uninstalled", "depths"}
SWEEPS = "shops_with_"


def test_only_the_edge_commits() -> None:
    assert not [f"{name_of(path)}:{node.lineno}" for path in python_files("plugin", "jobs") if name_of(path) not in COMMITTERS
                for node in ast.walk(parsed(path))
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"]


def test_rules_know_values_only() -> None:
    """The standard library, money, errors and rules of other slices; the layers say which."""
    assert not [f"{name_of(path)} imports {module}" for path in _rules() for module in imports(parsed(path)) if not _pure(module)]


def test_rules_ask_nobody_for_the_time() -> None:
    """``now`` is an argument, so that a decision can be played again."""
    clocks = {"utcnow", "today", "machine_now"}
    assert not [f"{name_of(path)}:{line}" for path in _rules() for name, line in identifiers(parsed(path)) if name in clocks]


def test_no_float_near_money() -> None:
    ours = [path for path in python_files("plugin", "jobs") if name_of(path) not in NO_MONEY]
    assert not [f"{name_of(path)}:{line}" for path in ours for line in _floats(path)]


def test_no_error_is_swallowed() -> None:
    """``except Exception: pass`` and its like hide the very faults that tests look for."""
    assert not [f"{name_of(path)}:{node.lineno}" for path in python_files() for node in ast.walk(parsed(path))
                if isinstance(node, ast.ExceptHandler) and _broad(node) and all(isinstance(one, ast.Pass) for one in node.body)]


def test_no_test_is_skipped() -> None:
    """A test that cannot run here fails and says what to install."""
    assert not [f"{name_of(path)}:{line} {name}" for path in python_files("tests") for name, line in identifiers(parsed(path))
                if name in ("skip", "skipif", "xfail", "importorskip", "skipTest")]


def test_nothing_asks_whether_it_is_being_tested() -> None:
    words = {"testing", "is_test", "is_demo", "demo_mode", "in_demo", "PYTEST_CURRENT_TEST"}
    assert not [f"{name_of(path)}:{line} {name}" for path in python_files("plugin", "jobs")
                for name, line in identifiers(parsed(path)) if name in words]


def test_every_query_takes_the_shop() -> None:
    """A public function of a tables module that reads with a session says whose rows it reads."""
    assert not [str(function) for function in functions("plugin") if _is_query(function)
                and not _takes(function.node, "shop_id")
                and function.node.name not in SHOPLESS and not function.node.name.startswith(SWEEPS)]


def _rules() -> list[Path]:
    return [path for path in python_files("plugin") if path.name == "rules.py" or path.parent.name == "rules"]


def _pure(module: str) -> bool:
    top = module.split(".")[0]
    if top != "plugin":
        return top in sys.stdlib_module_names or top == "babel"  # names and digits of CLDR, which money is made of too
    home = ROOT.joinpath(*module.split("."))
    of_rules = "rules" in home.parts or (home / "rules.py").is_file() or (home / "rules").is_dir()
    return module == "plugin" or module in OUR_TYPES or module.startswith(RULES_MAY_KNOW) or of_rules


def _floats(path: Path) -> Iterator[int]:
    lines = path.read_text().splitlines()
    for node in ast.walk(parsed(path)):
        if not isinstance(node, ast.expr):
            continue
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float"
        cents = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult | ast.Div) and _is_hundred(node.right)
        if (is_call or cents) and not any(word in lines[node.lineno - 1].lower() for word in SECONDS):
            yield node.lineno


def _is_hundred(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in (100, 100.0, 0.01)


def _broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (isinstance(handler.type, ast.Name) and handler.type.id in ("Exception", "BaseException"))


def _is_tables(path: str) -> bool:
    return path.endswith("/tables.py") or "/tables/" in path


def _is_query(function: Function) -> bool:
    return _is_tables(function.path) and not function.node.name.startswith("_") and _takes(function.node, "session")


def _takes(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    return any(one.arg == name for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs))
