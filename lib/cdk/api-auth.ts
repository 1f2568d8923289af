/** Who may call the HTTP API. `iam`: callers sign their requests (SigV4) and need `execute-api:Invoke`. */
export interface IamAuth {
  readonly kind: 'iam';
}

/**
 * Who may call the HTTP API. `jwt`: callers send a JSON Web Token of an OpenID Connect issuer as `Authorization: Bearer …`. API
 * Gateway takes tokens signed with RSA only.
 */
export interface JwtAuth {
  readonly kind: 'jwt';
  /** The issuer's `https://` address, as tokens name it in `iss`; its keys are found under it. */
  readonly issuer: string;
  /** At least one; a token must be for one of them, by its `aud` or, without that, its `client_id`. */
  readonly audience: readonly string[];
  /**
   * A token must have one of these scopes. Without scopes an identity token is as good as an access token.
   *
   * @default - none are needed
   */
  readonly scopes?: readonly string[];
}

/** How callers of the HTTP API prove who they are; told apart by `kind`. */
export type ApiAuth = IamAuth | JwtAuth;

const LOOPBACK_ISSUER = /^http:\/\/(127\.0\.0\.1|localhost)(:\d+)?(\/|$)/;

/** What the props must be, in the words of the validation. */
export function authRules(
  auth: ApiAuth | undefined,
  {
    unsafeLetAnybodyIn,
    mayUseHttpIssuer,
  }: { readonly unsafeLetAnybodyIn: boolean; readonly mayUseHttpIssuer: boolean },
) {
  const rule = (prop: string, value: unknown, must: string, holds: boolean) => ({
    prop,
    value: JSON.stringify(value) ?? String(value),
    must,
    holds,
  });
  const kinds = ['iam', 'jwt'];
  const ofToken =
    auth?.kind === 'jwt'
      ? [
          rule(
            'api.auth.issuer',
            auth.issuer,
            'the https:// address of an OpenID Connect issuer',
            /^https:\/\/./.test(auth.issuer) || (mayUseHttpIssuer && LOOPBACK_ISSUER.test(auth.issuer)),
          ),
          rule('api.auth.audience', auth.audience, 'a list of at least one audience', isListOfTexts(auth.audience, 1)),
          rule('api.auth.scopes', auth.scopes ?? [], 'a list of scopes', isListOfTexts(auth.scopes ?? [], 0)),
        ]
      : [];
  return [
    rule(
      'api.unsafeLetAnybodyIn',
      unsafeLetAnybodyIn,
      'false when api.auth is given: the one asks for what the other waives',
      !(unsafeLetAnybodyIn && auth !== undefined),
    ),
    rule('api.auth.kind', auth?.kind, 'iam or jwt', auth === undefined || kinds.includes(auth.kind)),
    ...ofToken,
  ];
}

function isListOfTexts(list: readonly string[], least: number): boolean {
  return Array.isArray(list) && list.length >= least && list.every((text) => typeof text === 'string' && text !== '');
}
