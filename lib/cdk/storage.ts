import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { TABLE } from '../core/names.ts';
import type { Settings } from './settings.ts';

export interface JobsTable {
  readonly table: Table;
  readonly indexArn: string;
}

/**
 * The jobs table: the only truth, so it is backed up continuously and outlives its stack. Encrypted with a key that AWS
 * owns, which costs nothing and needs no permission of its own, unless the props name another one.
 */
export function createStorage(scope: Construct, settings: Settings): JobsTable {
  const { encryptionKey } = settings;
  const table = new Table(scope, 'Table', {
    partitionKey: { name: TABLE.partitionKey, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: TABLE.timeToLive,
    ...(encryptionKey === undefined
      ? { encryption: TableEncryption.DEFAULT }
      : { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }),
    removalPolicy: settings.removalPolicy,
    deletionProtection: settings.deletionProtection,
  });
  table.addGlobalSecondaryIndex({
    indexName: TABLE.indexName,
    partitionKey: { name: TABLE.indexPartitionKey, type: AttributeType.STRING },
    sortKey: { name: TABLE.indexSortKey, type: AttributeType.NUMBER },
    // Keys only: the index proposes, a consistent read of the table decides, and a claim costs no index write.
    projectionType: ProjectionType.KEYS_ONLY,
  });
  return { table, indexArn: `${table.tableArn}/index/${TABLE.indexName}` };
}
