import { Global, Module } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { LoggerModule } from 'nestjs-pino';
import { loggingConfig } from '../../config/logging.config.js';
import { loggerOptions } from './logger-options.js';
import { ServiceLogger } from './service-logger.js';
import { standardOutput } from './standard-output.js';

@Global()
@Module({
  imports: [
    LoggerModule.forRootAsync({
      inject: [loggingConfig.KEY],
      useFactory: (config: ConfigType<typeof loggingConfig>) => ({
        pinoHttp: config.pretty ? loggerOptions(config) : [loggerOptions(config), standardOutput()],
        // Its middleware costs a third of a small request; src/http/request-log.ts writes the line from a hook.
        forRoutes: [],
      }),
    }),
  ],
  providers: [ServiceLogger],
  exports: [LoggerModule, ServiceLogger],
})
export class LoggingModule {}
