/** The one processor of each queue of the catalogue. */
export const QueueHosts = Symbol('QueueHosts');
