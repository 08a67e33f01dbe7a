import { parseDuration } from './measures.js';
import type { Variable } from './variable.js';

interface About {
  readonly description: string;
}

/** At most `max` jobs in `duration` milliseconds, by all workers together. */
export interface QueueRate {
  readonly max: number;
  readonly duration: number;
}

/** 'email:5,reports:1' -> a number a queue. */
export function concurrencies(name: string, about: About): Variable<ReadonlyMap<string, number>> {
  return perQueue(name, about, 'comma-separated queue:number', (text) => {
    if (!/^[1-9]\d{0,3}$/.test(text)) throw new Error('must be like email:5, with a number from 1 to 9999');
    return Number(text);
  });
}

/** 'email:100/1m' -> a rate a queue. */
export function queueRates(name: string, about: About): Variable<ReadonlyMap<string, QueueRate>> {
  return perQueue(name, about, 'comma-separated queue:number/duration', (text) => {
    const [, max, duration] = /^([1-9]\d{0,6})\/(\d+(?:ms|s|m|h|d))$/.exec(text) ?? [];
    if (duration === undefined || parseDuration(duration) === 0) throw new Error('must be like email:100/1m');
    return { max: Number(max), duration: parseDuration(duration) };
  });
}

function perQueue<Value>(
  name: string,
  { description }: About,
  unit: string,
  read: (text: string) => Value,
): Variable<ReadonlyMap<string, Value>> {
  return {
    name,
    description,
    unit,
    default: undefined,
    secret: false,
    requiredInProduction: false,
    parse: (text = '') =>
      new Map(
        text
          .split(',')
          .filter((part) => part.trim() !== '')
          .map((part): [string, Value] => {
            const [queue = '', ...rest] = part.trim().split(':');
            if (!/^[a-z][a-z-]*$/.test(queue))
              throw new Error('must name a queue in each part, like email:5');
            return [queue, read(rest.join(':'))];
          }),
      ),
  };
}
