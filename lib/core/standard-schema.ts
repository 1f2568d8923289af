/**
 * The part of the Standard Schema interface (version 1) that is used here. Schemas of zod, valibot, arktype and others have
 * this shape, so any of them can describe a job's input and output.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** Schemas of some libraries are functions. */
export function isStandardSchema(value: unknown): value is StandardSchema {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    '~standard' in value &&
    typeof (value['~standard'] as { readonly validate?: unknown } | undefined)?.validate === 'function'
  );
}

export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** One thing that is wrong with a value: where (a JSON pointer, empty for the whole value) and what was expected. */
export interface ValidationIssue {
  readonly pointer: string;
  readonly message: string;
}

export type Validated<Output> =
  | { readonly kind: 'valid'; readonly value: Output }
  | { readonly kind: 'invalid'; readonly issues: readonly ValidationIssue[] };

export async function validate<Output>(
  schema: StandardSchema<unknown, Output>,
  value: unknown,
): Promise<Validated<Output>> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) {
    return { kind: 'valid', value: result.value };
  }
  return {
    kind: 'invalid',
    issues: result.issues.map((issue) => ({ pointer: toPointer(issue.path ?? []), message: issue.message })),
  };
}

function toPointer(path: NonNullable<SchemaIssue['path']>): string {
  return path
    .map((segment) => String(typeof segment === 'object' ? segment.key : segment))
    .map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
