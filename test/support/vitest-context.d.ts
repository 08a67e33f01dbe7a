import 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A throw-away MongoDB, or the one of MONGODB_URI: use a database of your own. */
    mongodbUri: string;
    /** A throw-away Redis, or the one of REDIS_URL: use a key prefix of your own. */
    redisUrl: string;
    /** The PostgreSQL of the DocumentDB engine, or null when another engine answers. */
    enginePostgresPort: number | null;
  }
}
