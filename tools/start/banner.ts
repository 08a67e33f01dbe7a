import type { LocalSettings } from './settings.js';
import type { LocalService } from './services.js';

const OWN_PASSWORD = '<your ADMIN_PASSWORD>';

/** What a person wants to know once everything is up; a dozen lines. */
export function banner(settings: LocalSettings, services: readonly LocalService[], folder: string): string[] {
  const { api, worker } = settings.addresses();
  const password = settings.generatedPassword ?? OWN_PASSWORD;
  const rows: [string, string][] = [
    ['API', `${api}/api`],
    ['Docs', `${api}/docs`],
    ['Health', `${api}/health  (worker: ${worker}/health/ready)`],
    ['Admin', `${settings.adminEmail}  ${password}  (the first password; yours if you changed it)`],
    ['Mails', `${settings.mailFolder}  (as .eml files, unless SMTP_URL is set)`],
    ['Data', `${folder}  (logs in logs/)`],
    ...services.map(({ name, uri, description }): [string, string] => [
      titles[name],
      `${withoutPassword(uri)}  (${description})`,
    ]),
  ];
  return [
    '',
    'Nexus Backend is up. Ctrl-C stops all of it; its data stays.',
    ...rows.map(([name, text]) => `  ${name.padEnd(8)} ${text}`),
    '  Try      ' + listUsersCommand(api, settings.adminEmail, password),
    '',
  ];
}

/** A configured address may hold a password, and the terminal is no place for it. */
function withoutPassword(uri: string): string {
  return uri.replace(/\/\/[^@/]*@/, '//***@');
}

const titles = { mongodb: 'MongoDB', redis: 'Redis' } as const;

/** Logs in and lists the users, with nothing but curl and sed. */
function listUsersCommand(api: string, email: string, password: string): string {
  const login = `curl -s ${api}/api/auth/login -H 'Content-Type: application/json' -d '${JSON.stringify({ email, password })}'`;
  const token = `${login} | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/'`;
  return `curl -s '${api}/api/users?limit=5' -H "Authorization: Bearer $(${token})"`;
}
