import type { NativeAttributeValue } from '@aws-sdk/lib-dynamodb';
import type { JobFields } from '../core/index.ts';

/** Collects the placeholders of one request. Every attribute is named by one, since many of ours are reserved words. */
export class Placeholders {
  private readonly names: Record<string, string> = {};
  private readonly values: Record<string, NativeAttributeValue> = {};

  nameOf(field: keyof JobFields): string {
    this.names[`#${field}`] = field;
    return `#${field}`;
  }

  valueOf(label: string, value: NativeAttributeValue): string {
    this.values[`:${label}`] = value;
    return `:${label}`;
  }

  /** What goes with the expressions; DynamoDB refuses empty maps. */
  toInput(): {
    ExpressionAttributeNames?: Record<string, string>;
    ExpressionAttributeValues?: Record<string, NativeAttributeValue>;
  } {
    return {
      ...(Object.keys(this.names).length === 0 ? {} : { ExpressionAttributeNames: this.names }),
      ...(Object.keys(this.values).length === 0 ? {} : { ExpressionAttributeValues: this.values }),
    };
  }
}

export function all(conditions: readonly string[]): string {
  return conditions.join(' AND ');
}
