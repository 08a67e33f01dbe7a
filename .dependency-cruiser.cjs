// Who may import whom. Every rule's comment says what to do instead; `npm run lint` prints it beside the
// offending import. test/workshop/dependency-rules.spec.ts proves that each rule fires.

const SPEC = '\\.(e2e-)?spec\\.ts$';
// A thread is started by its path, not imported.
const ENTRY = '^src/(main|worker)\\.ts$|^src/cli/|\\.thread\\.mjs$';
const WORKER_ROOT = '^src/worker(\\.module)?\\.ts$';
const WORKER_ROOM = '^src/(worker|jobs/worker|modules/[^/]+/worker)/';

/** A rule about production code: specs may reach further than the code they test. */
const rule = (name, from, to, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { ...from, pathNot: [SPEC, ...(from.pathNot ?? [])] },
  to,
});

const folders = [
  rule(
    'common-is-a-leaf',
    { path: '^src/common/' },
    { path: '^src/', pathNot: '^src/common/' },
    'src/common is what everything else stands on: pass the value in as an argument, or move this file to the folder that owns what it needs.',
  ),
  rule(
    'config-is-a-leaf',
    { path: '^src/config/' },
    { path: '^src/', pathNot: '^src/(config|common)/' },
    'src/config only reads and checks settings: inject the typed section where it is used instead of reaching for its user from here.',
  ),
  rule(
    'infrastructure-knows-no-capability',
    { path: '^src/infrastructure/' },
    { path: '^src/', pathNot: '^src/(infrastructure|common|config)/' },
    'An adapter knows the outside system and nothing of ours: take a callback or a plain value, and let the capability call the adapter.',
  ),
  rule(
    'http-knows-no-capability',
    { path: '^src/http/' },
    { path: '^src/', pathNot: '^src/(http|common|infrastructure|config)/' },
    'src/http holds what every route shares: put what belongs to one capability into its module and register it in src/app.module.ts.',
  ),
  rule(
    'jobs-know-no-capability',
    { path: '^src/jobs/' },
    { path: '^src/', pathNot: '^src/(jobs|common|infrastructure|config)/' },
    'The ledger runs any job: write a handler with @JobHandler in src/modules/<capability>/worker; it is found when the worker boots.',
  ),
  rule(
    'only-composition-roots-import-roots',
    { path: '^src/[^/]+/', pathNot: ['^src/cli/'] },
    { path: '^src/[^/]+\\.ts$' },
    'Entries and root modules are the top of the graph: move what you need from there into a module and import that.',
  ),
];

const layers = [
  rule(
    'controller-calls-services',
    { path: '\\.controller\\.ts$' },
    { path: '^src/.*\\.(repository|schema)\\.ts$' },
    'A controller is one line a route: add a method to the service and call that.',
  ),
  rule(
    'service-never-upward',
    { path: '\\.service\\.ts$' },
    { path: '^src/.*\\.(controller|guard|interceptor|pipe)\\.ts$' },
    'A service is called by what is above it: return the value, or declare the shared type beside the service.',
  ),
  rule(
    'service-knows-no-http',
    { path: '\\.service\\.ts$' },
    {
      path: '^src/http/|^src/.*/dto/|node_modules/(fastify|@fastify/[^/]+|@nestjs/(platform-fastify|swagger))/',
    },
    'A service knows nothing of HTTP: take plain values (a type declared beside the service), throw a DomainError, and let the controller translate.',
  ),
  rule(
    'service-never-past-the-repository',
    { path: '\\.service\\.ts$' },
    { path: '^src/.*\\.schema\\.ts$' },
    'Only a repository knows how a document is stored: give the repository a method that returns a plain object.',
  ),
  rule(
    'repository-never-upward',
    { path: '\\.repository\\.ts$' },
    { path: '^src/http/|^src/.*\\.(service|controller|guard)\\.ts$|^src/.*/dto/' },
    'A repository is called by its service: take plain values as arguments, and let the service bring both together.',
  ),
  rule(
    'schema-is-the-bottom',
    { path: '\\.schema\\.ts$' },
    {
      path: '^src/(http|config|infrastructure/(?!mongo/))|\\.(repository|service|controller|module|guard|handler)\\.ts$|/dto/',
    },
    'A schema says how a document is stored and no more: move the logic to the repository, and shared types to a file of their own.',
  ),
  rule(
    'another-module-is-its-service',
    { path: '^src/modules/([^/]+)/' },
    {
      path: '^src/modules/([^/]+)/(.*\\.(repository|schema|controller)\\.ts$|dto/)',
      pathNot: '^src/modules/$1/',
    },
    'Another capability is reached through the service that its module exports: add the method there.',
  ),
  rule(
    'storage-stays-in-its-module',
    { path: '^src/(?!modules/)' },
    { path: '^src/modules/.*(\\.(repository|schema)\\.ts$|/dto/)' },
    "A module's repository, schema and DTOs are its own: import the module, and inject its service.",
  ),
];

const processes = [
  rule(
    'worker-code-in-the-worker-only',
    { path: '^src/', pathNot: [WORKER_ROOT, WORKER_ROOM] },
    { path: WORKER_ROOM },
    'Only src/worker.module.ts and other worker folders import a worker folder: ask for the work through the job producer.',
  ),
  {
    name: 'api-reaches-no-worker',
    severity: 'error',
    comment:
      'The API produces jobs and runs none: a file on this path imports a worker folder. Register that module in src/worker.module.ts instead.',
    from: { path: '^src/(main|api|app\\.module)\\.ts$' },
    to: { path: WORKER_ROOM, reachable: true },
  },
];

const hygiene = [
  {
    name: 'no-cycle',
    severity: 'error',
    comment: 'Move what both files need into a third one that imports neither; forwardRef is not a remedy.',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-unreached-file',
    severity: 'error',
    comment: 'Nothing that runs imports this file: import it from its module, or delete it.',
    from: { pathNot: SPEC },
    module: { path: '^src/', pathNot: [ENTRY, SPEC, '\\.d\\.ts$'], numberOfDependentsLessThan: 1 },
  },
  rule(
    'no-dev-dependency-in-production',
    { path: '^src/' },
    { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    'The image has no devDependencies: move the package to dependencies, or the code to test/ or tools/.',
  ),
  {
    name: 'no-undeclared-package',
    severity: 'error',
    comment:
      'This package is here by luck of another one: name it in package.json with the version that is installed.',
    from: { path: '^(src|tools|bench)/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
  },
  rule(
    'opentelemetry-on-demand',
    { path: '^src/', pathNot: ['^src/infrastructure/telemetry/(open-telemetry|reporting-exporter)\\.ts$'] },
    {
      path: 'node_modules/@opentelemetry/(?!api/)|^src/infrastructure/telemetry/(open-telemetry|reporting-exporter)\\.ts$',
      dependencyTypesNot: ['type-only', 'dynamic-import'],
    },
    'A process without traces loads nothing of OpenTelemetry but its API: use Tracing, which imports the rest when it is wanted.',
  ),
  rule(
    'no-test-code-in-production',
    { path: '^(src|tools|bench)/' },
    { path: `^test/|${SPEC}` },
    'What a test needs stays in test/support: move what production needs to src/common or to its capability.',
  ),
  rule(
    'no-tools-in-production',
    { path: '^src/' },
    { path: '^(tools|bench|scripts)/' },
    'src is built alone and knows no engine: read an address from src/config and let tools/ set it.',
  ),
  {
    name: 'no-unresolved-import',
    severity: 'error',
    comment:
      'This path leads nowhere, so no rule could look at it: correct it (relative imports end in .js).',
    from: {},
    // What is compiled is not there before the first build; a test that needs it says so itself.
    to: { couldNotResolve: true, pathNot: '(^|/)(dist|build)/' },
  },
  {
    name: 'names-say-what-is-inside',
    severity: 'error',
    comment: "'utils' and 'helpers' say nothing: name the file or folder after what a stranger finds in it.",
    from: {},
    module: {
      path: '(^|[/.-])(utils?|helpers?)([/.-])',
      pathNot: 'node_modules/',
      numberOfDependentsLessThan: 100,
    },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...folders, ...layers, ...processes, ...hygiene],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|build|coverage|\\.nexus)/' },
    moduleSystems: ['es6', 'cjs'],
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
