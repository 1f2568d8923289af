import { PermanentError } from 'async-endpoints';
import { describe, expect, it } from 'vitest';
import { computeSignature } from '../../../../functions/jobs/deliver-webhook/signature.ts';

/** The example that the libraries of the convention are tested with. */
const EXAMPLE = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  timestamp: 1_614_265_330,
  body: '{"test": 2432232314}',
};

describe('a signature', () => {
  it('is that of the convention', () => {
    expect(computeSignature(EXAMPLE)).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is made with the very bytes of a secret that is not encoded', () => {
    const bytes = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw');
    expect(computeSignature({ ...EXAMPLE, secret: bytes.toString() })).toBe(
      computeSignature({ ...EXAMPLE, secret: `whsec_${bytes.toString('base64')}` }),
    );
  });

  it.each(['whsec_', 'whsec_not base64', 'whsec_YQ', 'whsec_YQ==='])(
    'fails for the secret %j, and keeps it',
    (secret) => {
      expect(() => computeSignature({ ...EXAMPLE, secret })).toThrow(PermanentError);
      expect(() => computeSignature({ ...EXAMPLE, secret })).toThrow(/^The secret begins with "whsec_", so base64/);
    },
  );

  it.each(['a.1614265330', 'a b', '', 'a\nb'])('fails for the id %j', (id) => {
    expect(() => computeSignature({ ...EXAMPLE, id })).toThrow(/cannot be signed/);
  });
});
