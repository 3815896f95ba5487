"""What MiniStack leaves out when it evaluates policies (AUTH=true).

dynamodb:LeadingKeys, the partition keys that a request names, is what confines a function to the items of its app
(docs.aws.amazon.com, "Using IAM policy conditions for fine-grained access control"). aws:ResourceAccount is what the
CDK's bootstrapped roles confine themselves by; everything here belongs to the caller's account. The loopback
interface counts as TLS (aws:SecureTransport), which queues, topics and the asset bucket insist on. A batch call of SQS
needs the permission of the single one (docs.aws.amazon.com, "Amazon SQS API permissions"). And ExecuteStatement and
BatchExecuteStatement are no actions of IAM: each statement needs the permission of its kind on its own table
(docs.aws.amazon.com, "IAM security policies with PartiQL for DynamoDB").
"""

import json
import re

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import get_account_id
from ministack.services import dynamodb


BATCHES = {f"sqs:{name}Batch": f"sqs:{name}" for name in ("SendMessage", "DeleteMessage", "ChangeMessageVisibility")}

STATEMENTS = {"SELECT": "PartiQLSelect", "INSERT": "PartiQLInsert", "UPDATE": "PartiQLUpdate", "DELETE": "PartiQLDelete"}


def close():
    context_of, enforce = iam_actions.dynamodb_service_context, iam_evaluator.enforce
    checks_of = iam_actions.dynamodb_transaction_checks

    def context_with_keys(body):
        context = context_of(body)
        keys = leading_keys(json.loads(body or b"{}"))
        return {**context, "dynamodb:LeadingKeys": keys} if keys else context

    def enforce_as_aws(access_key, action, service, region, resource_arn="*", service_context=None):
        context = {"aws:ResourceAccount": get_account_id(), **(service_context or {})}
        return enforce(access_key, BATCHES.get(action, action), service, region, resource_arn, context)

    def checks_with_statements(action, body, region, account_id):
        if action not in ("dynamodb:ExecuteStatement", "dynamodb:BatchExecuteStatement"):
            return checks_of(action, body, region, account_id)
        arn = f"arn:aws:dynamodb:{region}:{account_id}:table/"
        return [(f"dynamodb:{STATEMENTS[one['op']]}", arn + one["table"]) for one in statements(json.loads(body))]

    iam_actions.dynamodb_service_context = context_with_keys
    iam_actions.dynamodb_transaction_checks = checks_with_statements
    iam_evaluator.enforce = enforce_as_aws
    iam_evaluator._request_origin = OverTls(iam_evaluator._request_origin)


class OverTls:
    """Stands for the variable that holds a request's address and whether it came over TLS."""

    def __init__(self, origin):
        self.set, self.reset, self._origin = origin.set, origin.reset, origin

    def get(self):
        return self._origin.get()[0], True


def leading_keys(request):
    """Values of the partition keys that a request on one table or index names."""
    batches = request.get("RequestItems") or {}
    keyed = [(table, {}, item) for table, items in batches.items() for item in batch_items(items)]
    # Of other statements than INSERT no item is known: they count as naming no key. No function makes any.
    keyed += [(one["table"], {}, one.get("item") or {}) for one in statements(request)]
    name = request.get("TableName")
    if name and (item := request.get("Key") or request.get("Item")):
        keyed.append((name, request, item))
    if name and request.get("KeyConditionExpression"):
        return queried(name, request)
    return [value for table, asked, item in keyed if (value := text(item.get(partition_key(table, asked))))]


def statements(request):
    """A request's statements, as MiniStack reads them; one that it cannot read is refused by itself."""
    asked_for = request.get("Statements") or ([request] if request.get("Statement") else [])
    return [one for asked in asked_for if (one := parsed(asked))]


def parsed(asked):
    try:
        return dynamodb._parse_partiql(asked.get("Statement", ""), asked.get("Parameters") or [])
    except ValueError:
        return None


def batch_items(items):
    if isinstance(items, dict):
        return items.get("Keys", [])
    return [one["PutRequest"]["Item"] if "PutRequest" in one else one["DeleteRequest"]["Key"] for one in items]


def queried(table, request):
    names = request.get("ExpressionAttributeNames") or {}
    values = request.get("ExpressionAttributeValues") or {}
    equalities = re.findall(r"([#\w-]+)\s*=\s*(:\w+)", request["KeyConditionExpression"])
    key = partition_key(table, request)
    return [text(values.get(value)) for name, value in equalities if names.get(name, name) == key]


def partition_key(table, request):
    description = dynamodb._tables.get(table.rsplit("/", 1)[-1]) or {}
    schema = description.get("KeySchema") or []
    for index in description.get("GlobalSecondaryIndexes") or []:
        if index["IndexName"] == request.get("IndexName"):
            schema = index["KeySchema"]
    return next((one["AttributeName"] for one in schema if one["KeyType"] == "HASH"), None)


def text(value):
    return str(next(iter(value.values()))) if value else None
