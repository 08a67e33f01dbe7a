import { describe, expect, it } from 'vitest';
import { origins } from './origins.js';

const variable = origins('CORS_ORIGINS', { description: 'Origins.', default: '' });

describe('CORS_ORIGINS', () => {
  it('reads origins in their order, and none', () => {
    expect(variable.parse('https://app.example.com, http://localhost:5173')).toEqual([
      'https://app.example.com',
      'http://localhost:5173',
    ]);
    expect(variable.parse(undefined)).toEqual([]);
  });

  it.each([
    '*',
    'https://*.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://App.example.com',
    'https://app.example.com:443',
    'app.example.com',
    'null',
  ])('refuses %s', (text) => {
    expect(() => variable.parse(text)).toThrow('must be origins');
  });
});
