import { IsIn, IsInt, IsOptional, Max } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { createValidationPipe } from './validation.js';
import { WholeNumber } from './whole-number.js';

class PageQuery {
  @IsOptional()
  @WholeNumber()
  @IsInt()
  @Max(100)
  limit?: number;
}

class OrderQuery {
  @IsOptional()
  @IsIn(['1', '2'])
  limit?: string;
}

const pipe = createValidationPipe();
const query = (value: unknown, metatype: typeof PageQuery | typeof OrderQuery) =>
  pipe.transform(value, { type: 'query', metatype });

describe('a query', () => {
  it('is made once of the same text, for each class by itself, and nobody can change it', async () => {
    const made: unknown = await query({ limit: '2' }, PageQuery);
    expect(made).toEqual({ limit: 2 });
    expect(await query({ limit: '2' }, PageQuery)).toBe(made);
    expect(Object.isFrozen(made)).toBe(true);
    expect(await query({ limit: '2' }, OrderQuery)).toEqual({ limit: '2' });
    expect(await query({}, PageQuery)).toEqual({});
    expect(await query({ limit: '3' }, PageQuery)).toEqual({ limit: 3 });
  });

  it.each([{ limit: '101' }, { limit: ['1', '2'] }, { size: '1' }, { limit: '1'.repeat(300) }])(
    'is refused each time: %j',
    async (value) => {
      await expect(query(value, PageQuery)).rejects.toThrow('Validation failed');
      await expect(query(value, PageQuery)).rejects.toThrow('Validation failed');
    },
  );
});

it('a body is its of its request alone', async () => {
  const body = () => pipe.transform({ limit: 2 }, { type: 'body', metatype: PageQuery });
  expect(await body()).not.toBe(await body());
});
