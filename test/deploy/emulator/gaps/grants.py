"""What AWS's own services need before they act for a deployment, and MiniStack lets them do unasked: a schedule's role
to invoke its target, a function's role to read its event source and to write its log, a rule to invoke a function, an
alarm to publish to its topic. What is not granted does not happen, and the log says so.
"""

import logging

from ministack.core.iam_evaluator import EvalContext, _gather_role_policies, evaluate, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch, eventbridge, lambda_svc, sns
from ministack.services.cloudformation import provisioners

logger = logging.getLogger("grants")

READS = {
    "sqs": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
    "dynamodb": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
}


def close():
    eventbridge._invoke_target = invoking(eventbridge._invoke_target)
    lambda_svc._emit_lambda_logs = logging_to_group(lambda_svc._emit_lambda_logs)
    cloudwatch._dispatch_alarm_actions = notifying(cloudwatch._dispatch_alarm_actions)
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Lambda::EventSourceMapping"]
    handlers["create"] = mapping(handlers["create"])


def invoking(invoke):
    def invoke_if_granted(target, event, rule, view=None):
        arn = target.get("Arn", "")
        if event.get("Source") == "aws.scheduler":
            granted = role_may(target["RoleArn"], "lambda:InvokeFunction", arn)
        else:
            granted = ":lambda:" not in arn or rule_may_invoke(rule.get("Arn", ""), arn)
        return invoke(target, event, rule, view) if granted else denied(rule.get("Name"), "invoke", arn)

    return invoke_if_granted


def logging_to_group(emit):
    def emit_if_granted(func, *args, **kwargs):
        config = func.get("config") or func
        group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{config['FunctionName']}"
        stream = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}:log-stream:any"
        if all(role_may(config["Role"], f"logs:{action}", stream) for action in ("CreateLogStream", "PutLogEvents")):
            return emit(func, *args, **kwargs)
        return denied(config["FunctionName"], "write to", group)

    return emit_if_granted


def notifying(dispatch):
    def dispatch_if_granted(alarm, old_state, new_state, reason):
        for topic in {*alarm.get("AlarmActions", []), *alarm.get("OKActions", [])}:
            if not sns.topic_policy_allows(topic, "cloudwatch.amazonaws.com", alarm["AlarmArn"], get_account_id()):
                return denied(alarm["AlarmName"], "publish to", topic)
        return dispatch(alarm, old_state, new_state, reason)

    return dispatch_if_granted


def mapping(create):
    def create_if_granted(logical_id, props, stack_name):
        source = props["EventSourceArn"]
        func = provisioners._lambda_function_for_cfn_ref(props["FunctionName"])[0]
        for action in READS[source.split(":")[2]]:
            if not role_may(func["config"]["Role"], action, source):
                raise ValueError(f"the role of {props['FunctionName']} may not {action} on {source}")
        return create(logical_id, props, stack_name)

    return create_if_granted


def role_may(role, action, resource):
    account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
    session = f"arn:aws:sts::{account}:assumed-role/{name}/service"
    context = EvalContext(principal_arn=session, principal_type="AssumedRole", principal_account=account,
                          action=action, resource_arn=resource, region=get_region())
    return evaluate(context, _gather_role_policies(name, account)).decision == "Allow"


def rule_may_invoke(rule, function):
    func = lambda_svc._get_func_record_for_ref(function)[0] or {}
    source = {"aws:sourcearn": rule, "aws:sourceaccount": get_account_id()}
    context = EvalContext(principal_arn="*", principal_type="Service", principal_account="",
                          action="lambda:InvokeFunction", resource_arn=function, region=get_region(),
                          service_context=source)
    return evaluate_resource_policy(func.get("policy"), context, service="events.amazonaws.com").decision == "Allow"


def denied(who, what, resource):
    logger.warning("%s may not %s %s", who, what, resource)
