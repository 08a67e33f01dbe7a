import { requestContext } from '../../common/request-context.js';

type Fields = Readonly<Record<string, string | number | undefined>>;

/** What the current request or job adds to a log line. */
export function currentLogFields(): Fields {
  const request = requestContext.current();
  if (request === undefined) return {};
  const { requestId, traceId, principal, job } = request;
  return { requestId, traceId, principal: principal?.userId, ...job };
}
