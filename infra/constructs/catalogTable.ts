import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, Billing, ProjectionType, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { INDEXES, TABLE } from '../../shared/catalog/table.ts';
import { StageError } from '../checkStage.ts';
import type { Stage } from '../stage.ts';

/** The one table of all apps, as shared/catalog/table.ts describes it. Its stream tells of every change. */
export class CatalogTable extends TableV2 {
  constructor(scope: Construct, id: string, { deletionProtection }: Stage) {
    super(scope, id, {
      ...keysOf(TABLE),
      globalSecondaryIndexes: INDEXES.slice(0, indexesWanted(scope)).map((index) => ({
        indexName: index.name,
        ...keysOf(index),
        projectionType: ProjectionType[index.projection],
      })),
      timeToLiveAttribute: TABLE.ttl,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      deletionProtection,
      removalPolicy: deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}

/**
 * How many indexes the table is to have, `-c indexes=N`: CloudFormation adds one at a time to a table that is there
 * (docs.aws.amazon.com, AWS::DynamoDB::GlobalTable). Default all of them.
 */
function indexesWanted(scope: Construct): number {
  const wanted = scope.node.tryGetContext('indexes') as string | number | undefined;
  const number = Number(wanted ?? INDEXES.length);
  if (Number.isInteger(number) && number >= 2 && number <= INDEXES.length) return number;
  throw new StageError(`-c indexes=${wanted}: it must be a whole number from 2 to ${INDEXES.length}`);
}

function keysOf({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) {
  return {
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    sortKey: { name: sortKey, type: AttributeType.STRING },
  };
}
