import { registerAs } from '@nestjs/config';
import type { Variable } from './variable.js';

export type Environment = Readonly<Record<string, string | undefined>>;
type Variables = Readonly<Record<string, Variable<unknown>>>;
type Settings<Declared extends Variables> = {
  readonly [Key in keyof Declared]: Declared[Key] extends Variable<infer Value> ? Value : never;
};

export interface Problem {
  readonly variable: string;
  readonly message: string;
}

/** Thrown once for everything that is wrong with the environment, so that an operator mends it in one go. */
export class InvalidEnvironmentError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(
      `The environment is not usable:\n${problems.map(({ variable, message }) => `  ${variable} ${message}`).join('\n')}\n` +
        'Each variable is explained in .env.example.',
    );
    this.name = 'InvalidEnvironmentError';
  }
}

function valueOf(environment: Environment, name: string): string | undefined {
  const raw = environment[name]?.trim();
  return raw === '' ? undefined : raw;
}

function readVariable(variable: Variable<unknown>, environment: Environment): unknown {
  const raw = valueOf(environment, variable.name);
  if (environment['NODE_ENV'] === 'production') {
    if (raw === undefined && variable.requiredInProduction) throw new Error('is required in production');
    const problem = variable.problemInProduction?.(raw);
    if (problem !== undefined) throw new Error(problem);
  }
  return variable.parse(raw);
}

export function problemsOf(variables: Variables, environment: Environment): Problem[] {
  return Object.values(variables).flatMap((variable) => {
    try {
      readVariable(variable, environment);
      return [];
    } catch (error) {
      return [{ variable: variable.name, message: error instanceof Error ? error.message : String(error) }];
    }
  });
}

/**
 * Declares one concern's settings. Inject them by `@Inject(xConfig.KEY)`; their type is `ConfigType<typeof xConfig>`.
 * @throws InvalidEnvironmentError when read from an environment that does not fit the declarations.
 */
export function section<const Declared extends Variables>(key: string, variables: Declared) {
  const read = (): Settings<Declared> => {
    const problems = problemsOf(variables, process.env);
    if (problems.length > 0) throw new InvalidEnvironmentError(problems);
    const entries = Object.entries(variables).map(([name, variable]) => [
      name,
      readVariable(variable, process.env),
    ]);
    return Object.fromEntries(entries);
  };
  return Object.assign(registerAs(key, read), { variables });
}
