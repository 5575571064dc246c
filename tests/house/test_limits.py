"""Sizes that docs/structure.md sets."""

import ast
from pathlib import Path

from flask import Flask
from jinja2 import nodes

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sorted((ROOT / "crm").rglob("*.py")) + [ROOT / "app.py"]
FORBIDDEN_NAMES = {"utils", "helpers", "common", "misc"}


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_files_have_400_lines_at_most() -> None:
    files = [*PYTHON, *(ROOT / "static" / "src").glob("*.*")]
    assert {str(path.relative_to(ROOT)): lines(path) for path in files if lines(path) > 400} == {}


def test_functions_have_60_lines_at_most() -> None:
    long = [f"{path.relative_to(ROOT)}:{function.name}" for path in PYTHON for function in functions(path)
            if (function.end_lineno or 0) - function.lineno + 1 > 60]
    assert long == []


def test_routes_have_15_lines_at_most() -> None:
    long = []
    for path in (ROOT / "crm").rglob("routes*/**/*.py"):
        long += _long_routes(path)
    for path in (ROOT / "crm").rglob("routes.py"):
        long += _long_routes(path)
    assert long == []


def _long_routes(path: Path) -> list[str]:
    found = []
    for function in functions(path):
        body = function.body[1:] if ast.get_docstring(function) else function.body
        size = (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0
        if function.decorator_list and size > 15:
            found.append(f"{path.relative_to(ROOT)}:{function.name} {size}")
    return found


def test_templates_have_130_lines_at_most() -> None:
    files = (ROOT / "templates").rglob("*.html")
    assert {str(path.relative_to(ROOT)): lines(path) for path in files if lines(path) > 130} == {}


def test_no_room_is_called_utils() -> None:
    assert [str(path) for path in PYTHON if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES] == []


def test_public_functions_say_what_they_do() -> None:
    silent = [f"{path.relative_to(ROOT)}:{function.name}" for path in PYTHON for function in top_level(path)
              if not function.name.startswith("_") and not ast.get_docstring(function)]
    assert silent == []


def top_level(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]


def test_every_template_compiles(shared_app: Flask) -> None:
    environment = shared_app.jinja_env
    for name in environment.list_templates(extensions=["html"]):
        source = environment.loader.get_source(environment, name)[0]  # type: ignore[union-attr]
        assert isinstance(environment.parse(source, name, name), nodes.Template)
