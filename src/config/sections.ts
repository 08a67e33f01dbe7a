import { apiKeysConfig } from './api-keys.config.js';
import { alertsConfig } from './alerts.config.js';
import { appConfig } from './app.config.js';
import { auditConfig } from './audit.config.js';
import { authConfig } from './auth.config.js';
import { httpConfig } from './http.config.js';
import { jobsConfig } from './jobs.config.js';
import { limitsConfig } from './limits.config.js';
import { loggingConfig } from './logging.config.js';
import { mailConfig } from './mail.config.js';
import { metricsConfig } from './metrics.config.js';
import { mongoConfig } from './mongo.config.js';
import { redisConfig } from './redis.config.js';
import { signalsConfig } from './signals.config.js';
import { telemetryConfig } from './telemetry.config.js';
import { InvalidEnvironmentError, problemsOf, type Environment } from './section.js';

/** Every section, in the order in which .env.example and docs/settings.md list them. */
export const sections = [
  appConfig,
  httpConfig,
  loggingConfig,
  metricsConfig,
  telemetryConfig,
  mongoConfig,
  redisConfig,
  authConfig,
  apiKeysConfig,
  auditConfig,
  limitsConfig,
  signalsConfig,
  mailConfig,
  alertsConfig,
  jobsConfig,
] as const;

/** @throws InvalidEnvironmentError that names everything that is wrong, not only the first. */
export function checkEnvironment(environment: Environment): void {
  const problems = sections.flatMap((section) => problemsOf(section.variables, environment));
  if (problems.length > 0) throw new InvalidEnvironmentError(problems);
}
