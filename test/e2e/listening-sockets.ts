import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ListeningSocket {
  readonly pid: number;
  /** As people write it: `127.0.0.1`, `::`. */
  readonly address: string;
  readonly port: number;
}

/** State of a socket that listens. Source: the kernel's `include/net/tcp_states.h`. */
const LISTENING = '0A';

/** Every TCP socket on which these processes listen, by what the kernel says. Linux only. */
export function listListeningSockets(pids: readonly number[]): readonly ListeningSocket[] {
  return pids.flatMap((pid) => {
    const inodes = listInodes(pid);
    return ['tcp', 'tcp6'].flatMap((table) =>
      readTable(`/proc/${pid}/net/${table}`).flatMap((row) => {
        const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
        const [address = '', port = ''] = local.split(':');
        return state === LISTENING && inodes.has(inode)
          ? [{ pid, address: toAddress(address), port: Number.parseInt(port, 16) }]
          : [];
      }),
    );
  });
}

/** A process may end while it is looked at. */
function listInodes(pid: number): ReadonlySet<string> {
  try {
    return new Set(
      readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
        const [, inode] = /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${descriptor}`)) ?? [];
        return inode === undefined ? [] : [inode];
      }),
    );
  } catch {
    return new Set();
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function readTable(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').trim().split('\n').slice(1);
  } catch {
    return [];
  }
}

/** The kernel writes an address as words of four bytes, each in the order of the machine. */
function toAddress(hex: string): string {
  const bytes = [...Buffer.from(hex, 'hex')];
  if (bytes.length === 4) {
    return bytes.reverse().join('.');
  }
  const words = [0, 4, 8, 12].flatMap((start) => bytes.slice(start, start + 4).reverse());
  const text = Buffer.from(words).toString('hex');
  return text === `${'0'.repeat(31)}1` ? '::1' : text === '0'.repeat(32) ? '::' : text;
}
