import { randomUUID } from 'node:crypto';
import type { BatchGetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';

const KEY = '__proto__';

/** Stands for the key while a map is in the SDK's hands. Nobody can know it, so no other key is taken for it. */
const STAND_IN = `${randomUUID()}${KEY}`;

/**
 * The same command, whose answer keeps every key. The SDK's document client builds maps by assignment, so that a key `__proto__`
 * vanishes, or lends its map what the table does not say: a map in the place of a count reads as a number. So the key is
 * renamed before that conversion, and {@link restoreKey} gives it back.
 */
export function keepingKeys<Command extends BatchGetCommand | UpdateCommand>(command: Command): Command {
  command.middlewareStack.addRelativeTo(renaming, {
    name: 'keepingKeys',
    relation: 'after',
    toMiddleware: 'DocumentUnmarshall',
    // The SDK adds a command's middleware twice.
    override: true,
  });
  return command;
}

function renaming<Request, Answer extends { readonly output: unknown }>(next: (request: Request) => Promise<Answer>) {
  return async (request: Request): Promise<Answer> => {
    const answer = await next(request);
    renameIn(answer.output);
    return answer;
  };
}

/** The key of a map as it is in the table. */
export function restoreKey(key: string): string {
  return key === STAND_IN ? KEY : key;
}

/** Changes maps in place: what the SDK has just read belongs to nobody else. Depth is DynamoDB's, 32 levels. */
function renameIn(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    return;
  }
  if (Object.hasOwn(value, KEY)) {
    const held: unknown = Object.getOwnPropertyDescriptor(value, KEY)?.value;
    Reflect.deleteProperty(value, KEY);
    Object.assign(value, { [STAND_IN]: held });
  }
  for (const part of Object.values(value)) {
    renameIn(part);
  }
}
