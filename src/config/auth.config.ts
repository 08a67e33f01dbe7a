import { duration } from './measures.js';
import { section } from './section.js';
import { signingKeys } from './signing-keys.js';
import { integer, optionalFlag, optionalText, secrets, text } from './variable.js';

export const authConfig = section('auth', {
  privateKeys: signingKeys('JWT_PRIVATE_KEYS', {
    requiredInProduction: true,
    description:
      'Keys of the access tokens: the first signs, all verify. Outside production one is made at each start.',
  }),
  issuer: text('JWT_ISSUER', { default: 'nexus', description: 'The iss claim of access tokens.' }),
  audience: text('JWT_AUDIENCE', { default: 'nexus-api', description: 'The aud claim of access tokens.' }),
  accessTokenTtl: duration('ACCESS_TOKEN_TTL', {
    default: '10m',
    description: 'How long an access token is valid.',
  }),
  refreshTokenTtl: duration('REFRESH_TOKEN_TTL', {
    default: '30d',
    description:
      'How long a refresh token is valid. Each refresh begins anew, up to 90 days after the login.',
  }),
  refreshSecrets: secrets('REFRESH_SECRETS', {
    requiredInProduction: true,
    description:
      'Keys of the refresh tokens: the first makes, all verify. Outside production one is made at each start.',
  }),
  bcryptCost: integer(
    'BCRYPT_COST',
    { min: 4, max: 15 },
    { default: '12', description: 'The work factor of password hashes; each step doubles the time.' },
  ),
  requireVerifiedEmail: optionalFlag('REQUIRE_VERIFIED_EMAIL', {
    description:
      'Whether a registration becomes an account only when its address is verified. Absent: true in production, else false.',
  }),
  adminEmail: optionalText('ADMIN_EMAIL', {
    unit: 'e-mail address',
    description: 'The first administrator, made at start when there is none yet.',
  }),
  adminPassword: optionalText('ADMIN_PASSWORD', {
    unit: 'password, 8 characters to 72 bytes',
    secret: true,
    description: 'The password of the first administrator. Used once, when there is none yet.',
  }),
});
