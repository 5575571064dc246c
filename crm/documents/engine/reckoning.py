"""Where a calculation is printed: the program that says how numbers are written is asked there, and only there."""

from __future__ import annotations

from typing import Any, Final

from jinja2 import Environment, nodes

_REACHED: Final = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos)
_GIVE_NUMBERS: Final = frozenset({"abs", "round", "sum"})
_PLACES: Final = 2


def ask_at_prints(tree: nodes.Template, environment: Environment) -> None:
    """Put the filter `_reckoned` around every calculation that is printed, in place."""
    for output in tree.find_all(nodes.Output):
        output.nodes = [_asked(node) for node in output.nodes]
    tree.set_environment(environment)


def _asked(node: Any) -> Any:
    if isinstance(node, nodes.CondExpr):
        node.expr1, node.expr2 = _asked(node.expr1), _asked(node.expr2)
    elif isinstance(node, nodes.Concat):
        node.nodes = [_asked(part) for part in node.nodes]
    elif isinstance(node, _REACHED) or (isinstance(node, nodes.Filter) and node.name in _GIVE_NUMBERS):
        places = nodes.Const(_places(node), lineno=node.lineno)
        return nodes.Filter(node, "_reckoned", [places], [], None, None, lineno=node.lineno)
    return node


def _places(node: Any) -> int:
    """How many decimals a `round` leaves; two where nobody said."""
    if not isinstance(node, nodes.Filter) or node.name != "round":
        return _PLACES
    given = [*node.args, *(one.value for one in node.kwargs if one.key == "precision")]
    said = given[0].value if given and isinstance(given[0], nodes.Const) else 0
    return max(0, min(12, said)) if isinstance(said, int) else _PLACES
