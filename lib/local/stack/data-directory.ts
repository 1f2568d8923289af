import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProcess } from '../processes/index.ts';
import { StackError } from './errors.ts';

/** How often a lock that its holder left behind is taken over before somebody else is believed to be quicker. */
const MAX_TAKEOVERS = 3;

interface LockHolder {
  readonly pid: number;
  readonly startedAt: string;
}

/** A directory of ours alone, until it is released. */
export interface DataDirectory {
  readonly path: string;
  /** Where the database lies; undefined if nothing is to be kept. */
  readonly database?: string;
  /** Where the app writes its template and bundles. */
  readonly assembly: string;
  /** Shell commands that set the environment of a client. */
  readonly environmentFile: string;
  /** Where people put secrets, by name; nothing of ours writes it. */
  readonly secretsFile: string;
  readonly release: () => Promise<void>;
}

/** Rejects with {@link StackError} `data-in-use` while another process that still runs has it. */
export async function acquireDataDirectory(path: string): Promise<DataDirectory> {
  const lock = join(path, 'lock');
  try {
    await mkdir(path, { recursive: true });
    await takeLock(path, lock);
  } catch (error) {
    if (error instanceof StackError) {
      throw error;
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new StackError('data-unusable', `Cannot use ${path} for data: ${reason}. Choose another with --data DIR.`, {
      cause: error,
    });
  }
  return {
    path,
    database: join(path, 'dynamodb'),
    assembly: join(path, 'assembly'),
    environmentFile: join(path, 'env'),
    secretsFile: join(path, 'secrets.json'),
    release: () => rm(lock, { force: true }),
  };
}

/** For a stack that keeps nothing: removed when released. */
export async function createTemporaryDirectory(): Promise<DataDirectory> {
  const path = await mkdtemp(join(tmpdir(), 'async-endpoints-'));
  return {
    path,
    assembly: join(path, 'assembly'),
    environmentFile: join(path, 'env'),
    secretsFile: join(path, 'secrets.json'),
    release: () => rm(path, { recursive: true, force: true }),
  };
}

async function takeLock(path: string, lock: string): Promise<void> {
  for (let takeovers = 0; takeovers < MAX_TAKEOVERS; takeovers += 1) {
    if (await createLock(lock)) {
      return;
    }
    const holder = await readHolder(lock);
    if (holder !== undefined && readProcess(holder.pid)?.startedAt === holder.startedAt) {
      throw new StackError(
        'data-in-use',
        `${path} is in use by another stack (process ${holder.pid}). Stop that one, or choose another directory with --data DIR.`,
      );
    }
    // Its holder was killed. Whoever else finds that out now meets us at the next turn.
    await rm(lock, { force: true });
  }
  throw new StackError('data-in-use', `${path} is being taken by another stack. Try again.`);
}

/** Resolves with false if there is one. */
async function createLock(lock: string): Promise<boolean> {
  const { pid } = process;
  const holder: LockHolder = { pid, startedAt: readProcess(pid)?.startedAt ?? '' };
  try {
    const file = await open(lock, 'wx');
    await file.writeFile(JSON.stringify(holder));
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** Undefined for a lock that was never written to its end. */
async function readHolder(lock: string): Promise<LockHolder | undefined> {
  try {
    return JSON.parse(await readFile(lock, 'utf8')) as LockHolder;
  } catch {
    return undefined;
  }
}
