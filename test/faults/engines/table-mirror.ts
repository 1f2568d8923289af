import { type NativeAttributeValue, NumberValue } from '@aws-sdk/lib-dynamodb';
import { decodeItem } from '../../../lib/dynamodb/item.ts';
import type { JobRecord } from '../../../lib/memory/index.ts';
import type { Send, WireAnswer, WireRequest } from '../proxy/fault-proxy.ts';

/** One value in DynamoDB's JSON. */
type WireValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly WireValue[] }
  | { readonly M: WireItem };
type WireItem = Readonly<Record<string, WireValue>>;

/** Told of each item that the engine has written, in the order in which it did. */
export type OnItem = (record: JobRecord, request: WireRequest) => void;

/**
 * Sees every write that the engine carries out, whether its answer gets home or not. Writes of one item wait for each other, so
 * that they are seen in their order; the engine is asked for the whole item, which the client gets only if it asked for it.
 */
export class TableMirror {
  private readonly onItem: OnItem;
  private readonly last = new Map<string, Promise<unknown>>();

  constructor(onItem: OnItem) {
    this.onItem = onItem;
  }

  async exchange(request: WireRequest, send: Send): Promise<WireAnswer> {
    switch (request.operation) {
      case 'PutItem': {
        const { Item: item = {} } = JSON.parse(request.body) as { readonly Item?: WireItem };
        return await this.inTurn(item['id'], async () => {
          const answer = await send(request);
          if (answer.status === 200) this.tell(item, request);
          return answer;
        });
      }
      case 'UpdateItem': {
        const asked = JSON.parse(request.body) as { readonly Key: WireItem; readonly ReturnValues?: string };
        const body = JSON.stringify({ ...asked, ReturnValues: 'ALL_NEW' });
        return await this.inTurn(asked.Key['id'], async () => {
          const answer = await send({ ...request, body });
          if (answer.status !== 200) return answer;
          const { Attributes: item = {}, ...rest } = JSON.parse(answer.body) as { readonly Attributes?: WireItem };
          this.tell(item, request);
          return asked.ReturnValues === undefined ? { ...answer, body: JSON.stringify(rest) } : answer;
        });
      }
      default:
        return await send(request);
    }
  }

  private tell(item: WireItem, request: WireRequest): void {
    this.onItem(decodeItem(toNative(item)), request);
  }

  private async inTurn(id: WireValue | undefined, act: () => Promise<WireAnswer>): Promise<WireAnswer> {
    const key = JSON.stringify(id);
    const turn = (this.last.get(key) ?? Promise.resolve()).then(act, act);
    this.last.set(key, turn);
    return await turn;
  }
}

const toNative = (item: WireItem): Record<string, NativeAttributeValue> =>
  Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toNativeValue(value)]));

/** As the document client of the product reads it. */
function toNativeValue(value: WireValue): NativeAttributeValue {
  if ('S' in value) return value.S;
  if ('N' in value) return NumberValue.from(value.N);
  if ('B' in value) return new Uint8Array(Buffer.from(value.B, 'base64'));
  if ('BOOL' in value) return value.BOOL;
  if ('L' in value) return value.L.map(toNativeValue);
  return 'M' in value ? toNative(value.M) : null;
}
