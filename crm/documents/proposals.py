"""The genitive of a signatory as a proposal, with the reasons why somebody should read it."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from crm.documents.words.genitive import full_name_genitive
from crm.documents.words.titles import basis_genitive, job_genitive

DOUBTS = {
    "no_patronymic": _l("there is no patronymic, so the gender is a guess"),
    "gender": _l("the gender is not clear"),
    "double": _l("the surname is double"),
    "falling_vowel": _l("a vowel of the surname may fall out"),
    "noun_or_surname": _l("the surname looks like an ordinary word"),
    "foreign": _l("the name may be one that does not change"),
}


@dataclass(frozen=True)
class Proposed:
    """Three texts in the genitive and the doubts about the name."""

    name: str
    job: str
    basis: str
    doubts: tuple[object, ...]

    def values(self) -> dict[str, str]:
        """By the columns that keep them."""
        return {"signatory_name_genitive": self.name, "signatory_job_genitive": self.job,
                "signatory_basis_genitive": self.basis}


def genitive(*, name: str, job: str, basis: str) -> Proposed:
    """Propose; nothing typed gives nothing."""
    found = full_name_genitive(name)
    return Proposed(found.text, job_genitive(job), basis_genitive(basis),
                    tuple(DOUBTS[code] for code in found.doubts if code in DOUBTS))
