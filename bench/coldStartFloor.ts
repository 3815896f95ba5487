import {
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';

/** The least that a function which keeps anything in DynamoDB imports: a client and the catalog's five commands. */
export const floor = {
  client: new DynamoDBClient(),
  commands: [GetItemCommand, PutItemCommand, UpdateItemCommand, QueryCommand, BatchWriteItemCommand],
};
