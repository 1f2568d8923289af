import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { keepOutWebPages } from '../http/web-pages.ts';
import { type Gate, toJsonBody, toKeyCalls } from '../iam/index.ts';
import type { SecretPlan } from '../template/plan.ts';
import { findSecret } from './secrets-file.ts';

export interface ServeSecretsOptions {
  readonly gate: Gate;
  readonly region: string;
  readonly accountId: string;
  /** Those of the templates; others may be asked for by their ARNs. */
  readonly secrets: readonly SecretPlan[];
  /** What people call a secret in the file, by its ARN; else it is its name. */
  readonly names: ReadonlyMap<string, string>;
  readonly file: string;
}

/** AWS Secrets Manager on this machine, which knows one action: `GetSecretValue`, from a file of names and values. */
export interface SecretsManager {
  readonly endpoint: string;
  /** Until it is called nobody is answered. */
  serve(options: ServeSecretsOptions): void;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

const failure = (status: number, type: string, message: string): Answer => ({
  status,
  body: { __type: type, message, Message: message },
});

export async function startSecretsManager(): Promise<SecretsManager> {
  let answer = async (_request: IncomingMessage): Promise<Answer> =>
    failure(500, 'InternalServiceError', 'The stack is not ready.');
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answer(request);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  };
  const server = createServer((request, response) => {
    respond(request, response).catch(() => response.destroy());
  });
  keepOutWebPages(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serve: (options) => {
      answer = (request) => answerRequest(request, options);
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answerRequest(request: IncomingMessage, options: ServeSecretsOptions): Promise<Answer> {
  const { headers, url } = request;
  const body = await text(request);
  if (headers['x-amz-target'] !== 'secretsmanager.GetSecretValue') {
    return failure(400, 'UnknownOperationException', 'Only GetSecretValue is known on this machine.');
  }
  const asked = readSecretId(body);
  if (asked === undefined)
    return failure(400, 'ValidationException', 'SecretId must be the name or the ARN of a secret.');
  const { gate, secrets, names, file } = options;
  const secret = secrets.find(({ arn, name }) => arn === asked || name === asked) ?? toForeign(asked, options);

  // Secrets Manager decrypts in the caller's name: AWS KMS Developer Guide, "How AWS Secrets Manager uses AWS KMS".
  const key = { resource: secret.arn, service: 'secretsmanager', actions: ['kms:Decrypt'] };
  const verdict = gate.check({ headers, url }, (plan) => [
    { action: 'secretsmanager:GetSecretValue', resource: secret.arn },
    ...toKeyCalls(key, plan),
  ]);
  if (verdict.kind === 'key-refused') return failure(400, 'AccessDeniedException', 'Access to KMS is not allowed');
  if (verdict.kind !== 'admitted') return { status: 400, body: toJsonBody(verdict) };
  const declared = names.get(secret.arn);
  const found = await findSecret(file, [...(declared === undefined ? [] : [declared]), secret.name, secret.arn]);
  switch (found.kind) {
    case 'found':
      return { status: 200, body: { ARN: secret.arn, Name: secret.name, SecretString: found.value } };
    case 'missing':
      return failure(
        400,
        'ResourceNotFoundException',
        `Secrets Manager can't find the specified secret. ${found.reason}`,
      );
    case 'unreadable':
      return failure(500, 'InternalServiceError', found.reason);
  }
}

function readSecretId(body: string): string | undefined {
  try {
    const { SecretId: id } = JSON.parse(body) as { readonly SecretId?: unknown };
    return typeof id === 'string' && id !== '' ? id : undefined;
  } catch {
    return undefined;
  }
}

/** A secret that no template makes. Its ARN ends in six characters that its name does not have. */
function toForeign(asked: string, { region, accountId }: ServeSecretsOptions): SecretPlan {
  return asked.startsWith('arn:')
    ? {
        arn: asked,
        name: asked
          .split(':')
          .slice(6)
          .join(':')
          .replace(/-\w{6}$/, ''),
      }
    : { arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${asked}-??????`, name: asked };
}
