import type { Principal } from './evaluate.ts';
import type { AccessPlan, Session } from './policy.ts';

/** The key of the person at this machine, who may do everything, as the administrator of an account. */
export const ADMINISTRATOR_KEY = 'local';

export type Caller =
  | { readonly kind: 'administrator' }
  | { readonly kind: 'principal'; readonly principal: Principal }
  /** The key exists nowhere, or its token is another one. */
  | { readonly kind: 'unknown' }
  /** Nobody has signed the request. */
  | { readonly kind: 'anonymous' };

/** What of a request says who has signed it. Header names in small letters, as Node gives them. */
export interface SignedRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly url?: string | undefined;
}

const CREDENTIAL_IN_HEADER = /Credential=([^/\s,]+)\//;
const CREDENTIAL_IN_QUERY = /[?&]X-Amz-Credential=([^/&%]+)/;
const TOKEN_IN_QUERY = /[?&]X-Amz-Security-Token=([^&]+)/;

export const principalOf = ({ arn, roleArn }: Session): Principal => ({ kind: 'role', arn, roleArn });

/** Tells callers apart by their access keys. A key of a session is worth nothing without the session's token, as on AWS. */
export class Callers {
  private readonly sessions: ReadonlyMap<string, { readonly token: string; readonly caller: Caller }>;

  constructor({ sessions }: Pick<AccessPlan, 'sessions'>) {
    this.sessions = new Map(
      sessions.map((session) => [
        session.accessKeyId,
        { token: session.sessionToken, caller: { kind: 'principal', principal: principalOf(session) } },
      ]),
    );
  }

  identify({ headers, url = '' }: SignedRequest): Caller {
    const { authorization } = headers;
    const inHeader = CREDENTIAL_IN_HEADER.exec(String(authorization ?? ''))?.[1];
    const key = inHeader ?? CREDENTIAL_IN_QUERY.exec(url)?.[1];
    if (key === undefined) return { kind: 'anonymous' };
    if (key === ADMINISTRATOR_KEY) return { kind: 'administrator' };
    const session = this.sessions.get(key);
    const token =
      inHeader === undefined
        ? decodeURIComponent(TOKEN_IN_QUERY.exec(url)?.[1] ?? '')
        : headers['x-amz-security-token'];
    return session === undefined || session.token !== token ? { kind: 'unknown' } : session.caller;
  }
}
