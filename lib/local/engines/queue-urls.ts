const DEFAULT_REGION = 'us-east-1';

/** `Credential=<key>/<day>/<region>/…` in the header of a signed request. */
const CREDENTIAL_REGION = /Credential=[^/\s]+\/\d{8}\/([^/\s]+)\//;

/**
 * fauxqs files queues under URLs whose host names a region and resolves nowhere: `http://sqs.<region>.localhost/…`.
 * Callers get the address that really listens instead, and what they send is translated back.
 */
export class QueueUrls {
  /** Without a port, so that the internal URLs stay the same whichever port listens. */
  static readonly INTERNAL_HOST = 'localhost';

  private externalOrigin = '';

  listenAt(port: number): void {
    this.externalOrigin = `http://127.0.0.1:${port}`;
  }

  /** Changes the request's queue URL in place, whatever host the caller has put into it. */
  toInternal(body: unknown, authorization: string | undefined): void {
    if (isRecord(body) && typeof body['QueueUrl'] === 'string' && URL.canParse(body['QueueUrl'])) {
      const region = CREDENTIAL_REGION.exec(authorization ?? '')?.[1] ?? DEFAULT_REGION;
      body['QueueUrl'] = `http://sqs.${region}.localhost${new URL(body['QueueUrl']).pathname}`;
    }
  }

  /** Changes the answer's queue URLs in place. */
  toExternal(payload: unknown): void {
    if (!isRecord(payload)) {
      return;
    }
    if (typeof payload['QueueUrl'] === 'string') {
      payload['QueueUrl'] = this.translate(payload['QueueUrl']);
    }
    if (Array.isArray(payload['QueueUrls'])) {
      payload['QueueUrls'] = payload['QueueUrls'].map((url) => this.translate(String(url)));
    }
  }

  private translate(internal: string): string {
    return this.externalOrigin + new URL(internal).pathname;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
