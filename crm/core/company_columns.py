"""Columns that several tables of companies share: who signs, and what documents say of one of ours."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

BANK = ("bank", "bic", "account", "corr_account")


class Signatory:
    """Who signs for a company: a client's or ours."""

    signatory_name: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_job: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_basis: Mapped[str] = mapped_column(sa.String(200), default="")
    # the genitive is proposed, confirmed by a person and never recomputed silently
    signatory_name_genitive: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_job_genitive: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_basis_genitive: Mapped[str] = mapped_column(sa.String(200), default="")


class OwnDetails(Signatory):
    """What documents say of the company in whose name they are made. The columns of the bank are its usual account."""

    name: Mapped[str] = mapped_column(sa.String(200))
    legal_name: Mapped[str] = mapped_column(sa.String(300), default="")
    inn: Mapped[str] = mapped_column(sa.String(20), default="")
    kpp: Mapped[str] = mapped_column(sa.String(9), default="")
    ogrn: Mapped[str] = mapped_column(sa.String(15), default="")
    vat_id: Mapped[str] = mapped_column(sa.String(20), default="")
    address: Mapped[str] = mapped_column(sa.String(400), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    bank: Mapped[str] = mapped_column(sa.String(200), default="")
    bic: Mapped[str] = mapped_column(sa.String(11), default="")
    account: Mapped[str] = mapped_column(sa.String(34), default="")
    corr_account: Mapped[str] = mapped_column(sa.String(20), default="")
    more_accounts: Mapped[list[dict[str, str]]] = mapped_column(sa.JSON, default=list, server_default="[]")  # each with the keys of BANK
    # usual rate in percent; None is without VAT, and written so: SQLAlchemy would put the default in its place
    vat_rate: Mapped[int | None] = mapped_column(sa.Integer().evaluates_none(), default=22)
    vat_ground: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")  # why it is without VAT
    pictures: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict, server_default="{}")  # digests of logo, stamp, signature

    def accounts(self) -> list[dict[str, str]]:
        """All bank accounts, the usual one first."""
        return [{name: getattr(self, name) for name in BANK}, *self.more_accounts]

    def paid_to(self, account: str = "") -> dict[str, str]:
        """The account with this number, else the usual one."""
        found = self.accounts()
        return next((one for one in found if account and one["account"] == account), found[0])
