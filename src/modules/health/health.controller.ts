import { Controller, Get, Header, HttpStatus, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { Probe } from '../../http/access.decorators.js';
import { HealthReportDto } from './dto/health-report.dto.js';
import { HealthService } from './health.service.js';
import { live } from './liveness.js';
import { Readiness } from './readiness.js';

// Terminus' own header lists the same thing three times over.
const NoStore = () => Header('Cache-Control', 'no-store');
const terminusSchema = { noCache: false, swaggerDocumentation: true };

/** What load balancers, orchestrators and people ask; bare bodies, no envelope, never under the /api prefix. */
@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthService,
    private readonly readiness: Readiness,
  ) {}

  @Get()
  @Probe()
  @NoStore()
  @ApiOperation({ summary: 'Database, Redis and queue as this process sees them' })
  @ApiOkResponse({ type: HealthReportDto })
  @ApiServiceUnavailableResponse({ type: HealthReportDto })
  async report(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthReportDto> {
    const report = await this.health.report();
    reply.code(report.status === 'healthy' ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return report;
  }

  @Get('live')
  @Probe()
  @NoStore()
  @HealthCheck(terminusSchema)
  @ApiOperation({ summary: 'Whether the process runs; asks nothing outside of it' })
  live(): HealthCheckResult {
    return live;
  }

  @Get('ready')
  @Probe()
  @NoStore()
  @HealthCheck(terminusSchema)
  @ApiOperation({ summary: 'Whether this process should be sent requests' })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<HealthCheckResult> {
    const { healthy, body } = await this.readiness.ofApi();
    reply.code(healthy ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE);
    return body;
  }
}
