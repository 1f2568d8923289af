import { ChildSpawner } from '../../../lib/local/processes/index.ts';

/**
 * A runtime that is about to be killed, with children that would not end by themselves: one in an endless synchronous
 * loop, one that ignores every signal, and one that has started a process of its own. With an argument its first reaper
 * has been killed before it says that it is ready.
 */
const spawner = new ChildSpawner();
const GRANDPARENT = `
  const { spawn } = require('node:child_process');
  const { pid } = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
  console.log(pid);
  setInterval(() => {}, 1000);
`;

const waitForLine = (script: string): Promise<{ readonly pid: number; readonly line: string }> =>
  new Promise((resolve) => {
    const child = spawner.spawn({
      name: 'stubborn',
      args: ['-e', script],
      env: {},
      onLine: ({ text }) => resolve({ pid: child.pid, line: text }),
    });
  });

const children = await Promise.all([
  waitForLine("console.log('looping'); while (true);"),
  waitForLine("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf');"),
  waitForLine(GRANDPARENT),
]);

const firstReaper = spawner.reaperPid ?? 0;
if (process.argv.length > 2) {
  process.kill(firstReaper, 'SIGKILL');
  while (spawner.reaperPid === firstReaper) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

process.stdout.write(
  `${JSON.stringify([...children.map(({ pid }) => pid), Number(children[2]?.line), spawner.reaperPid])}\n`,
);
// Keeps this process alive.
setInterval(() => {}, 1_000);
