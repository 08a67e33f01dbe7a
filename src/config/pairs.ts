import type { Variable } from './variable.js';

interface About {
  description: string;
  secret?: boolean;
}

/**
 * 'a=1,b=two%20words', as OpenTelemetry's specification writes headers and resource attributes (W3C Baggage without
 * its properties): values are percent-encoded.
 */
export function pairs(name: string, about: About): Variable<Readonly<Record<string, string>>> {
  return {
    name,
    description: about.description,
    unit: 'comma-separated name=value, values percent-encoded',
    default: undefined,
    secret: about.secret ?? false,
    requiredInProduction: false,
    parse: (text) => Object.fromEntries((text ?? '').split(',').flatMap(parsePair)),
  };
}

function parsePair(text: string): [string, string][] {
  if (text.trim() === '') return [];
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(text.trim()) ?? [];
  // Never the text itself: a header may be a secret.
  if (name.trim() === '') throw new Error('must be name=value, several of them separated by commas');
  return [[name.trim(), decode(value.trim())]];
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Error('has a value whose percent encoding is broken');
  }
}
