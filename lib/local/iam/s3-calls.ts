import type { Call } from './authorizer.ts';

export interface S3Request {
  readonly method: string;
  /** With the query; in path style, as the engine serves it: `/bucket/key`. */
  readonly url: string;
  /** Of the header `x-amz-copy-source`. */
  readonly copySource: string | undefined;
}

const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  POST: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  GET: 's3:ListBucket',
  HEAD: 's3:ListBucket',
  PUT: 's3:CreateBucket',
  DELETE: 's3:DeleteBucket',
};

/**
 * Parameters of a query that leave an operation what it is: of listings and multipart uploads, of signatures, of answers. Any other
 * one makes another operation of it, on a subresource such as tags.
 */
const PLAIN_PARAMETERS = new Set([
  'continuation-token',
  'delimiter',
  'encoding-type',
  'fetch-owner',
  'list-type',
  'marker',
  'max-keys',
  'partNumber',
  'prefix',
  'start-after',
  'uploadId',
  'x-id',
]);

const isPlain = (name: string): boolean => PLAIN_PARAMETERS.has(name) || /^(x-amz|response)-/i.test(name);

/**
 * Amazon S3 User Guide, "Required permissions for Amazon S3 API operations", for reading, writing, copying, deleting and listing
 * objects. Whatever else there is, such as tags or a deletion of many, needs a permission for everything here.
 */
export function toS3Calls({ method, url, copySource }: S3Request): readonly Call[] {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  const [bucket = '', ...key] = pathname.slice(1).split('/').map(decodeURIComponent);
  const isObject = key.join('/') !== '';
  const begins = isObject && method === 'POST' && searchParams.has('uploads');
  const isKnown = begins || [...searchParams.keys()].every(isPlain);
  const action = (isObject ? OBJECT_ACTIONS : BUCKET_ACTIONS)[method];
  if (action === undefined || !isKnown || bucket === '') return [{ action: 's3:*', resource: '*' }];
  const isAbort = method === 'DELETE' && searchParams.has('uploadId');
  return [
    {
      action: isAbort ? 's3:AbortMultipartUpload' : action,
      resource: `arn:aws:s3:::${isObject ? [bucket, ...key].join('/') : bucket}`,
    },
    ...(copySource === undefined
      ? []
      : [{ action: 's3:GetObject', resource: `arn:aws:s3:::${decodeURIComponent(copySource).replace(/^\//, '')}` }]),
  ];
}
