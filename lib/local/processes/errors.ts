export class SpawnError extends Error {
  readonly code = 'spawn-failed';

  constructor(name: string, command: string) {
    super(
      `${name}: expected "${command}" to start, but the system refused it. Is it installed, executable and on the PATH?`,
    );
    this.name = 'SpawnError';
  }
}
