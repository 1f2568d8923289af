import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Kills every registered process group when its standard input ends, which the system does for us when this process
 * dies, however it dies. A process in an endless synchronous loop cannot notice that its parent is gone, so somebody
 * else has to, and a shell does it with one megabyte and within milliseconds.
 */
const SCRIPT = `
trap '' HUP INT TERM
groups=' '
while read -r change group; do
  case "$change" in
    add) groups="$groups$group " ;;
    remove) case "$groups" in *" $group "*) groups="\${groups%%" $group "*} \${groups#*" $group "}" ;; esac ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group"; done 2>/dev/null
exit 0
`;

/** States: running, until {@link Reaper.close}. A reaper that somebody kills is replaced and told all groups again. */
export class Reaper {
  private readonly groups = new Set<number>();
  private shell: ChildProcess;
  private closed = false;

  constructor() {
    this.shell = this.start();
  }

  get pid(): number | undefined {
    return this.shell.pid;
  }

  add(group: number): void {
    this.groups.add(group);
    this.tell(`add ${group}`);
  }

  remove(group: number): void {
    if (this.groups.delete(group)) {
      this.tell(`remove ${group}`);
    }
  }

  /** Kills what is still registered and ends. */
  async close(): Promise<void> {
    this.closed = true;
    const { shell } = this;
    if (shell.exitCode !== null || shell.signalCode !== null) {
      return;
    }
    await new Promise<void>((resolve) => {
      shell.once('exit', () => resolve());
      shell.ref();
      shell.stdin?.end();
    });
  }

  private start(): ChildProcess {
    const shell = spawn('/bin/sh', ['-c', SCRIPT], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
      env: {},
    });
    shell.unref();
    shell.stdin?.on('error', () => {});
    shell.once('exit', () => {
      if (!this.closed) {
        this.shell = this.start();
        for (const group of this.groups) {
          this.tell(`add ${group}`);
        }
      }
    });
    return shell;
  }

  /** Written to the pipe at once, before the caller goes on: there is no moment in which a started child is unknown. */
  private tell(line: string): void {
    this.shell.stdin?.write(`${line}\n`);
  }
}
