import { describe, expect, it } from 'vitest';
import { answer, Answer } from './answer.js';
import { envelopeOf, writtenEnvelopeOf } from './envelope.js';
import { lasting } from './lasting-data.js';

const ada = { id: '1', name: 'Ada "L."', role: [{ name: 'user' }] };
const pagination = { itemsPerPage: 20, hasNextPage: false, hasPrevPage: false };

describe('an envelope as JSON', () => {
  it.each([
    ['an answer', answer('User found', ada)],
    ['an answer without data', answer('Logged out', null)],
    ['a list', new Answer('Users', [ada], pagination)],
    ['a page of lasting data', new Answer('Users', lasting([{ ...ada }]), pagination)],
    ['lasting data', answer('User found', lasting({ ...ada }))],
    ['a message to be escaped', answer('"found"\n', lasting({ ...ada }))],
    ['no answer of ours', { keys: [] }],
    ['a list of no answer', [1, 2]],
    ['nothing', null],
  ])('is that of what a client is sent: %s', (_name, payload) => {
    const written = [writtenEnvelopeOf(payload, 201), writtenEnvelopeOf(payload, 201)];
    const expected = JSON.stringify(envelopeOf(payload, 201));
    expect(written).toEqual([expected, expected]);
  });

  it('writes lasting data once, whatever is said with it', () => {
    let times = 0;
    const data = lasting({
      toJSON: () => {
        times += 1;
        return ada;
      },
    });
    expect(JSON.parse(writtenEnvelopeOf(answer('found', data), 200))).toMatchObject({
      message: 'found',
      data: ada,
    });
    expect(JSON.parse(writtenEnvelopeOf(answer('updated', data), 202))).toEqual({
      statusCode: 202,
      message: 'updated',
      success: true,
      data: ada,
    });
    expect(times).toBe(1);
  });

  it('keeps no change of lasting data to itself: there can be none', () => {
    const data = lasting({ name: 'Ada' });
    expect(() => Object.assign(data, { name: 'Eve' })).toThrow(TypeError);
  });
});
