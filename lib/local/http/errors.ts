/** The API's port is taken by somebody else. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly code = 'port-in-use';
  readonly port: number;

  constructor(port: number, options?: ErrorOptions) {
    super(
      `Expected port ${port} to be free for the HTTP API, but something listens there. Choose another one.`,
      options,
    );
    this.port = port;
  }
}
