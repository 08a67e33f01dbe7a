import { sections } from '../../../src/config/sections.js';
import type { Variable } from '../../../src/config/variable.js';

const titles: Readonly<Record<string, string>> = {
  app: 'The application',
  http: 'HTTP',
  logging: 'Logs',
  metrics: 'Metrics',
  telemetry: 'Traces',
  mongo: 'MongoDB',
  redis: 'Redis',
  auth: 'Identity',
  audit: 'Audit',
  apiKeys: 'API keys',
  limits: 'Limits',
  signals: 'Revocation',
  mail: 'Mail',
  alerts: 'Alerts',
  jobs: 'Jobs',
};

/** What a page says of a variable. */
export type Described = Pick<
  Variable<unknown>,
  'name' | 'description' | 'unit' | 'default' | 'secret' | 'requiredInProduction'
>;

export interface DeclaredSection {
  title: string;
  variables: readonly Described[];
}

/** Read by npm start and by docker-compose.yml, never by the service. */
export const surroundings: DeclaredSection = {
  title: 'The local run and the containers',
  variables: [
    {
      name: 'NEXUS_FOLDER',
      description:
        'Where a local run keeps its data, logs, mails and secrets; each run at a time has its own.',
      unit: 'folder',
      default: '.nexus',
      secret: false,
      requiredInProduction: false,
    },
    {
      name: 'API_PORT',
      description: 'The loopback port on which Compose publishes the API.',
      unit: 'whole number, 1 to 65535',
      default: '3000',
      secret: false,
      requiredInProduction: false,
    },
    {
      name: 'MONGODB_PASSWORD',
      description: 'The password of the MongoDB that Compose runs; Compose does not start without it.',
      unit: 'letters and digits, it is part of a URL',
      default: undefined,
      secret: true,
      requiredInProduction: false,
    },
    {
      name: 'REDIS_PASSWORD',
      description: 'The password of the Redis that Compose runs; Compose does not start without it.',
      unit: 'letters and digits, it is part of a URL',
      default: undefined,
      secret: true,
      requiredInProduction: false,
    },
  ],
};

/** Every section of src/config in its order. @throws Error for a section that has no title above. */
export function declaredSections(): DeclaredSection[] {
  return sections.map(({ KEY, variables }) => {
    const key = /\((\w+)\)/.exec(String(KEY))?.[1] ?? String(KEY);
    const title = titles[key];
    if (title === undefined)
      throw new Error(`give the section '${key}' a title in test/workshop/settings/pages.ts`);
    return { title, variables: Object.values(variables) };
  });
}

/** The text of .env.example: every variable with its meaning, unit and default, each line switched off. */
export function envExample(declared: readonly DeclaredSection[]): string {
  const head = [
    '# Every setting, with its unit and its default. Copy this file to .env and take the # from the lines you change.',
    '# A local run needs none of them. In production a missing or placeholder secret ends the start, all named at once.',
    '# Held true by a test: change the declaration in src/config, then run',
    '#   npx vitest run --project unit test/workshop/settings -u',
  ];
  const parts = declared.map(({ title, variables }) => [`# ---- ${title} ----`, ...variables.map(exampleOf)]);
  return `${[head.join('\n'), ...parts.flat()].join('\n\n')}\n`;
}

function exampleOf(variable: Described): string {
  const facts = [
    `Unit: ${variable.unit}.`,
    variable.default === undefined
      ? 'No default.'
      : `Default: ${variable.default === '' ? 'empty' : variable.default}`,
    ...(variable.secret ? ['Secret.'] : []),
    ...(variable.requiredInProduction ? ['Required in production.'] : []),
  ];
  return [
    `# ${variable.description}`,
    `# ${facts.join(' | ')}`,
    `#${variable.name}=${variable.default ?? ''}`,
  ].join('\n');
}

/** The text of docs/settings.md, before prettier. */
export function settingsPage(declared: readonly DeclaredSection[]): string {
  const head = `# Settings

Settings are environment variables, read once at the start and only in \`src/config\`; a file \`.env\` in the working
directory is read too, and the environment wins. An empty value counts as absent. A value that does not fit ends the
start with a list of everything that is wrong. \`.env.example\` has the same list to copy.

Durations are a whole number with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`; sizes one with \`b\`, \`kb\` or \`mb\`. _Required_ means:
in production (\`NODE_ENV=production\`). Elsewhere what is missing is defaulted, or made at random at each start.
`;
  const tables = declared.map(({ title, variables }) =>
    [
      `## ${title}\n`,
      '| variable | what it is | written as | default |',
      '| --- | --- | --- | --- |',
      ...variables.map(
        (variable) =>
          `| \`${variable.name}\` | ${cell(variable.description)} | ${unitCell(variable)} | ${defaultCell(variable)} |`,
      ),
    ].join('\n'),
  );
  return `${[head, ...tables].join('\n\n')}\n`;
}

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`);

const unitCell = ({ unit, secret }: Described): string =>
  cell(secret && !unit.startsWith('secret') ? `${unit} (secret)` : unit);

function defaultCell(variable: Described): string {
  if (variable.requiredInProduction)
    return variable.default === undefined ? '_required_' : `\`${variable.default}\`, _required_`;
  if (variable.default === undefined) return 'none';
  return variable.default === '' ? 'empty' : `\`${cell(variable.default)}\``;
}
