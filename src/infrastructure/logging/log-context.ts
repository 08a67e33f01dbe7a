import { AsyncContext } from '../../common/async-context.js';
import { requestContext } from '../../common/request-context.js';

type Fields = Readonly<Record<string, string | number | undefined>>;

const context = new AsyncContext<Fields>();

/** Fields that every log line inside carries: for work that belongs to no request, such as a job's run. */
export const logContext = {
  run: <Result>(fields: Fields, fn: () => Result): Result =>
    context.run({ ...context.current(), ...fields }, fn),
};

/** What the current request or job adds to a log line. */
export function currentLogFields(): Fields {
  const request = requestContext.current();
  return {
    ...(request && {
      requestId: request.requestId,
      traceId: request.traceId,
      principal: request.principal?.userId,
    }),
    ...context.current(),
  };
}
