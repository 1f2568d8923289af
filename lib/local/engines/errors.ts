import type { EngineFailureReason } from './engine-messages.ts';

/** What an engine's process says of itself, or, in a `crash-loop`, can no longer say. */
type EngineErrorCode = EngineFailureReason | 'crash-loop';

/** An engine's process does not start, or does not stay. `port` comes with `port-in-use`. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;
  readonly port: number | undefined;

  constructor(engine: string, code: EngineErrorCode, detail: string, port?: number) {
    super(`${engine}: ${detail}`);
    this.name = 'EngineError';
    this.code = code;
    this.port = port;
  }
}

/** An engine refuses a request. `type` is the service's own name for the error, such as `ResourceNotFoundException`. */
export class EngineRequestError extends Error {
  readonly code = 'engine-request-failed';
  readonly type: string;

  constructor(target: string, type: string, message: string) {
    super(`${target}: ${type}${message === '' ? '' : `, ${message}`}`);
    this.name = 'EngineRequestError';
    this.type = type;
  }
}
