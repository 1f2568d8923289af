import { createHash } from 'node:crypto';

/** Longest names that AWS accepts. */
const MAX_NAME_LENGTH = { function: 64, queue: 80, table: 255, other: 64 } as const;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * The name a resource gets when the template gives it none: the same on every start, because tables on disk are found
 * again by it. Like CloudFormation's it begins with the stack's name and the logical id; unlike it, it ends in nothing
 * random, but for a hash where the name would be too long.
 */
export const toPhysicalName = (
  stackName: string,
  logicalId: string,
  kind: keyof typeof MAX_NAME_LENGTH = 'other',
): string => {
  const name = `${stackName}-${logicalId}`;
  const max = MAX_NAME_LENGTH[kind];
  return name.length <= max ? name : `${name.slice(0, max - 9)}-${hashOf(name).slice(0, 8)}`;
};

/** Six characters that end the ARN of a secret; on AWS they are random. */
export const toSecretSuffix = (name: string): string => hashOf(name).slice(0, 6);

/** Ten lower-case letters and digits, as API Gateway makes them. */
export const toApiId = (stackName: string, logicalId: string): string =>
  hashOf(`${stackName}/${logicalId}`).slice(0, 10);
