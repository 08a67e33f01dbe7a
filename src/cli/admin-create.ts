import 'reflect-metadata';
import { parseArgs } from 'node:util';
import { isEmail } from 'class-validator';
import { loadEnvironment } from '../config/environment.js';
import { promptForPassword } from './password-prompt.js';

const usage = `Usage: npm run admin:create -- --email <address>
The password is read from ADMIN_PASSWORD, or asked for on a terminal.`;

function fail(message: string, status = 1): never {
  console.error(message);
  process.exit(status);
}

function readEmail(): string {
  try {
    const { email } = parseArgs({ options: { email: { type: 'string' } } }).values;
    if (email === undefined) return fail(usage, 2);
    return isEmail(email) ? email : fail(`${email} is not an e-mail address.`, 2);
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n${usage}`, 2);
  }
}

async function readPassword(given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) return fail(`There is no password and no terminal to ask on.\n${usage}`, 2);
  return (await promptForPassword()) ?? fail('The two passwords differ.');
}

const email = readEmail();
loadEnvironment();
// Imported late on purpose: modules read their settings while they load.
const { authConfig } = await import('../config/auth.config.js');
const { brokenRules } = await import('../modules/auth/password-rules.js');

const password = await readPassword(authConfig().adminPassword);
const problems = brokenRules(password);
if (problems.length > 0) fail(['The password is refused:', ...problems].join('\n  '));

const { AdministratorModule } = await import('./administrator.module.js');
const { createAdministrator } = await import('./create-administrator.js');
const { runTask } = await import('./task.js');

await runTask(AdministratorModule, async (context) => {
  await createAdministrator(context, { email, password });
  console.log(`${email} is an administrator now.`);
});
