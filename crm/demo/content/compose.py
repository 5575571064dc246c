"""Client companies and people made out of the material: the same seed gives the same ones, nobody twice."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from crm.demo.content import CitySpec, DemoContent, FormSpec, ProductSpec, Sex, TradeSpec

_ATTEMPTS = 500  # draws before saying that the words do not suffice
_GENDERS = ("m", "f", "n")


class _Weighted(Protocol):
    @property
    def weight(self) -> int: ...


_W = TypeVar("_W", bound=_Weighted)


class NotEnoughWordsError(RuntimeError):
    """More distinct names, phones or addresses were asked for than the word lists can make."""


@dataclass(frozen=True)
class PersonDraft:
    """A person of a client; `company` is the place of theirs in `Clients.companies`."""

    surname: str
    given_name: str
    patronymic: str
    sex: Sex
    job: str
    email: str
    phone: str
    company: int
    needs: str

    @property
    def full_name(self) -> str:
        """Surname, given name and patronymic, as far as the language has them."""
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True)
class CompanyDraft:
    """A client company. `kind` is company or entrepreneur, `trade` the code of a trade, `industry` its name.

    `cleaning` tells whether our crews reach the town. Details with control digits are the caller's to add.
    """

    name: str
    legal_name: str
    kind: str
    trade: str
    industry: str
    country: str
    city: str
    address: str
    website: str
    email: str
    phone: str
    signatory_name: str
    signatory_job: str
    signatory_job_genitive: str
    signatory_basis: str
    signatory_basis_genitive: str
    cleaning: bool


@dataclass(frozen=True)
class Clients:
    """Companies and their people, each person pointing at a company."""

    companies: tuple[CompanyDraft, ...]
    people: tuple[PersonDraft, ...]


@dataclass(frozen=True)
class OrderDraft:
    """A deal's title and its lines: a product and how many of its units."""

    title: str
    lines: tuple[tuple[ProductSpec, int], ...]


@dataclass(frozen=True)
class _Name:
    surname: str
    given_name: str
    patronymic: str
    sex: Sex


def compose(content: DemoContent, *, companies: int = 250, people: int = 400, seed: int = 7) -> Clients:
    """`companies` client companies with at least one person each, `people` (not fewer) in all.

    Raises `NotEnoughWordsError` when the word lists cannot make so many, `ValueError` when `people` is less
    than `companies`.
    """
    if people < companies:
        raise ValueError("every company needs a person: ask for at least as many people as companies")
    return _Composer(content, seed).clients(companies, people)


def order(content: DemoContent, pipeline: str, trade: str, dice: random.Random) -> OrderDraft:
    """What a company of the trade orders in the pipeline: the deal's title and lines that fit it.

    Raises `LookupError` for a trade or a pipeline that the material does not have.
    """
    spec = next((one for one in content.trades if one.code == trade), None)
    if spec is None:
        raise LookupError(trade)
    chosen = dice.choice(spec.orders[pipeline])
    area = _round(dice.randint(*spec.area))
    words = {word: dice.choice(values) for word, values in content.numbers.items()}
    products = {product.sku: product for product in content.products}
    lines = []
    for sku, amount in chosen.items:
        own = _round(dice.randint(*products[sku].quantity))
        lines.append((products[sku], area if amount == "area" else int(amount or own)))
    return OrderDraft(title=chosen.text.format(area=area, **words), lines=tuple(lines))


def _round(number: int) -> int:
    """To two leading digits, as people order: 1 387 as 1 400, 62 as 62."""
    step = 10 ** max(len(str(number)) - 2, 0)
    return round(number / step) * step


def slug(content: DemoContent, text: str) -> str:
    """The text in small Latin letters, digits and dashes, for domains and e-mail addresses."""
    latin = "".join(content.names.letters.get(letter, letter) for letter in text.lower())
    return re.sub(r"[^a-z0-9]+", "-", latin.replace("é", "e")).strip("-")


class _Composer:
    """Draws from the material with one seeded source of chance and remembers what was given out."""

    def __init__(self, content: DemoContent, seed: int) -> None:
        self.content = content
        self.dice = random.Random(f"{content.locale}:{seed}")  # noqa: S311  demo data, nothing secret
        self.taken: set[tuple[str, str]] = set()

    def clients(self, companies: int, people: int) -> Clients:
        made = [self._company() for _place in range(companies)]
        drafts = [self._first_person(place, *one) for place, one in enumerate(made)]
        for place in self.dice.choices(range(companies), k=people - companies):
            company, city, _signatory = made[place]
            drafts.append(self._person(place, company, city))
        return Clients(companies=tuple(one[0] for one in made), people=tuple(drafts))

    def _unique(self, kind: str, draw: Callable[[], str], key: Callable[[str], str] = str) -> str:
        for _attempt in range(_ATTEMPTS):
            found = draw()
            if (kind, key(found)) not in self.taken:
                self.taken.add((kind, key(found)))
                return found
        raise NotEnoughWordsError(kind)

    def _company(self) -> tuple[CompanyDraft, CitySpec, _Name]:
        city = self._weighted(self.content.cities)
        trade = self._weighted([one for one in self.content.trades if self._forms(one, city)])
        form = self._weighted(self._forms(trade, city))
        signatory = self._name()
        core = self._core(self.dice.choice(trade.patterns))
        name, legal_name = self._titles(core, form, signatory)
        domain = self._unique("domain", lambda: self._domain(core)) + ".example"
        job, genitive = self.dice.choice(self.content.directors)
        company = CompanyDraft(
            name=name,
            legal_name=legal_name,
            kind="entrepreneur" if form.person else "company",
            trade=trade.code,
            industry=trade.name,
            country=city.country,
            city=city.name,
            address=self._address(city),
            website=f"https://{domain}",
            email=f"{self.dice.choice(('info', 'office', 'mail'))}@{domain}",
            phone=self._unique("phone", lambda: self._digits(city.phone)),
            signatory_name=self._full(signatory),
            signatory_job=form.long if form.person else job,
            signatory_job_genitive=form.long_genitive if form.person else genitive,
            signatory_basis=form.basis or self.content.our.signatory_basis,
            signatory_basis_genitive=form.basis_genitive or self.content.our.signatory_basis_genitive,
            cleaning=city.cleaning,
        )
        return company, city, signatory

    def _forms(self, trade: TradeSpec, city: CitySpec) -> list[FormSpec]:
        forms = [self.content.forms[code] for code in trade.forms]
        return [form for form in forms if not form.countries or city.country in form.countries]

    def _core(self, pattern: str) -> str:
        parts = self.content.company_parts
        if "{root}" in pattern:
            return self._unique("company", lambda: pattern.format(root=self.dice.choice(parts.roots)))
        return pattern.format(stem=self._unique("company", self._stem))

    def _stem(self) -> str:
        parts = self.content.company_parts
        second = self.dice.choice(parts.second_words)
        first = self.dice.choice(parts.first_words)
        if len(second) == 1:
            return first[0] + second[0]
        return f"{first[_GENDERS.index(second[1])]} {second[0]}"

    def _titles(self, core: str, form: FormSpec, signatory: _Name) -> tuple[str, str]:
        """The name on the card and the name on papers."""
        if self.content.locale != "ru":
            legal = f"{self._full(signatory)} trading as {core}" if form.person else f"{core} {form.short}"
            return core, legal
        if form.person:
            initials = f"{signatory.given_name[0]}. {signatory.patronymic[0]}."
            return f"{form.short} {signatory.surname} {initials}", f"{form.long} {self._full(signatory)}"
        quoted = re.search("«(.+)»", core)
        legal = f"{form.short} «{quoted.group(1) if quoted else core}»"
        return (core if self.dice.random() < 0.5 else legal), legal

    def _domain(self, core: str) -> str:
        quoted = re.search("«(.+)»", core)
        base = slug(self.content, quoted.group(1) if quoted else core)
        return base if ("domain", base) not in self.taken else f"{base}-{self.dice.randint(2, 99)}"

    def _address(self, city: CitySpec) -> str:
        return self.dice.choice(city.addresses).format(
            postcode=self._digits(city.postcode), city=city.name, street=self.dice.choice(city.streets),
            house=self.dice.randint(2, 148), room=self.dice.randint(2, 512))

    def _name(self) -> _Name:
        names = self.content.names

        def draw() -> str:
            place = self.dice.randint(0, 1)
            given = self.dice.choice((names.male, names.female)[place])
            patronymic = self.dice.choice(names.patronymics)[place] if names.patronymics else ""
            return "\n".join((self.dice.choice(names.surnames)[place], given, patronymic, "mf"[place]))

        def initials(drawn: str) -> str:
            surname, given, patronymic, _sex = drawn.split("\n")
            return f"{surname} {given[0]} {patronymic[:1]}"

        # Unique by initials: a sole trader's name on the card has no more than those.
        surname, given_name, patronymic, sex = self._unique("person", draw, initials).split("\n")
        return _Name(surname, given_name, patronymic, "m" if sex == "m" else "f")

    def _full(self, name: _Name) -> str:
        if self.content.locale == "ru":
            return f"{name.surname} {name.given_name} {name.patronymic}"
        return f"{name.given_name} {name.surname}"

    def _first_person(
        self, place: int, company: CompanyDraft, city: CitySpec, signatory: _Name,
    ) -> PersonDraft:
        """The entrepreneur, often the director, else the one who buys."""
        if company.kind == "entrepreneur" or self.dice.random() < 0.4:
            return self._person(place, company, city, signatory, company.signatory_job)
        return self._person(place, company, city)

    def _person(
        self, place: int, company: CompanyDraft, city: CitySpec, name: _Name | None = None, job: str = "",
    ) -> PersonDraft:
        name = name or self._name()
        trade = next(one for one in self.content.trades if one.code == company.trade)
        domain = company.email.split("@")[1]
        shapes = self.content.names.mobiles or (city.phone,)
        return PersonDraft(
            surname=name.surname,
            given_name=name.given_name,
            patronymic=name.patronymic,
            sex=name.sex,
            job=job or self.dice.choice(trade.jobs if self.dice.random() < 0.6 else self.content.jobs),
            email=self._unique("email", lambda: f"{self._login(name)}@{domain}"),
            phone=self._unique("phone", lambda: self._digits(self.dice.choice(shapes))),
            company=place,
            needs=self.dice.choice(self.content.needs) if self.dice.random() < 0.3 else "",
        )

    def _login(self, name: _Name) -> str:
        given, surname = slug(self.content, name.given_name), slug(self.content, name.surname)
        return self.dice.choice((f"{given[0]}.{surname}", f"{given}.{surname}", f"{surname}.{given[0]}"))

    def _digits(self, shape: str) -> str:
        return "".join(str(self.dice.randint(0, 9)) if sign == "#" else sign for sign in shape)

    def _weighted(self, items: Sequence[_W]) -> _W:
        return self.dice.choices(items, weights=[one.weight for one in items])[0]
