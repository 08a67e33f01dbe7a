import { describe, expect, it } from 'vitest';
import { checkEnvironment, sections } from './sections.js';
import { InvalidEnvironmentError } from './section.js';

function problemsIn(environment: Record<string, string>): string[] {
  try {
    checkEnvironment(environment);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidEnvironmentError)) throw error;
    return error.problems.map(({ variable }) => variable);
  }
}

describe('the environment', () => {
  it('may be empty outside production', () => expect(problemsIn({})).toEqual([]));

  it('lacks nothing that production needs without saying so, all at once', () => {
    expect(problemsIn({ NODE_ENV: 'production' })).toEqual(
      sections
        .flatMap((section) => Object.values(section.variables))
        .filter((variable) => variable.requiredInProduction)
        .map((variable) => variable.name),
    );
    expect(problemsIn({ NODE_ENV: 'production' }).length).toBeGreaterThanOrEqual(4);
  });

  it.each([
    'change-me-change-me-change-me-change-me',
    'a'.repeat(40),
    'your-secret-goes-here-0123456789abcdef',
  ])('refuses the placeholder %s for a secret', (value) =>
    expect(problemsIn({ CURSOR_SECRET: value })).toEqual(['CURSOR_SECRET']),
  );

  it('refuses a secret that is too short', () =>
    expect(problemsIn({ CURSOR_SECRET: 'k3J9xQ2m' })).toEqual(['CURSOR_SECRET']));

  it.each([
    ['PORT', '65536'],
    ['PORT', '3e3'],
    ['NODE_ENV', 'staging'],
    ['LOG_PRETTY', 'yes'],
    ['MONGODB_URI', 'postgres://127.0.0.1'],
    ['JOB_RETRY_LADDER', '1m,,5m'],
    ['BODY_LIMIT', 'huge'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote'],
    ['OTEL_TRACES_SAMPLER_ARG', '1.5'],
  ])('names %s when it is %s', (name, value) => expect(problemsIn({ [name]: value })).toEqual([name]));

  it('never repeats a secret in its message', () => {
    expect(() => checkEnvironment({ CURSOR_SECRET: 'hunter2' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('hunter2') }),
    );
  });

  it('gives each variable one name', () => {
    const names = sections
      .flatMap((section) => Object.values(section.variables))
      .map((variable) => variable.name);
    expect(names).toEqual([...new Set(names)]);
  });
});
