export { endLeftovers } from './process/leftovers.js';
export { startMongo } from './mongo.js';
export { startRedis } from './redis.js';
export { ServiceUnavailableError } from './service.js';
export type { Report, RunningProcess, RunningService, ServiceRequest, ServiceSource } from './service.js';
