"""EventBridge Scheduler's context attributes, and a schedule that fires within a second of its time.

MiniStack looks for due schedules every 10 s and hands the target's Input on as it is written
(docs.aws.amazon.com, "Adding context attributes in EventBridge Scheduler").
"""

import uuid
from datetime import datetime, timezone

from ministack.services import eventbridge, scheduler

TICK_SECONDS = 1


def close():
    scheduler._SCHEDULE_TICK_INTERVAL = TICK_SECONDS
    invoke = eventbridge._invoke_target

    def invoke_with_context(target, event, rule, view=None):
        if event.get("Source") == "aws.scheduler" and target.get("Input"):
            target = {**target, "Input": substitute(target["Input"], context(event, rule))}
        return invoke(target, event, rule, view)

    eventbridge._invoke_target = invoke_with_context


def context(event, schedule):
    # A cron expression is due at a full minute, and the tick comes within a second of it.
    due = datetime.fromtimestamp(event["Time"], tz=timezone.utc).replace(second=0)
    return {
        "<aws.scheduler.schedule-arn>": schedule.get("Arn", ""),
        "<aws.scheduler.scheduled-time>": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "<aws.scheduler.execution-id>": str(uuid.uuid4()),
        "<aws.scheduler.attempt-number>": "1",
    }


def substitute(text, attributes):
    for name, value in attributes.items():
        text = text.replace(name, value)
    return text
