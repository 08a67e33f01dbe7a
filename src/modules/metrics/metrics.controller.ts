import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Probe } from '../../http/access.decorators.js';
import { ApiFailures } from '../../http/api-answer.decorator.js';
import { MetricsAccess } from './metrics-access.js';
import { MetricsService } from './metrics.service.js';

@ApiTags('health')
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: MetricsService,
    private readonly access: MetricsAccess,
  ) {}

  @Get()
  @Probe()
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary:
      'The metrics of this process, as Prometheus reads them; a flat map of numbers for application/json',
  })
  @ApiProduces('text/plain', 'application/json')
  @ApiOkResponse({
    schema: {
      type: 'string',
      example: 'http_requests_total{method="GET",route="/api/users/me",status="200"} 12',
    },
  })
  @ApiFailures({
    401: 'METRICS_TOKEN_REQUIRED: the token of METRICS_TOKEN is wanted as a bearer token',
    403: 'LOOPBACK_ONLY: without METRICS_TOKEN only direct connections from this machine are answered',
  })
  async read(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | Record<string, number>> {
    this.access.assertAllowed(request.raw);
    if (this.metrics.prefersJson(request.headers.accept)) {
      reply.type('application/json; charset=utf-8');
      return this.metrics.flat();
    }
    reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
