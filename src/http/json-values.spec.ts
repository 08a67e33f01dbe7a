import { describe, expect, it } from 'vitest';
import { unkeepableOf } from './json-values.js';

describe('what JSON cannot be kept', () => {
  it.each([
    ['{"age":36,"ratio":1.5,"tiny":5e-324,"large":1e300,"list":[1,null,"a",true]}', []],
    ['{"a":9007199254740991,"b":-9007199254740991}', []],
    ['{"a":9007199254740993}', ['a']],
    ['{"a":[1,-9007199254740993]}', ['a.1']],
    ['{"a":{"b":1e400},"c":-1e400}', ['a.b', 'c']],
    ['{"a":{"_bsontype":"ObjectId"}}', ['a._bsontype']],
    [String.raw`{"\u005fbsontype":1}`, ['_bsontype']],
    [String.raw`{"a":[{"b\u0000":{"c":1e400}}]}`, ['a.0.b\u0000']],
    [String.raw`{"a":"b\u0000"}`, []],
  ])('%s: %j', (json, paths) => {
    expect(unkeepableOf(JSON.parse(json)).map(({ path }) => path)).toEqual(paths);
  });
});
