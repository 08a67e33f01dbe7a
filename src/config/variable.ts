/**
 * One environment variable: how it is called, what it means and how its text becomes a value.
 * `.env.example` and docs/settings.md are held against these declarations by a spec.
 */
export interface Variable<Value> {
  readonly name: string;
  readonly description: string;
  /** What the text is written in, e.g. 'milliseconds', 'true or false'. */
  readonly unit: string;
  /** The text that stands for an absent variable; undefined when absence has a meaning of its own. */
  readonly default: string | undefined;
  readonly secret: boolean;
  readonly requiredInProduction: boolean;
  /** @throws Error with a sentence for the operator. */
  parse(text: string | undefined): Value;
  /** What is wrong with a text that is fine everywhere but in production. */
  problemInProduction?(text: string | undefined): string | undefined;
}

interface Description {
  description: string;
  unit?: string;
  requiredInProduction?: boolean;
  secret?: boolean;
}

type WithDefault = Description & { default: string };
type Optional = Description & { default?: undefined };

function declare<Value>(
  name: string,
  about: Description & { default?: string | undefined },
  unit: string,
  read: (text: string) => Value,
): Variable<Value | undefined> {
  return {
    name,
    description: about.description,
    unit: about.unit ?? unit,
    default: about.default,
    secret: about.secret ?? false,
    requiredInProduction: about.requiredInProduction ?? false,
    parse: (text) => {
      const chosen = text ?? about.default;
      return chosen === undefined ? undefined : read(chosen);
    },
  };
}

function declareWithDefault<Value>(
  name: string,
  about: WithDefault,
  unit: string,
  read: (text: string) => Value,
): Variable<Value> {
  return { ...declare(name, about, unit, read), parse: (text) => read(text ?? about.default) };
}

export function text(name: string, about: WithDefault): Variable<string> {
  return declareWithDefault(name, about, 'text', (value) => value);
}

export function optionalText(name: string, about: Optional): Variable<string | undefined> {
  return declare(name, about, 'text', (value) => value);
}

export function choice<const Options extends readonly [string, ...string[]]>(
  name: string,
  options: Options,
  about: WithDefault,
): Variable<Options[number]> {
  return declareWithDefault(name, about, `one of ${options.join(', ')}`, (value): Options[number] => {
    const found = options.find((option) => option === value);
    if (found === undefined) throw new Error(`must be one of ${options.join(', ')}`);
    return found;
  });
}

export function flag(name: string, about: WithDefault): Variable<boolean> {
  return declareWithDefault(name, about, 'true or false', readFlag);
}

export function optionalFlag(name: string, about: Optional): Variable<boolean | undefined> {
  return declare(name, about, 'true or false', readFlag);
}

function readFlag(value: string): boolean {
  if (value !== 'true' && value !== 'false') throw new Error('must be true or false');
  return value === 'true';
}

export function integer(
  name: string,
  range: { min: number; max: number },
  about: WithDefault,
): Variable<number> {
  return declareWithDefault(name, about, `whole number, ${range.min} to ${range.max}`, (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < range.min || number > range.max) {
      throw new Error(`must be a whole number from ${range.min} to ${range.max}`);
    }
    return number;
  });
}

export function fraction(name: string, about: WithDefault): Variable<number> {
  return declareWithDefault(name, about, 'number, 0 to 1', (value) => {
    const number = Number(value);
    if (!/^\d*\.?\d+$/.test(value) || number > 1) throw new Error('must be a number from 0 to 1');
    return number;
  });
}

export function list(name: string, about: WithDefault): Variable<readonly string[]> {
  return declareWithDefault(name, about, 'comma-separated list', (value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  );
}

function parseUrl(value: string, protocols: readonly string[]): string {
  const expected = `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  // A MongoDB URI may name several hosts, which the URL class refuses; its scheme is what can be checked here.
  if (!protocols.some((protocol) => value.startsWith(`${protocol}//`))) throw new Error(expected);
  return value;
}

export function url(name: string, protocols: readonly string[], about: WithDefault): Variable<string> {
  return declareWithDefault(name, about, 'URL', (value) => parseUrl(value, protocols));
}

export function optionalUrl(
  name: string,
  protocols: readonly string[],
  about: Optional,
): Variable<string | undefined> {
  return declare(name, about, 'URL', (value) => parseUrl(value, protocols));
}

/** A value nobody may guess: never logged, never defaulted, refused when it looks like a placeholder. */
export function secret(name: string, about: Optional): Variable<string | undefined> {
  return {
    ...declare(name, about, 'secret, at least 32 characters', (value) => {
      if (value.length < 32) throw new Error('must have at least 32 characters');
      if (looksLikePlaceholder(value)) throw new Error('is a placeholder: set a random value');
      return value;
    }),
    secret: true,
  };
}

/** Several of them, comma-separated: the first is used for what is made, all of them for what is checked. */
export function secrets(name: string, about: Optional): Variable<readonly string[] | undefined> {
  const one = secret(name, about);
  return {
    ...one,
    unit: 'comma-separated secrets, each of at least 32 characters',
    parse: (text) =>
      text
        ?.split(',')
        .map((part) => one.parse(part.trim()))
        .filter((part) => part !== undefined),
  };
}

export function looksLikePlaceholder(value: string): boolean {
  return /change[-_ ]?me|placeholder|example|your[-_ ]|^(.)\1+$|secret|password/i.test(value);
}
