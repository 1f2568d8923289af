/** The HTTP server that all function environments of a stack poll: the Lambda Runtime API, version 2018-06-01. */
export interface RuntimeApi {
  readonly port: number;
  stop(): Promise<void>;
}

export const startRuntimeApi = (): Promise<RuntimeApi> => Promise.reject(new Error('not built yet'));
