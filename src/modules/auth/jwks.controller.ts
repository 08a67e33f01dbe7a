import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Probe } from '../../http/access.decorators.js';
import { TokenKeys } from './token-keys.js';

@ApiTags('auth')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: TokenKeys) {}

  @Get('jwks.json')
  @Probe()
  @Header('Cache-Control', 'public, max-age=300')
  @ApiOperation({ summary: 'The public keys of the access tokens (RFC 7517), without an envelope' })
  @ApiOkResponse({
    schema: {
      example: {
        keys: [
          {
            kty: 'OKP',
            crv: 'Ed25519',
            x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
            kid: '2026-01',
            alg: 'EdDSA',
            use: 'sig',
          },
        ],
      },
    },
  })
  list(): ReturnType<TokenKeys['publicKeySet']> {
    return this.keys.publicKeySet();
  }
}
