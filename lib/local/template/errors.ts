export type TemplateErrorCode =
  | 'assembly-unreadable'
  | 'stack-not-found'
  | 'template-invalid'
  | 'intrinsic-unknown'
  | 'reference-unknown'
  | 'resource-type-unknown'
  | 'property-unknown'
  | 'property-invalid'
  | 'asset-missing';

/** A cloud assembly or template that the local runtime cannot run. It refuses instead of running something else. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly code: TemplateErrorCode;

  constructor(code: TemplateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
