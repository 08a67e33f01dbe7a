import type { HealthCheckResult } from '@nestjs/terminus';

/**
 * Terminus' answer to an empty list of indicators. Not asked of Terminus each time: it says 'shutting_down' with 503
 * while the process drains, and whoever acts on liveness would then kill it in the middle of its work.
 */
export const live: HealthCheckResult = { status: 'ok', info: {}, error: {}, details: {} };
