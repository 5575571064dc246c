"""Facts about tasks."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

TASK_CREATED = declare("task.created", _l("Task added"), "task")
TASK_CHANGED = declare("task.changed", _l("Task changed"), "task")
TASK_DONE = declare("task.done", _l("Task done"), "check")
TASK_REOPENED = declare("task.reopened", _l("Task open again"), "undo")
TASK_DROPPED = declare("task.dropped", _l("Task taken off: no longer needed"), "close")
TASK_DELETED = declare("task.deleted", _l("Task deleted"), "trash")
