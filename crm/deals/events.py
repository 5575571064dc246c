"""Facts about deals and pipelines. What a deal's next step does is told by `task.*` or `deal.next_step`."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

DEAL_CREATED = declare("deal.created", _l("Deal created"), "deal")
DEAL_CHANGED = declare("deal.changed", _l("Deal changed"), "edit")
DEAL_ASSIGNED = declare("deal.assigned", _l("Manager changed"), "person")
STAGE_CHANGED = declare("deal.stage_changed", _l("Stage changed"), "move")
DEAL_WON = declare("deal.won", _l("Deal won"), "won")
DEAL_LOST = declare("deal.lost", _l("Deal lost"), "lost")
DEAL_REOPENED = declare("deal.reopened", _l("Deal open again"), "undo")
DISCOUNT_ASKED = declare("deal.discount_asked", _l("Discount asked for"), "product")
DISCOUNT_APPROVED = declare("deal.discount_approved", _l("Discount approved"), "check")
DISCOUNT_REFUSED = declare("deal.discount_refused", _l("Discount refused"), "close")
PRICE_LIST_CHOSEN = declare("deal.price_list_chosen", _l("Price list chosen"), "product")
LINES_CHANGED = declare("deal.lines_changed", _l("Products changed"), "product")
CARD_PLACED = declare("deal.placed", _l("Card moved within the stage"), "move")  # on no timeline
STEP_TICKED = declare("deal.step_ticked", _l("Key step done"), "check")
STEP_UNTICKED = declare("deal.step_unticked", _l("Key step not done"), "circle")
NEXT_STEP_SET = declare("deal.next_step", _l("Next step"), "clock")
NEXT_STEP_DONE = declare("deal.next_step_done", _l("Step done"), "check")
NEXT_STEP_RESUMED = declare("deal.next_step_resumed", _l("Step open again"), "undo")
PEOPLE_CHANGED = declare("deal.people_changed", _l("People changed"), "clients")
DEAL_DELETED = declare("deal.deleted", _l("Deal moved to the bin"), "trash")
DEAL_RESTORED = declare("deal.restored", _l("Deal restored"), "undo")
PIPELINE_CHANGED = declare("pipeline.changed", _l("Pipeline changed"), "settings")
