import { parseArgs } from 'node:util';
import { HIGHEST_PORT } from '../local/stack/index.ts';
import { toUsageError, UsageError } from './errors.ts';

const DEFAULT_PORT = 4100;
const DEFAULT_DATA = '.local';

export const DEV_USAGE = `Usage: async-endpoints dev [--port ${DEFAULT_PORT}] [--data ${DEFAULT_DATA} | --memory] [--json]

Synthesizes the CDK app of this directory and runs its stack on this machine, on 127.0.0.1 only.

  --port N    port of the HTTP API; DynamoDB, SQS and S3 take N+2 to N+4; 0 takes free ports (default ${DEFAULT_PORT})
  --data DIR  where jobs are kept over a restart (default ${DEFAULT_DATA})
  --memory    keep nothing
  --json      print one line of JSON when ready; every log line on standard error is a JSON object
  --help      print this

Ctrl-C stops: running jobs are told by their signal and have ten seconds to end. A second Ctrl-C stops at once.`;

export type DevArguments =
  | { readonly help: true }
  | { readonly help: false; readonly port: number; readonly data: string | undefined; readonly json: boolean };

/** Throws {@link UsageError}. A leading `--` is accepted, as in `npm start -- -- --json`. */
export function parseDevArguments(args: readonly string[]): DevArguments {
  const { port, data, memory, json, help } = parse(args[0] === '--' ? args.slice(1) : args);
  if (help) {
    return { help: true };
  }
  if (memory && data !== undefined) {
    throw new UsageError('--memory keeps nothing and --data keeps everything: give one of them.');
  }
  if (data === '') {
    throw new UsageError('Expected a directory after --data.');
  }
  return { help: false, port: parsePort(port), data: memory ? undefined : (data ?? DEFAULT_DATA), json };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        data: { type: 'string' },
        memory: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return values;
  } catch (error) {
    throw toUsageError(error);
  }
}

function parsePort(text: string | undefined): number {
  const port = text === undefined ? DEFAULT_PORT : Number(text);
  // By its text: a number may also be written as 1e3, 0x10 or with a space before it, and nobody means that.
  if ((text !== undefined && !/^\d+$/.test(text)) || port > HIGHEST_PORT) {
    throw new UsageError(`Expected --port to be a whole number from 0 to ${HIGHEST_PORT}, got "${text}".`);
  }
  return port;
}
