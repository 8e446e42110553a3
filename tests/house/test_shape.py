"""Sizes: what outgrows them is split by subject, not by accident."""

import ast

from tests.house.tree import functions, name_of, parsed, python_files

LINES_A_FILE = 300
LINES_A_TEST_FILE = 400
LINES_A_FUNCTION = 50
POSITIONAL = 4
HANDED_DOWN = {"self", "cls", "session", "now"}  # every flow takes them, in this order, at its ends
NAMED_BY_OTHERS = ("handle_",)  # aiosmtpd calls these


def test_files_are_short() -> None:
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in python_files()}
    assert not {name: lines for name, lines in sizes.items()
                if lines > (LINES_A_TEST_FILE if name.startswith("tests/") else LINES_A_FILE)}


def test_functions_are_short() -> None:
    assert not [f"{function} has {function.lines} lines" for function in functions() if function.lines > LINES_A_FUNCTION]


def test_the_median_function_is_shorter_than_ten_lines() -> None:
    sizes = sorted(function.lines for function in functions("plugin", "jobs", "devstore"))
    assert sizes[len(sizes) // 2] < 10


def test_few_positional_arguments() -> None:
    """Beyond four, arguments have names at the call."""
    crowded = [str(function) for function in functions("plugin", "jobs", "devstore") if _positional(function.node) > POSITIONAL
               and not function.node.name.startswith(NAMED_BY_OTHERS)]
    assert not crowded


def test_every_module_says_what_it_is() -> None:
    silent = [name_of(path) for path in python_files("plugin", "jobs", "devstore", "scripts", "benchmarks")
              if parsed(path).body and not ast.get_docstring(parsed(path))]
    assert not silent


def _positional(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [one.arg for one in (*node.args.posonlyargs, *node.args.args)]
    return len([name for name in names if name not in HANDED_DOWN])
