/** path -> the paths (or packages) it imports, written as TypeScript files that do just that */
export type Tree = Record<string, string[]>;

interface Case {
  rule: string;
  tree: Tree;
}

/** Each tree breaks one rule and no other; all of it hangs on an entry, as a real one does. */
export const cases: Case[] = [
  {
    rule: 'common-is-a-leaf',
    tree: {
      'src/main.ts': ['src/common/ids.ts'],
      'src/common/ids.ts': ['src/config/app.ts'],
      'src/config/app.ts': [],
    },
  },
  {
    rule: 'config-is-a-leaf',
    tree: {
      'src/main.ts': ['src/config/app.ts'],
      'src/config/app.ts': ['src/http/envelope.ts'],
      'src/http/envelope.ts': [],
    },
  },
  {
    rule: 'infrastructure-knows-no-capability',
    tree: {
      'src/main.ts': ['src/infrastructure/mailer/mailer.ts'],
      'src/infrastructure/mailer/mailer.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': [],
    },
  },
  {
    rule: 'http-knows-no-capability',
    tree: {
      'src/main.ts': ['src/http/error.filter.ts'],
      'src/http/error.filter.ts': ['src/modules/auth/auth.service.ts'],
      'src/modules/auth/auth.service.ts': [],
    },
  },
  {
    rule: 'jobs-know-no-capability',
    tree: {
      'src/main.ts': ['src/jobs/relay.ts'],
      'src/jobs/relay.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': [],
    },
  },
  {
    rule: 'only-composition-roots-import-roots',
    tree: {
      'src/main.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': ['src/app.module.ts'],
      'src/app.module.ts': [],
    },
  },
  {
    rule: 'controller-calls-services',
    tree: {
      'src/main.ts': ['src/modules/users/users.controller.ts'],
      'src/modules/users/users.controller.ts': ['src/modules/users/users.repository.ts'],
      'src/modules/users/users.repository.ts': [],
    },
  },
  {
    rule: 'controller-calls-services',
    tree: {
      'src/main.ts': ['src/modules/users/users.controller.ts'],
      'src/modules/users/users.controller.ts': ['src/modules/users/user.schema.ts'],
      'src/modules/users/user.schema.ts': [],
    },
  },
  {
    rule: 'service-never-upward',
    tree: {
      'src/main.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': ['src/modules/users/users.controller.ts'],
      'src/modules/users/users.controller.ts': [],
    },
  },
  {
    rule: 'service-knows-no-http',
    tree: {
      'src/main.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': ['src/http/envelope.ts'],
      'src/http/envelope.ts': [],
    },
  },
  {
    rule: 'service-knows-no-http',
    tree: {
      'src/main.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': ['src/modules/users/dto/create-user.dto.ts'],
      'src/modules/users/dto/create-user.dto.ts': [],
    },
  },
  {
    rule: 'service-knows-no-http',
    tree: {
      'src/main.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': ['fastify'],
    },
  },
  {
    rule: 'service-never-past-the-repository',
    tree: {
      'src/main.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': ['src/modules/users/user.schema.ts'],
      'src/modules/users/user.schema.ts': [],
    },
  },
  {
    rule: 'repository-never-upward',
    tree: {
      'src/main.ts': ['src/modules/users/users.module.ts'],
      'src/modules/users/users.module.ts': ['src/modules/users/users.repository.ts'],
      'src/modules/users/users.repository.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': [],
    },
  },
  {
    rule: 'schema-is-the-bottom',
    tree: {
      'src/main.ts': ['src/modules/users/users.module.ts'],
      'src/modules/users/users.module.ts': ['src/modules/users/user.schema.ts'],
      'src/modules/users/user.schema.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': [],
    },
  },
  {
    rule: 'another-module-is-its-service',
    tree: {
      'src/main.ts': ['src/modules/auth/auth.service.ts'],
      'src/modules/auth/auth.service.ts': ['src/modules/users/users.repository.ts'],
      'src/modules/users/users.repository.ts': [],
    },
  },
  {
    rule: 'another-module-is-its-service',
    tree: {
      'src/main.ts': ['src/modules/auth/auth.controller.ts'],
      'src/modules/auth/auth.controller.ts': ['src/modules/users/dto/user.dto.ts'],
      'src/modules/users/dto/user.dto.ts': [],
    },
  },
  {
    rule: 'storage-stays-in-its-module',
    tree: { 'src/main.ts': ['src/modules/users/user.schema.ts'], 'src/modules/users/user.schema.ts': [] },
  },
  {
    rule: 'worker-code-in-the-worker-only',
    tree: {
      'src/cli/replay.ts': ['src/modules/users/users.module.ts'],
      'src/modules/users/users.module.ts': ['src/modules/users/worker/import.handler.ts'],
      'src/modules/users/worker/import.handler.ts': [],
    },
  },
  {
    rule: 'api-reaches-no-worker',
    tree: {
      'src/main.ts': ['src/app.module.ts'],
      'src/app.module.ts': ['src/worker.module.ts'],
      'src/worker.module.ts': ['src/jobs/worker/email.host.ts'],
      'src/jobs/worker/email.host.ts': [],
    },
  },
  {
    rule: 'no-cycle',
    tree: {
      'src/main.ts': ['src/modules/users/users.service.ts'],
      'src/modules/users/users.service.ts': ['src/modules/roles/roles.service.ts'],
      'src/modules/roles/roles.service.ts': ['src/modules/users/users.service.ts'],
    },
  },
  { rule: 'no-unreached-file', tree: { 'src/main.ts': [], 'src/common/forgotten.ts': [] } },
  {
    rule: 'no-unreached-file',
    tree: { 'src/main.ts': [], 'src/common/ids.ts': [], 'src/common/ids.spec.ts': ['src/common/ids.ts'] },
  },
  { rule: 'no-dev-dependency-in-production', tree: { 'src/main.ts': ['a-dev-package'] } },
  { rule: 'no-undeclared-package', tree: { 'src/main.ts': ['a-package-of-luck'] } },
  {
    rule: 'opentelemetry-on-demand',
    tree: {
      'src/main.ts': ['src/infrastructure/telemetry/open-telemetry.ts'],
      'src/infrastructure/telemetry/open-telemetry.ts': [],
    },
  },
  {
    rule: 'no-test-code-in-production',
    tree: { 'src/main.ts': ['test/support/app.ts'], 'test/support/app.ts': [] },
  },
  {
    rule: 'no-tools-in-production',
    tree: { 'src/main.ts': ['tools/services/find.ts'], 'tools/services/find.ts': [] },
  },
  { rule: 'no-unresolved-import', tree: { 'src/main.ts': ['src/common/nowhere.ts'] } },
  {
    rule: 'names-say-what-is-inside',
    tree: { 'src/main.ts': ['src/common/utils/dates.ts'], 'src/common/utils/dates.ts': [] },
  },
  {
    rule: 'names-say-what-is-inside',
    tree: { 'src/main.ts': ['src/common/string-helpers.ts'], 'src/common/string-helpers.ts': [] },
  },
];

/** What the rules are there to allow: a request's way down, jobs through the producer, a worker's way. */
export const wellBuilt: Tree = {
  'src/main.ts': ['src/app.module.ts'],
  'src/app.module.ts': ['src/modules/users/users.module.ts', 'src/http/error.filter.ts'],
  'src/worker.ts': ['src/worker.module.ts'],
  'src/worker.module.ts': ['src/jobs/worker/email.host.ts', 'src/modules/users/worker/invite.handler.ts'],
  'src/jobs/worker/email.host.ts': ['src/jobs/job-producer.service.ts'],
  'src/modules/users/worker/invite.handler.ts': ['src/modules/users/users.service.ts'],
  'src/modules/users/users.module.ts': ['src/modules/users/users.controller.ts'],
  'src/modules/users/users.controller.ts': [
    'src/modules/users/users.service.ts',
    'src/modules/users/dto/user.dto.ts',
    'src/http/envelope.ts',
  ],
  'src/modules/users/users.service.ts': [
    'src/modules/users/users.repository.ts',
    'src/modules/roles/roles.service.ts',
    'src/jobs/job-producer.service.ts',
  ],
  'src/modules/users/users.repository.ts': [
    'src/modules/users/user.schema.ts',
    'src/infrastructure/mongo/unit-of-work.ts',
  ],
  'src/modules/users/user.schema.ts': ['src/common/ids.ts', 'src/modules/users/user-status.ts'],
  'src/modules/users/user-status.ts': [],
  'src/modules/users/dto/user.dto.ts': ['src/common/ids.ts'],
  'src/modules/roles/roles.service.ts': ['a-package'],
  'src/jobs/job-producer.service.ts': ['src/common/ids.ts'],
  'src/http/envelope.ts': [],
  'src/http/error.filter.ts': ['src/common/ids.ts'],
  'src/infrastructure/mongo/unit-of-work.ts': ['src/config/mongo.ts'],
  'src/config/mongo.ts': ['src/common/ids.ts'],
  'src/common/ids.ts': [],
  'src/common/ids.spec.ts': ['src/common/ids.ts', 'a-dev-package', 'test/support/app.ts'],
  'test/support/app.ts': ['src/app.module.ts'],
};
