"""Forms of the pipelines page."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from crm.core.forms import DecimalInput, Filled, Form, IdField, Line, Text, Ticks
from crm.deals.arrivals import ARRIVALS
from crm.deals.models import LOST, OPEN, WON, Stage
from crm.deals.requirements import REQUIREMENTS

KINDS = ((OPEN, _l("Open")), (WON, _l("Won")), (LOST, _l("Lost")))


class AddPipelineForm(Form):
    """Which ready pipeline to add."""

    kind = SelectField(_l("Kind of business"))


class NameForm(Form):
    """A name."""

    name = Line(_l("Name"), [Filled(_l("Type a name."))], limit=120)


class UsualFirmForm(Form):
    """The company of ours that deals of a pipeline are usually made with."""

    firm_id = SelectField(_l("Usually in the name of"))


class NewStageForm(NameForm):
    """A stage to add."""

    kind = SelectField(_l("What it means"), choices=list(KINDS))


class NewReasonForm(NameForm):
    """A reason of refusal to add, beneath another or on the first level."""

    parent_id = IdField()


class StageForm(Form):
    """What a stage asks of people and how it is reckoned. Key steps are typed one in a line, 'role: step'."""

    name = Line(_l("Name"), [Filled(_l("Type a name."))], limit=120)
    task = Text(_l("Task of the stage"), limit=2000, description=_l("What to do at this stage."))
    result = Text(_l("Result"), limit=2000, description=_l("What you have when the stage is done."))
    steps = Text(_l("Key steps"), limit=8000,
                 description=_l("One per line; you can start a line with a role and a colon."))
    probability = DecimalInput(_l("Probability of a sale"), low=0, high=100, places=0)
    norm_days = DecimalInput(_l("Time limit, days"), low=0, high=3650, places=0,
                             description=_l("A deal that stays longer is marked. Leave empty for no limit."))
    requires = Ticks(_l("What a deal must have to enter the stage"), choices=[(code, one.label) for code, one in REQUIREMENTS.items()])

    arrives_on = SelectField(_l("A deal comes here by itself when"), choices=[("", _l("never by itself")), *ARRIVALS.items()])

    def fields(self) -> dict[str, Any]:
        """The stage's columns as operations want them."""
        norm = self.norm_days.data
        return {"name": self.name.data or "", "task": self.task.data or "", "result": self.result.data or "",
                "probability": int(self.probability.data or 0),
                "norm_days": None if norm is None else int(norm), "arrives_on": self.arrives_on.data or "",
                "requires": [code for code in REQUIREMENTS if code in (self.requires.data or ())]}

    def step_pairs(self) -> list[tuple[str, str]]:
        """The typed key steps as (role, text); a colon within the first few words ends the role."""
        pairs = []
        for line in (self.steps.data or "").splitlines():
            role, colon, text = line.partition(":")
            if colon and text.strip() and len(role.split()) <= 3:
                pairs.append((role.strip()[:60], text.strip()[:400]))
            elif line.strip():
                pairs.append(("", line.strip()[:400]))
        return pairs


def shown_stage(stage: Stage) -> dict[str, Any]:
    """A stage as the form shows it."""
    steps = "\n".join(f"{step.role}: {step.text}" if step.role else step.text for step in stage.steps)
    return {"name": stage.name, "task": stage.task, "result": stage.result, "steps": steps,
            "probability": stage.probability, "norm_days": stage.norm_days, "requires": stage.requires,
            "arrives_on": stage.arrives_on}
