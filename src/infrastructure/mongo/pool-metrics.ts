import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { Metrics } from '../telemetry/metrics.js';

/** How busy the connections to the database are: a pool whose connections are all in use makes requests wait. */
@Injectable()
export class PoolMetrics {
  constructor(@InjectConnection() connection: Connection, metrics: Metrics) {
    const open = metrics.gauge({
      name: 'mongodb_pool_connections',
      help: 'Open connections to the database.',
    });
    const inUse = metrics.gauge({
      name: 'mongodb_pool_connections_in_use',
      help: 'Connections to the database that work for somebody at this moment.',
    });
    const waits = metrics.counter({
      name: 'mongodb_pool_wait_failures_total',
      help: 'Times that no connection became free soon enough.',
    });
    const watch = (): void => {
      const client = connection.getClient();
      client.on('connectionCreated', () => open.inc());
      client.on('connectionClosed', () => open.dec());
      client.on('connectionCheckedOut', () => inUse.inc());
      client.on('connectionCheckedIn', () => inUse.dec());
      client.on('connectionCheckOutFailed', () => waits.inc());
    };
    // Each attempt to connect has a client of its own, made right after this event and before anything is opened.
    connection.on('connecting', () => queueMicrotask(watch));
  }
}
