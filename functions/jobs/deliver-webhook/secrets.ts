import { readFile } from 'node:fs/promises';
import { PermanentError } from 'async-endpoints';
import { SecretUnavailableError } from './errors.ts';

/**
 * The value of a secret by its name.
 *
 * @throws PermanentError when there is no such secret, SecretUnavailableError when it cannot be read now
 */
export type ReadSecret = (name: string) => Promise<string>;

/**
 * The deployment's own secrets, and on a developer's machine also those of a file of names and values, read each time: so a
 * webhook can be tried before there is a secret for it.
 */
export const createDevelopersSecrets =
  (arns: Readonly<Record<string, string>>, stored: ReadSecret, file: ReadSecret): ReadSecret =>
  (name) =>
    Object.hasOwn(arns, name) ? stored(name) : file(name);

/** From a file of names and values, read each time: whoever edits it sees the effect at once. */
export function createFileSecrets(path: string): ReadSecret {
  return async (name) => {
    const value = readEntry(await readObject(path), name);
    if (typeof value === 'string' && value !== '') return value;
    throw new PermanentError(`There is no secret "${name}": add it to ${path}, as { "${name}": "value" }.`);
  };
}

async function readObject(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new SecretUnavailableError(`${path} cannot be read: ${String(error)}`, { cause: error });
  }
  try {
    return JSON.parse(text);
  } catch {
    // Not with the parser's message: it quotes the text, which is a secret.
    throw new PermanentError(`${path} is not JSON: expected { "name": "value" }.`);
  }
}

export interface StoredSecretsOptions {
  /** Name → where the secret is. */
  readonly arns: Readonly<Record<string, string>>;
  readonly fetchSecret: (arn: string) => Promise<string>;
  readonly now: () => number;
  /** For so long a value is believed. @default five minutes, after which a rotated secret is in use */
  readonly maxAgeMs?: number;
}

const MAX_AGE_MS = 300_000;

/** From where the deployment keeps them. Failures are not remembered, and the same secret is asked for once at a time. */
export function createStoredSecrets({
  arns,
  fetchSecret,
  now,
  maxAgeMs = MAX_AGE_MS,
}: StoredSecretsOptions): ReadSecret {
  const known = new Map<string, { readonly value: Promise<string>; readonly until: number }>();
  return async (name) => {
    const arn = readEntry(arns, name);
    if (typeof arn !== 'string') {
      throw new PermanentError(
        `This deployment has no secret "${name}": add it to the prop webhooks.secrets of AsyncEndpoints.`,
      );
    }
    const found = known.get(name);
    if (found !== undefined && now() < found.until) return await found.value;
    const entry = { value: fetchSecret(arn), until: now() + maxAgeMs };
    known.set(name, entry);
    try {
      return await entry.value;
    } catch (error) {
      if (known.get(name) === entry) known.delete(name);
      throw error;
    }
  };
}

/** Only what the object itself has: names come from inputs. */
function readEntry(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
