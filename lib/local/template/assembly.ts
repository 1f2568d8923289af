/** One stack of a synthesized cloud assembly: its template and where its assets lie on this disk. */
export interface StackAssembly {
  readonly stackName: string;
  readonly template: unknown;
  /** S3 object key of an asset, as the template names it → absolute path. */
  readonly assets: ReadonlyMap<string, string>;
}

/** Reads `cdk.out`. With several stacks, `stackName` says which; without it there must be one only. */
export const readAssembly = (_directory: string, _options?: { readonly stackName?: string }): Promise<StackAssembly> =>
  Promise.reject(new Error('not built yet'));
