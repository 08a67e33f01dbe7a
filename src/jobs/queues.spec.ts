import { expect, it } from 'vitest';
import { jobIds } from '../common/ids.js';
import { bullJobId, parseBullJobId } from './queues.js';

const id = jobIds.parse('665f1c2e9b1e8a0012345678');

it('names a job of BullMQ by the id and generation of the ledger, there and back', () => {
  expect(bullJobId({ id, generation: 3 })).toBe('665f1c2e9b1e8a0012345678-3');
  expect(parseBullJobId('665f1c2e9b1e8a0012345678-3')).toEqual({ id, generation: 3 });
});

it.each(['', '7', '665f1c2e9b1e8a0012345678', '665f1c2e9b1e8a0012345678-0', '665f1c2e9b1e8a0012345678-1-2'])(
  'knows %j for the id of somebody else',
  (text) => expect(parseBullJobId(text)).toBeUndefined(),
);
