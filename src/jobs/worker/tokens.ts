/** The one processor of each queue of the catalogue. */
export const QueueHosts = Symbol('QueueHosts');

/** The connection that this process's workers share for everything but waiting. */
export const ConsumerRedis = Symbol('ConsumerRedis');
