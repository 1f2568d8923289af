/**
 * Who may import whom. The table is the design's; `test/gates/layers.test.ts` plants a violation of each rule.
 *
 * A folder names the places it may import from; everything else is a violation, packages and `node:*` included. Type
 * imports count: a layer that needs another layer's types depends on it.
 */

const LIB = '^lib/';

/**
 * Packages and the places that own them. A package that is missing here may not be imported by the product at all. The
 * local runtime has AWS clients of its own, because it plays AWS's part: it creates tables and polls queues.
 */
const PACKAGE_OWNERS = {
  'dynamodb-client': {
    packages: ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb'],
    owners: ['^lib/dynamodb/', '^lib/local/'],
  },
  'sqs-client': { packages: ['@aws-sdk/client-sqs'], owners: ['^lib/sqs/', '^lib/local/'] },
  's3-client': { packages: ['@aws-sdk/client-s3'], owners: ['^lib/s3/', '^lib/local/'] },
  cdk: { packages: ['aws-cdk-lib', 'constructs', 'cdk-nag'], owners: ['^lib/cdk/'] },
  bundler: { packages: ['esbuild'], owners: ['^lib/bundle/', '^lib/local/'] },
  engines: { packages: ['dynalite', 'fauxqs'], owners: ['^lib/local/'] },
  tokens: { packages: ['jose'], owners: ['^lib/local/http/token/'] },
  schemas: { packages: ['zod'], owners: ['^lib/http/', '^functions/jobs/'] },
  metrics: { packages: ['@aws-lambda-powertools/metrics'], owners: ['^lib/telemetry/'] },
  csv: { packages: ['csv-parse'], owners: ['^functions/jobs/'] },
  'lambda-types': {
    packages: ['@types/aws-lambda'],
    owners: ['^lib/worker/', '^lib/http/', '^functions/', '^lib/local/'],
  },
  'compiler-types': { packages: ['typescript'], owners: ['^lib/local/reload/type-check-process\\.ts$'] },
};

/** What each folder of `lib` may import from the rest of `lib`, and whether it may use `node:*`. */
const LAYERS = {
  core: { lib: [], node: false },
  pipeline: { lib: ['core'], node: false },
  dynamodb: { lib: ['core'], node: true },
  sqs: { lib: ['core'], node: true },
  s3: { lib: ['core'], node: true },
  memory: { lib: ['core'], node: false },
  telemetry: { lib: ['core'], node: true },
  http: { lib: ['core', 'pipeline'], node: true },
  client: { lib: ['core', 'pipeline', 'dynamodb', 'sqs', 's3', 'telemetry'], node: true },
  worker: { lib: ['core', 'pipeline', 'dynamodb', 'sqs', 's3', 'telemetry'], node: true },
  testing: { lib: ['core', 'pipeline', 'memory'], node: false },
  bundle: { lib: [], node: true },
};

const nodeModules = (packages) => `(^|/)node_modules/(${packages.join('|')})(/|$)`;

const layerRules = Object.entries(LAYERS).flatMap(([folder, { lib, node }]) => [
  {
    name: `${folder}-layer`,
    comment: `lib/${folder} imports only ${[folder, ...lib].join(', ')}.`,
    severity: 'error',
    from: { path: `${LIB}${folder}/` },
    to: { path: '^(lib|functions)/', pathNot: [folder, ...lib].map((name) => `${LIB}${name}/`) },
  },
  ...(node
    ? []
    : [
        {
          name: `${folder}-is-pure`,
          comment: `lib/${folder} runs anywhere: clock, random numbers and ids are passed in, nothing comes from node:*.`,
          severity: 'error',
          from: { path: `${LIB}${folder}/` },
          to: { dependencyTypes: ['core'] },
        },
      ]),
]);

const packageRules = Object.entries(PACKAGE_OWNERS).map(([name, { packages, owners }]) => ({
  name: `${name}-has-an-owner`,
  comment: `${packages.join(', ')}: only ${owners.join(', ')}.`,
  severity: 'error',
  from: { path: '^(lib|functions)/', pathNot: owners },
  to: { path: nodeModules(packages) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layerRules,
    ...packageRules,
    {
      name: 'unlisted-package',
      comment: 'A package that the product imports has an owner in PACKAGE_OWNERS.',
      severity: 'error',
      from: { path: '^(lib|functions)/' },
      to: {
        path: '(^|/)node_modules/',
        pathNot: nodeModules(Object.values(PACKAGE_OWNERS).flatMap(({ packages }) => packages)),
      },
    },
    {
      name: 'entry-layer',
      comment: 'What people import by the package name holds the SDK: no constructs, no runtime, no fakes.',
      severity: 'error',
      from: { path: `${LIB}[^/]+\\.ts$` },
      to: { path: '^(lib|functions)/', pathNot: [`${LIB}(core|client|worker)/`, `${LIB}[^/]+\\.ts$`] },
    },
    {
      name: 'cdk-layer',
      comment: 'The constructs know the product by its names only; function code is a path to bundle, never an import.',
      severity: 'error',
      from: { path: `${LIB}cdk/` },
      to: { path: '^(lib|functions)/', pathNot: [`${LIB}(cdk|bundle)/`, `${LIB}core/names\\.ts$`] },
    },
    {
      name: 'cdk-internals',
      comment: 'The local runtime and the command line read the template, not the constructs.',
      severity: 'error',
      from: { path: `${LIB}(local|cli)/` },
      to: { path: `${LIB}cdk/`, pathNot: `${LIB}cdk/index\\.ts$` },
    },
    {
      name: 'no-functions-in-tools',
      comment: 'The local runtime runs the bundles of the template, so it never imports a function.',
      severity: 'error',
      from: { path: `${LIB}(local|cli)/` },
      to: { path: '^functions/' },
    },
    {
      name: 'functions-layer',
      comment: 'A deployed function holds no bundler, no constructs, no local runtime, no command line and no fakes.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: `${LIB}(bundle|cdk|local|cli|testing)/` },
    },
    {
      name: 'definition-without-handler',
      comment:
        'Submitters bundle definitions: a definition that imports a handler puts the work into the API function.',
      severity: 'error',
      from: { path: '^functions/jobs/[^/]+/definition\\.ts$' },
      to: { path: '^functions/jobs/[^/]+/handler\\.ts$', reachable: true },
    },
    {
      name: 'top-is-imported-by-nothing',
      comment: 'bin, test and bench may import anything; nothing imports them.',
      severity: 'error',
      from: { path: '^(lib|functions|bin)/' },
      to: { path: '^(bin|test|bench)/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle makes the order of loading matter and layers meaningless.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'unresolvable',
      comment: 'An import that cannot be resolved is an import that no rule above has seen.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|cdk\\.out|coverage|\\.local)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
    },
  },
};
