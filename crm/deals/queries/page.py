"""Everything that the page of one deal shows, read once; its fragments run no query."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm.accounts import scope
from crm.accounts.models import User
from crm.catalog import pricing
from crm.clients.models import Channel, Company, Contact
from crm.core import modules, money
from crm.deals import reach, requirements
from crm.deals.models import LOST, OPEN, WON, Deal, DealLine, Stage
from crm.deals.queries import deals as queries
from crm.deals.queries.lines import counts, line_sums, margin, totals
from crm.deals.queries.prices import Chosen, list_of
from crm.firms import queries as firms


@dataclass(frozen=True)
class Row:
    """A line of the deal and what it comes to."""

    line: DealLine
    sum: money.LineSum

    @property
    def margin(self) -> money.Margin | None:
        """What is left of this line; whoever shows it asks first whether the reader may know it."""
        return margin([self.line])

    @property
    def reason(self) -> str:
        """How the price came about, in one line; nothing when it is the product's own."""
        return pricing.reason(self.line.formed, self.line.deal.currency, self.line.unit) if self.line.formed else ""

    @property
    def counts(self) -> bool:
        """Whether it is in the total."""
        return counts(self.line)


@dataclass(frozen=True)
class DealPage:
    """One deal with all its parts for one reader. `next_stage` is the one that it would go to; None for a closed deal."""

    deal: Deal
    reader: User
    stages: Sequence[Stage]
    way: Sequence[queries.Visit]
    ticks: Sequence[queries.Tick]
    missing: Sequence[requirements.Requirement]
    next_stage: Stage | None
    rows: Sequence[Row]
    totals: money.Totals
    people: Sequence[Contact]
    price_list: Chosen | None  # for who may choose another one
    ours: str  # in whose name, for who has several companies
    other_vat: bool  # the lines bear VAT and that company does not, or the other way round

    @property
    def bar(self) -> list[Stage]:
        """What the stage bar shows: the open stages and the end that was reached."""
        return [stage for stage in self.stages if stage.kind == OPEN or stage.id == self.deal.stage_id]

    @property
    def won(self) -> Stage | None:
        """Where won deals go."""
        return next((stage for stage in self.stages if stage.kind == WON), None)

    @property
    def lost(self) -> Stage | None:
        """Where refused deals go."""
        return next((stage for stage in self.stages if stage.kind == LOST), None)

    @property
    def days(self) -> dict[int, int]:
        """Calendar days in each stage, all stays added up."""
        return queries.stage_days(self.way)

    @property
    def days_here(self) -> int:
        """Calendar days since the deal entered its present stage."""
        return queries.days_since(self.deal.stage_since)

    @property
    def late(self) -> bool:
        """Whether the deal stays longer than the stage's norm."""
        norm = self.deal.stage.norm_days
        return self.deal.status == OPEN and norm is not None and self.days_here > norm

    @property
    def margin(self) -> money.Margin | None:
        """What is left of the lines; whoever shows it asks first whether the reader may know it."""
        return margin([row.line for row in self.rows])

    def ways(self, card: Contact | Company) -> list[Channel]:
        """The ways to reach a client of this deal that the reader may know."""
        return reach.ways(self.deal, card, self.reader)

    def channel(self, *kinds: str) -> str | None:
        """The first phone, e-mail or messenger of the client: of the people first, then of the company."""
        cards: list[Contact | Company] = [*self.people, *([self.deal.company] if self.deal.company else [])]
        return next((row.value for card in cards for row in self.ways(card) if row.kind in kinds), None)


def deal_page(deal: Deal, reader: User) -> DealPage:
    """Read the parts of a deal that `access.deal` has opened to the reader."""
    stages = queries.stages_of(deal.pipeline_id)
    after = None
    if deal.status == OPEN:
        ahead = (stage for stage in stages if stage.kind != LOST and stage.position > deal.stage.position)
        after = next(ahead, None)
    sums = line_sums(deal.lines)
    return DealPage(
        deal=deal, reader=reader, stages=stages, way=queries.visits(deal, stages), ticks=queries.checklist(deal),
        missing=requirements.missing(deal, after.requires) if after else (), next_stage=after,
        rows=[Row(line, total) for line, total in zip(deal.lines, sums, strict=True)],
        totals=totals(deal.lines), people=queries.people_of(deal), price_list=list_of(deal) if _chooses(deal, reader) else None,
        ours=firms.label(deal.firm_id), other_vat=firms.several() and _other_vat(deal))


def _chooses(deal: Deal, reader: User) -> bool:
    return ("products.see" in reader.rights and modules.on("products") and deal.deleted_at is None
            and scope.sees(reader, deal.manager_id, "deals.edit"))


def _other_vat(deal: Deal) -> bool:
    taxed = [line.vat_rate is not None for line in deal.lines]
    return any(taxed) if firms.details(deal.firm_id).vat_rate is None else bool(taxed) and not any(taxed)

