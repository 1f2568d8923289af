import { readCredentials } from './config.ts';

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Stands in the bundles for the SDK's search for credentials, under the name that the SDK imports. Lambda puts a function's
 * credentials into its environment; the clients for all other places where somebody may keep some are a quarter of a bundle.
 * Figures: docs/decisions/0005-commonjs-bundles.md.
 */
export function defaultProvider(): () => Promise<Credentials> {
  return async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = readCredentials();
    if (accessKeyId === '' || secretAccessKey === '') {
      throw new MissingCredentialsError();
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  };
}

class MissingCredentialsError extends Error {
  readonly code = 'missing-credentials';

  constructor() {
    super(
      'AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is missing. Lambda sets both for a function; outside of it set them yourself.',
    );
    this.name = 'MissingCredentialsError';
  }
}
