/**
 * Puts variables into one value of a Compose file as Compose does: ${NAME:?why}, ${NAME:-default}, and $$ for a dollar sign.
 * @throws Error for a required variable that is absent or empty, and for a form that is not one of these.
 */
export function interpolate(text: string, environment: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\$|\$\{(\w+)(?::([?-])([^}]*))?\}|\$/g, (form, name, kind, rest) => {
    if (form === '$$') return '$';
    if (name === undefined) throw new Error('a dollar sign that is not a variable is written $$');
    const value = environment[name] ?? '';
    if (value !== '') return value;
    if (kind === '-') return rest;
    throw new Error(`${name} is missing: ${kind === '?' ? rest : 'it has neither a default nor a message'}`);
  });
}
