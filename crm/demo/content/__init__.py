"""Material for the demo company: who it is, what it sells, to whom, and what its people write.

Everything is read from the TOML files of `ru/` and `en/`; `compose.py` makes clients of it. Names are
invented, e-mail addresses end with the reserved `.example`, phone numbers belong to nobody.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent
LOCALES = ("ru", "en")
PHASES = ("early", "middle", "late")

Sex = Literal["m", "f"]


@dataclass(frozen=True)
class OurCompany:
    """The company of the demo. `vat_percent` is its usual rate; `pipelines` are codes of the library."""

    name: str
    legal_name: str
    country: str
    currency: str
    vat_percent: int
    timezone: str
    address: str
    phone: str
    domain: str
    email: str
    vat_id: str
    signatory_basis: str
    signatory_basis_genitive: str
    pipelines: tuple[str, ...]


@dataclass(frozen=True)
class TeamSpec:
    """A team of managers; `code` is the same in every language."""

    code: str
    name: str


@dataclass(frozen=True)
class StaffSpec:
    """One of our people; `team` is a team's code or empty, `login` what stands before the at sign."""

    role: str
    surname: str
    given_name: str
    patronymic: str
    sex: Sex
    job: str
    login: str
    team: str

    @property
    def name(self) -> str:
        """Given name and surname, as colleagues call them."""
        return f"{self.given_name} {self.surname}"

    @property
    def full_name(self) -> str:
        """Surname, given name and patronymic, as papers have it."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True)
class WholesaleSpec:
    """A price list: for which groups, and from which quantity on how many percent less."""

    name: str
    groups: tuple[str, ...]
    steps: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SetSpec:
    """A product made of others, `off` percent cheaper than they are one by one."""

    sku: str
    name: str
    unit: str
    off: int
    parts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class ProductSpec:
    """A product or service: `price` in minor units with VAT inside, `cost` without, `vat_percent` None when there is none.

    `quantity` is the smallest and largest amount of one order, `used_in` the pipelines that sell it.
    """

    sku: str
    name: str
    unit: str
    price: int
    cost: int
    vat_percent: int | None
    quantity: tuple[int, int]
    used_in: tuple[str, ...]
    service: bool


@dataclass(frozen=True)
class FormSpec:
    """A legal form; `person` when the client is a person in business, who then has `long` and a `basis`."""

    code: str
    short: str
    long: str
    long_genitive: str
    weight: int
    person: bool
    countries: tuple[str, ...]
    basis: str
    basis_genitive: str


@dataclass(frozen=True)
class CitySpec:
    """A town: `#` in `phone` and `postcode` stands for any digit; `cleaning` where our crews go.

    `addresses` are shapes with {postcode}, {city}, {street}, {house} and {room}.
    """

    name: str
    addresses: tuple[str, ...]
    country: str
    weight: int
    cleaning: bool
    postcode: str
    phone: str
    streets: tuple[str, ...]


@dataclass(frozen=True)
class OrderSpec:
    """What is ordered together: a title and pairs of an article and how many.

    How many is a number, "area" for the square metres of the title, or empty for the product's own range.
    """

    text: str
    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TradeSpec:
    """A trade: how its companies are called, who works there, what they order in each pipeline.

    `area` is the smallest and largest space of such a client, in square metres.
    """

    code: str
    name: str
    weight: int
    forms: tuple[str, ...]
    patterns: tuple[str, ...]
    jobs: tuple[str, ...]
    area: tuple[int, int]
    orders: dict[str, tuple[OrderSpec, ...]]


@dataclass(frozen=True)
class NameParts:
    """Words that names of people are made of; pairs are a man's and a woman's form."""

    surnames: tuple[tuple[str, str], ...]
    male: tuple[str, ...]
    female: tuple[str, ...]
    patronymics: tuple[tuple[str, str], ...]
    letters: dict[str, str]
    mobiles: tuple[str, ...]


@dataclass(frozen=True)
class CompanyParts:
    """Words that names of companies are made of: first words by gender, second words with theirs."""

    first_words: tuple[tuple[str, ...], ...]
    second_words: tuple[tuple[str, ...], ...]
    roots: tuple[str, ...]


@dataclass(frozen=True)
class ActSpec:
    """Something to do: `kind` is call, meeting, letter or task."""

    kind: str
    text: str


@dataclass(frozen=True)
class DemoContent:
    """All material in one language.

    `notes[pipeline][phase]` with the phases early, middle, late and won; `steps[pipeline][phase]` without
    won; `calls[pipeline][phase]` are talks, `missed` calls that reached nobody; `refusals[pipeline][reason code]` with the codes of the
    ready pipeline; `numbers` are what titles fill in beside the area (rooms, seats).
    """

    locale: str
    our: OurCompany
    teams: tuple[TeamSpec, ...]
    staff: tuple[StaffSpec, ...]
    products: tuple[ProductSpec, ...]
    groups: dict[str, str]  # by the letters of the code
    wholesale: WholesaleSpec
    kit: SetSpec
    names: NameParts
    company_parts: CompanyParts
    forms: dict[str, FormSpec]
    cities: tuple[CitySpec, ...]
    trades: tuple[TradeSpec, ...]
    directors: tuple[tuple[str, str], ...]
    jobs: tuple[str, ...]
    needs: tuple[str, ...]
    sources: tuple[str, ...]
    competitors: tuple[str, ...]
    notes: dict[str, dict[str, tuple[str, ...]]]
    calls: dict[str, dict[str, tuple[str, ...]]]
    missed: tuple[str, ...]
    steps: dict[str, dict[str, tuple[ActSpec, ...]]]
    tasks: tuple[ActSpec, ...]
    refusals: dict[str, dict[str, tuple[str, ...]]]
    numbers: dict[str, tuple[int, ...]]


@cache
def load(locale: str) -> DemoContent:
    """The material in the language of `locale`: "ru" and "ru_RU" read Russian, any other English."""
    language = "ru" if locale.lower().startswith("ru") else "en"
    company, people, clients, trades, products, talk = (
        _read(language, part) for part in ("company", "people", "clients", "trades", "products", "talk"))
    addresses = {country: tuple(shapes) for country, shapes in clients["addresses"].items()}
    our = OurCompany(**{**company["our"], "pipelines": tuple(company["our"]["pipelines"])})
    return DemoContent(
        locale=language,
        our=our,
        teams=tuple(TeamSpec(**row) for row in company["teams"]),
        staff=tuple(StaffSpec(**{"patronymic": "", "team": "", **row}) for row in company["staff"]),
        products=tuple(_product(row, our.vat_percent) for row in products["products"]),
        groups=products["groups"],
        wholesale=WholesaleSpec(products["wholesale"]["name"], tuple(products["wholesale"]["groups"]),
                                tuple((start, off) for start, off in products["wholesale"]["steps"])),
        kit=SetSpec(**{**products["set"], "parts": tuple((sku, number) for sku, number in products["set"]["parts"])}),
        names=_names(people),
        company_parts=CompanyParts(
            first_words=tuple(tuple(word) for word in clients["first_words"]),
            second_words=tuple(tuple(word) for word in clients["second_words"]),
            roots=tuple(clients["roots"])),
        forms={code: _form(code, row) for code, row in clients["forms"].items()},
        cities=tuple(_city(row, addresses) for row in clients["cities"]),
        trades=tuple(_trade(row, our.pipelines) for row in trades["trades"]),
        directors=tuple((job, genitive) for job, genitive in people["directors"]),
        jobs=tuple(people["jobs"]),
        needs=tuple(people["needs"]),
        sources=tuple(talk["sources"]),
        competitors=tuple(talk["competitors"]),
        notes=_by_two(talk["notes"]),
        calls=_by_two({pipeline: talk["calls"][pipeline] for pipeline in our.pipelines}),
        missed=tuple(talk["calls"]["missed"]),
        steps={pipeline: {phase: tuple(ActSpec(**row) for row in rows) for phase, rows in phases.items()}
               for pipeline, phases in talk["steps"].items()},
        tasks=tuple(ActSpec(**row) for row in talk["tasks"]),
        refusals=_by_two(talk["refusals"]),
        numbers={word: tuple(values) for word, values in talk["numbers"].items()},
    )


def _read(language: str, part: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / language / f"{part}.toml").read_text(encoding="utf-8"))


def _by_two(table: dict[str, dict[str, list[str]]]) -> dict[str, dict[str, tuple[str, ...]]]:
    return {outer: {inner: tuple(texts) for inner, texts in row.items()} for outer, row in table.items()}


def _product(row: dict[str, Any], vat_percent: int) -> ProductSpec:
    return ProductSpec(
        sku=row["sku"],
        name=row["name"],
        unit=row["unit"],
        price=row["price"],
        cost=row["cost"],
        vat_percent=None if row.get("without_vat") else vat_percent,
        quantity=(row["quantity"][0], row["quantity"][1]),
        used_in=tuple(row["used_in"]),
        service=row.get("service", False),
    )


def _names(people: dict[str, Any]) -> NameParts:
    return NameParts(
        surnames=tuple((man, woman) for man, woman in people["surnames"]),
        male=tuple(people["male"]),
        female=tuple(people["female"]),
        patronymics=tuple((man, woman) for man, woman in people["patronymics"]),
        letters=dict(people["letters"]),
        mobiles=tuple(people["mobiles"]),
    )


def _form(code: str, row: dict[str, Any]) -> FormSpec:
    return FormSpec(
        code=code,
        short=row["short"],
        long=row.get("long", ""),
        long_genitive=row.get("long_genitive", ""),
        weight=row["weight"],
        person=row.get("person", False),
        countries=tuple(row.get("countries", ())),
        basis=row.get("basis", ""),
        basis_genitive=row.get("basis_genitive", ""),
    )


def _city(row: dict[str, Any], addresses: dict[str, tuple[str, ...]]) -> CitySpec:
    return CitySpec(**{**row, "addresses": addresses[row["country"]], "streets": tuple(row["streets"])})


def _trade(row: dict[str, Any], pipelines: tuple[str, ...]) -> TradeSpec:
    return TradeSpec(
        code=row["code"],
        name=row["name"],
        weight=row["weight"],
        forms=tuple(row["forms"]),
        patterns=tuple(row["patterns"]),
        jobs=tuple(row["jobs"]),
        area=(row["area"][0], row["area"][1]),
        orders={pipeline: tuple(_order(order) for order in row[pipeline]) for pipeline in pipelines},
    )


def _order(row: dict[str, Any]) -> OrderSpec:
    items = (item.partition("=") for item in row["items"])
    return OrderSpec(text=row["text"], items=tuple((sku, amount) for sku, _sign, amount in items))
