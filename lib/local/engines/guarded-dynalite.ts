import type { IncomingMessage, Server } from 'node:http';
import { type Gate, toDynamoDbCalls, toJsonBody } from '../iam/index.ts';
import type { ValidationsModule } from './dynalite.ts';

/** What dynalite catches and answers with. */
class RefusedByGate extends Error {
  readonly code = 'refused-by-gate';
  readonly statusCode = 400;
  readonly body: object;

  constructor(body: object) {
    super('refused');
    this.name = 'RefusedByGate';
    this.body = body;
  }
}

/**
 * Lets dynalite ask the gate about each request. It asks where dynalite has parsed the body and is about to validate it, which
 * is where DynamoDB asks too, so that nothing is read or parsed twice. dynalite parses and validates in one turn, at the end of
 * a request's body, and calls the validation through the module's exports: so the request is the one that has just ended.
 */
export function guardDynalite(server: Server, validations: ValidationsModule, gate: Gate): void {
  let current: IncomingMessage | undefined;
  server.prependListener('request', (request: IncomingMessage) => {
    request.once('end', () => {
      current = request;
    });
  });
  // dynalite throws the error of a request whose client went away or broke off its body, which would end the process.
  server.on('request', (request: IncomingMessage) => {
    request.removeAllListeners('error');
    request.on('error', () => request.destroy());
  });
  const { checkTypes } = validations;
  validations.checkTypes = (data, types) => {
    const { headers = {}, url } = current ?? {};
    const operation = String(headers['x-amz-target']).split('.')[1] ?? '';
    const verdict = gate.check({ headers, url }, (plan) => toDynamoDbCalls(operation, data, plan));
    if (verdict.kind !== 'admitted') throw new RefusedByGate(toJsonBody(verdict));
    return checkTypes(data, types);
  };
}
