import { type FSWatcher, watch } from 'node:fs';

export interface FileWatchOptions {
  /** Something in one of the directories may have changed. Comes once for a burst of events. */
  readonly onChange: () => void;
  readonly onNotice: (text: string) => void;
}

/** Editors write a file in several steps, and `git checkout` writes many. */
const DEBOUNCE_MS = 40;

/** Where the system does not watch: network file systems, and when its watches are used up. */
const POLL_INTERVAL_MS = 1_000;

/**
 * Watches directories, not files: an editor that saves by renaming puts another file where the old one was. One watch for
 * each directory, because recursive ones would take in `node_modules`, and Linux allows a user some thousands only.
 */
export class FileWatch {
  private readonly options: FileWatchOptions;
  private readonly watchers = new Map<string, FSWatcher>();
  private debounce: NodeJS.Timeout | undefined;
  private poll: NodeJS.Timeout | undefined;

  constructor(options: FileWatchOptions) {
    this.options = options;
  }

  /** Watches exactly these from now on. */
  setDirectories(directories: ReadonlySet<string>): void {
    for (const [directory, watcher] of this.watchers) {
      if (!directories.has(directory)) {
        watcher.close();
        this.watchers.delete(directory);
      }
    }
    for (const directory of directories) {
      if (!this.watchers.has(directory)) this.add(directory);
    }
  }

  close(): void {
    clearTimeout(this.debounce);
    clearInterval(this.poll);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private add(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, () => this.trigger());
      // A directory that is removed ends its watch; the one around it tells.
      watcher.on('error', () => {
        watcher.close();
        this.watchers.delete(directory);
        this.trigger();
      });
      this.watchers.set(directory, watcher);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
      this.pollInstead(error);
    }
  }

  private pollInstead(error: unknown): void {
    if (this.poll !== undefined) return;
    this.options.onNotice(`Files cannot be watched (${String(error)}); looking at them every second instead.`);
    this.poll = setInterval(this.options.onChange, POLL_INTERVAL_MS);
    this.poll.unref();
  }

  private trigger(): void {
    clearTimeout(this.debounce);
    this.debounce = setTimeout(this.options.onChange, DEBOUNCE_MS);
  }
}
