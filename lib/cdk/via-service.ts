export type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * For permissions on a key, which count then where one of these services asks for its use: nobody can decrypt anything else by themselves.
 * AWS KMS Developer Guide, "kms:ViaService": the value is `<service>.<region>.<suffix of the partition>`.
 */
export const onlyThrough = (...services: readonly string[]): Conditions => ({
  StringLike: { 'kms:ViaService': services.map((service) => `${service}.*`) },
});
