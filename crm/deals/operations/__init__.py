"""Writes about deals, their lines, steps and pipelines."""

from crm.deals.operations.approvals import approve_discount, refuse_discount
from crm.deals.operations.arriving import arrive, come_to
from crm.deals.operations.choices import choose, toggle
from crm.deals.operations.deals import (
    create_deal,
    delete_deal,
    enter_stage,
    first_stage,
    restore_deal,
    set_people,
    top_rank,
    touch,
    update_deal,
)
from crm.deals.operations.errors import DealError
from crm.deals.operations.lines import (
    LineInput,
    add_line,
    change_line,
    remove_line,
    reprice_line,
    set_lines,
)
from crm.deals.operations.moves import (
    Answers,
    Loss,
    LossUnexplained,
    MissingForStage,
    MoveConflict,
    move_deal,
)
from crm.deals.operations.pipelines import (
    add_reason,
    add_stage,
    archive_pipeline,
    create_pipeline,
    remove_reason,
    remove_stage,
    rename_pipeline,
    rename_reason,
    set_usual_firm,
    shift_stage,
    update_stage,
)
from crm.deals.operations.price_lists import choose_list
from crm.deals.operations.steps import finish_step, plan_step, resume_step, set_next_step, tick_step
from crm.deals.operations.taxes import set_vat

__all__ = [
    "Answers",
    "DealError",
    "LineInput",
    "Loss",
    "LossUnexplained",
    "MissingForStage",
    "MoveConflict",
    "add_line",
    "add_reason",
    "add_stage",
    "approve_discount",
    "archive_pipeline",
    "arrive",
    "change_line",
    "choose",
    "choose_list",
    "come_to",
    "create_deal",
    "create_pipeline",
    "delete_deal",
    "enter_stage",
    "finish_step",
    "first_stage",
    "move_deal",
    "plan_step",
    "refuse_discount",
    "remove_line",
    "remove_reason",
    "remove_stage",
    "rename_pipeline",
    "rename_reason",
    "reprice_line",
    "restore_deal",
    "resume_step",
    "set_lines",
    "set_next_step",
    "set_people",
    "set_usual_firm",
    "set_vat",
    "shift_stage",
    "tick_step",
    "toggle",
    "top_rank",
    "touch",
    "update_deal",
    "update_stage",
]
