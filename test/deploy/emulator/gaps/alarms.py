"""Alarms that mind their dimensions, and alarms on metric math.

MiniStack feeds an alarm with every metric of the alarm's name and namespace, so that an alarm of one app would go off
by what happens in another. Its CloudFormation refuses alarms on metric math; here they are created and stay silent.
"""

import time

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

# No metric has this name, so an alarm on it is never evaluated.
UNMEASURED = {"Namespace": "metric math", "MetricName": "metric math", "Dimensions": []}


def close():
    evaluate, record_of = cloudwatch._evaluate_alarm, provisioners._cw_metric_alarm_record

    def evaluate_if_measured(alarm):
        if measured(alarm):
            evaluate(alarm)

    def record_without_math(name, props):
        if not props.get("Metrics"):
            return record_of(name, props)
        return record_of(name, {**props, "Metrics": None, **UNMEASURED})

    cloudwatch._evaluate_alarm = evaluate_if_measured
    provisioners._cw_metric_alarm_record = record_without_math


def measured(alarm):
    """Whether the alarm's own metric, of its own dimensions, has a data point in the alarm's window."""
    dimensions = {one["Name"]: one["Value"] for one in alarm.get("Dimensions") or []}
    key = (alarm.get("Namespace"), alarm.get("MetricName"), cloudwatch._dims_key(dimensions))
    since = time.time() - alarm.get("Period", 60) * alarm.get("EvaluationPeriods", 1)
    return any(point["Timestamp"] >= since for point in cloudwatch._metrics.get(key) or [])
