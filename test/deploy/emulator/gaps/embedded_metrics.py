"""Metrics from log lines in CloudWatch's embedded metric format, which MiniStack stores as text
(docs.aws.amazon.com, "Specification: Embedded metric format").
"""

import json
import logging
import time

from ministack.services import cloudwatch, lambda_svc

logger = logging.getLogger("embedded-metrics")


def close():
    emit_logs = lambda_svc._emit_lambda_logs

    def emit_logs_and_metrics(func, request_id, log_text, *args, **kwargs):
        emit_logs(func, request_id, log_text, *args, **kwargs)
        try:
            if sum(store(line) for line in (log_text or "").splitlines()):
                cloudwatch._evaluate_all_alarms()
        except Exception:
            logger.exception("metrics of %s", func.get("config", {}).get("FunctionName"))

    lambda_svc._emit_lambda_logs = emit_logs_and_metrics


def store(line):
    """Stores what a log line measures. Returns how many data points that is."""
    start = line.find('{"')
    if start < 0 or '"_aws"' not in line:
        return 0
    values = json.loads(line[start:])
    stored = 0
    for directive in values["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: str(values[name]) for name in names}
            for metric in directive["Metrics"]:
                cloudwatch._store_datum(directive["Namespace"], metric["Name"], dimensions, time.time(),
                                        metric.get("Unit", "None"), values[metric["Name"]], None, None, None)
                stored += 1
    return stored
