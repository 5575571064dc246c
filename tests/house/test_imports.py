"""The import law of docs/structure.md, held by reading the imports."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TIERS = {
    "core": 0,
    "accounts": 1,
    "guard": 2, "backup": 2, "firms": 2,
    "clients": 3, "catalog": 3,
    "deals": 4,
    "tasks": 5, "documents": 5,
    "mail": 6, "plans": 6, "imports": 6,
    "timeline": 7, "search": 7, "desk": 7, "scoreboard": 7, "staff": 7, "health": 7, "billing": 7,
    "demo": 8, "log": 8,
    "setup": 9,
}
LAYERS = {"events": 1, "models": 2, "queries": 3, "operations": 4, "forms": 4, "access": 4,
          "handlers": 5, "jobs": 5, "routes": 5, "commands": 5}
CLOSED_TO_OTHERS = {"routes", "forms", "handlers", "jobs", "commands"}
# a slow or optional library, imported when it is first needed; the reason stands on the line
SLOW = {"alembic", "docx", "docxtpl", "pymorphy3", "xlsxwriter", "openpyxl", "playwright", "charset_normalizer", "segno", "lxml",
        "smtplib", "PIL", "prometheus_client", "cryptography", "psycopg", "phonenumbers", "pyotp",
        "webauthn"}


def modules() -> dict[str, Path]:
    """Dotted name -> file of everything in crm/."""
    found = {}
    for path in (ROOT / "crm").rglob("*.py"):
        parts = list(path.relative_to(ROOT).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


MODULES = modules()


def imported(tree: ast.AST) -> list[tuple[str, int]]:
    """Modules of ours that a file imports, with the line."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [(f"{node.module}.{alias.name}" if f"{node.module}.{alias.name}" in MODULES else node.module,
                       node.lineno) for alias in node.names]
    return [(name, line) for name, line in names if name.split(".")[0] == "crm"]


def edges() -> list[tuple[str, str, int]]:
    """(importer, imported, line) over the whole program."""
    return [(name, target, line) for name, path in MODULES.items()
            for target, line in imported(ast.parse(path.read_text()))]


EDGES = edges()


def feature(name: str) -> str:
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def layer(name: str) -> str:
    parts = name.split(".")
    return parts[2] if len(parts) > 2 else ""


def test_every_feature_has_a_tier() -> None:
    folders = {path.name for path in (ROOT / "crm").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(TIERS)


def test_a_feature_imports_itself_and_lower_tiers_only() -> None:
    wrong = [f"{source}:{line} imports {target}" for source, target, line in EDGES
             if feature(source) in TIERS and feature(target) in TIERS and feature(source) != feature(target)
             and TIERS[feature(target)] >= TIERS[feature(source)]]
    assert wrong == []


def test_routes_forms_handlers_jobs_and_commands_are_imported_by_their_own_feature_and_the_registry() -> None:
    wrong = [f"{source}:{line} imports {target}" for source, target, line in EDGES
             if layer(target) in CLOSED_TO_OTHERS and feature(source) != feature(target)
             and feature(target) != "core" and source != "crm.registry"]
    assert wrong == []


def test_layers_point_downwards() -> None:
    wrong = [f"{source}:{line} imports {target}" for source, target, line in EDGES
             if feature(source) == feature(target) and layer(source) in LAYERS and layer(target) in LAYERS
             and layer(source) != layer(target) and LAYERS[layer(target)] >= LAYERS[layer(source)]]
    assert wrong == []


def test_operations_know_no_request() -> None:
    wrong = []
    for name, path in MODULES.items():
        if layer(name) not in ("operations", "queries", "models"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "flask":
                names = {alias.name for alias in node.names} & {"request", "session", "flash", "render_template"}
                wrong += [f"{name}:{node.lineno} imports {', '.join(sorted(names))}"] if names else []
    assert wrong == []


def test_there_are_no_import_circles() -> None:
    graph: dict[str, set[str]] = {}
    for source, target, _line in EDGES:
        if target in MODULES and target != source:
            graph.setdefault(source, set()).add(target)
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            pytest.fail(" -> ".join([*trail[trail.index(name):], name]))
        if name in done:
            return
        for target in graph.get(name, ()):
            visit(target, (*trail, name))
        done.add(name)

    for name in graph:
        visit(name, ())


def test_nothing_but_slow_libraries_is_imported_inside_functions() -> None:
    wrong = []
    for name, path in MODULES.items():
        tree = ast.parse(path.read_text())
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    tops = {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    tops = {(node.module or "").split(".")[0]}
                else:
                    continue
                if not tops <= SLOW:
                    wrong.append(f"{name}:{node.lineno}")
    assert sorted(set(wrong)) == []
