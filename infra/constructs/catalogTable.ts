import { RemovalPolicy } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  type ITableV2,
  ProjectionType,
  StreamViewType,
  TableV2,
  type WarmThroughput,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { INDEXES, TABLE } from '../../shared/catalog/table.ts';
import type { Stage } from '../stage.ts';

/** The one table of all apps: made by the stack, unless the stage names one that exists already. */
export function catalogTable(scope: Construct, id: string, stage: Stage): ITableV2 {
  const { existingTable } = stage;
  // The library's declarations do not tell an absent property from an undefined one.
  if (existingTable === undefined) return new CatalogTable(scope, id, stage) as ITableV2;
  const [tableArn = ''] = existingTable.split('/stream/');
  return TableV2.fromTableAttributes(scope, id, { tableArn, tableStreamArn: existingTable });
}

/** A table as shared/catalog/table.ts describes it. Its stream tells of every change. */
class CatalogTable extends TableV2 {
  constructor(scope: Construct, id: string, { deletionProtection, warmThroughput }: Stage) {
    super(scope, id, {
      ...keysOf(TABLE),
      globalSecondaryIndexes: INDEXES.map((index) => ({
        indexName: index.name,
        ...keysOf(index),
        projectionType: ProjectionType[index.projection],
      })),
      timeToLiveAttribute: TABLE.ttl,
      billing: Billing.onDemand(),
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      ...(warmThroughput && { warmThroughput: warmThroughput as WarmThroughput }),
      deletionProtection,
      removalPolicy: deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
  }
}

function keysOf({ partitionKey, sortKey }: { partitionKey: string; sortKey: string }) {
  return {
    partitionKey: { name: partitionKey, type: AttributeType.STRING },
    sortKey: { name: sortKey, type: AttributeType.STRING },
  };
}
