import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const inTree = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

interface Group {
  readonly name: string;
  readonly include: readonly string[];
  readonly testTimeoutMs: number;
  /** Tests that start processes or servers want processes of their own; the others are quicker in threads. */
  readonly pool: 'threads' | 'forks';
  /** Test files at a time. A file that runs the whole stack has processes enough for two cores. */
  readonly workers: 1 | 2;
}

/** Every file that no slower group asks for is a unit test, so no test file can be forgotten. */
const SLOWER_GROUPS: readonly Group[] = [
  {
    name: 'conformance',
    include: ['test/**/*.conformance.test.ts', 'test/conformance/**/*.test.ts'],
    testTimeoutMs: 20_000,
    pool: 'threads',
    workers: 2,
  },
  // Thousands of courses in as many threads as there are cores. The longest search takes about a minute of CPU.
  {
    name: 'simulation',
    include: ['test/simulation/**/*.test.ts'],
    testTimeoutMs: 600_000,
    pool: 'threads',
    workers: 1,
  },
  { name: 'gates', include: ['test/gates/**/*.test.ts'], testTimeoutMs: 120_000, pool: 'threads', workers: 2 },
  { name: 'cdk', include: ['test/{bundle,cdk}/**/*.test.ts'], testTimeoutMs: 60_000, pool: 'forks', workers: 2 },
  { name: 'local', include: ['test/local/**/*.test.ts'], testTimeoutMs: 60_000, pool: 'forks', workers: 2 },
  // Crash tests mostly wait for leases; the courses on engines run meanwhile.
  { name: 'faults', include: ['test/faults/**/*.test.ts'], testTimeoutMs: 180_000, pool: 'forks', workers: 2 },
  { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeoutMs: 180_000, pool: 'forks', workers: 1 },
];

const UNIT: Group = {
  name: 'unit',
  include: ['test/**/*.test.ts'],
  testTimeoutMs: 20_000,
  pool: 'threads',
  workers: 2,
};

const createProject = (group: Group, order: number, exclude: readonly string[]) => ({
  extends: true as const,
  test: {
    name: group.name,
    include: [...group.include],
    exclude: ['**/node_modules/**', ...exclude],
    pool: group.pool,
    maxWorkers: group.workers,
    testTimeout: group.testTimeoutMs,
    hookTimeout: group.testTimeoutMs,
    // Groups run one after another in this order: the quickest answer comes first.
    sequence: { groupOrder: order },
  },
});

export default defineConfig({
  resolve: {
    alias: [
      { find: /^async-endpoints$/, replacement: inTree('./lib/index.ts') },
      { find: /^async-endpoints\/cdk$/, replacement: inTree('./lib/cdk/index.ts') },
    ],
  },
  test: {
    env: {
      // Tests run on Node 20, which the AWS SDK stops supporting in 2027 and says so in every process. Deployed
      // functions run on a newer Node, so the notice is about this machine only and would drown real warnings.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
    restoreMocks: true,
    unstubEnvs: true,
    coverage: {
      provider: 'v8',
      include: ['lib/core/**/*.ts'],
      reporter: [['text', { skipFull: true }]],
      thresholds: { statements: 100, branches: 100, functions: 100, lines: 100 },
    },
    projects: [
      createProject(
        UNIT,
        0,
        SLOWER_GROUPS.flatMap((group) => group.include),
      ),
      ...SLOWER_GROUPS.map((group, index) => createProject(group, index + 1, [])),
    ],
  },
});
