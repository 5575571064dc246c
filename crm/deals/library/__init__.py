"""Ready pipelines by kind of business: stages with task, result and key steps, and reasons of refusal.

Each `<code>.toml` beside this file is one kind of business, every string of it in Russian and English;
`_roles.toml` names the roles that key steps are written for. Nothing here knows the database: the first
start copies a specification into the company's own pipeline, which the company may then change.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

FOLDER = Path(__file__).parent
LOCALES = ("ru", "en")
REQUIREMENTS = (
    "amount",
    "company",
    "contact",
    "requisites",
    "products",
    "document_quote",
    "document_contract",
    "expected_on",
)

StageKind = Literal["open", "won", "lost"]


class UnknownPipelineKindError(LookupError):
    """There is no ready pipeline with the asked code."""


class StepSpec(NamedTuple):
    """One key step: who does it and what, both in the asked language."""

    role: str
    text: str


@dataclass(frozen=True)
class StageSpec:
    """A stage: what must be done in it, what must be there at its end, and who does what.

    `probability` is the chance to win in percent (0 to 100), `norm_days` the days that a deal may stay,
    `requires` the codes of `REQUIREMENTS` without which a deal may not enter the stage.
    """

    name: str
    kind: StageKind
    task: str
    result: str
    steps: tuple[StepSpec, ...]
    probability: int
    norm_days: int
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReasonSpec:
    """A reason of refusal; `code` is the same in every language and unique within its pipeline."""

    code: str
    name: str
    children: tuple["ReasonSpec", ...] = ()


@dataclass(frozen=True)
class PipelineSpec:
    """A whole ready pipeline in one language, stages in their order: the open ones, won, lost."""

    code: str
    name: str
    stages: tuple[StageSpec, ...]
    reasons: tuple[ReasonSpec, ...]


@dataclass(frozen=True)
class PipelineKind:
    """A kind of business to choose from; names and hints by locale."""

    code: str
    names: dict[str, str]
    hints: dict[str, str]

    def name(self, locale: str) -> str:
        """The kind's name in the language of the locale."""
        return self.names[_language(locale)]

    def hint(self, locale: str) -> str:
        """One sentence: which businesses this pipeline fits."""
        return self.hints[_language(locale)]


def kinds() -> list[PipelineKind]:
    """All kinds of business with a ready pipeline, in the order to offer them."""
    found = [(path.stem, _read(path)["kind"]) for path in FOLDER.glob("[a-z]*.toml")]
    found.sort(key=lambda pair: (pair[1]["position"], pair[0]))
    return [PipelineKind(code=code, names=kind["name"], hints=kind["hint"]) for code, kind in found]


def load(code: str, locale: str) -> PipelineSpec:
    """The ready pipeline of the kind `code` in the language of `locale`.

    "ru" and "ru_RU" read Russian, any other locale reads English.
    Raises `UnknownPipelineKindError` when no kind has this code.
    """
    if code not in {kind.code for kind in kinds()}:
        raise UnknownPipelineKindError(code)
    data = _read(FOLDER / f"{code}.toml")
    language = _language(locale)
    roles = {role: names[language] for role, names in _read(FOLDER / "_roles.toml").items()}
    return PipelineSpec(
        code=code,
        name=data["pipeline"]["name"][language],
        stages=tuple(_stage(row, language, roles) for row in data["stages"]),
        reasons=tuple(_reason(row, language) for row in data["reasons"]),
    )


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _language(locale: str) -> str:
    return "ru" if locale.lower().startswith("ru") else "en"


def _stage(row: dict[str, Any], language: str, roles: dict[str, str]) -> StageSpec:
    return StageSpec(
        name=row["name"][language],
        kind=row["kind"],
        task=row["task"][language],
        result=row["result"][language],
        steps=tuple(StepSpec(roles[step["role"]], step[language]) for step in row["steps"]),
        probability=row["probability"],
        norm_days=row["norm_days"],
        requires=tuple(row.get("requires", ())),
    )


def _reason(row: dict[str, Any], language: str) -> ReasonSpec:
    return ReasonSpec(
        code=row["code"],
        name=row[language],
        children=tuple(_reason(child, language) for child in row.get("children", ())),
    )
