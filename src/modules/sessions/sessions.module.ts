import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { HttpModule } from '../../http/http.module.js';
import { AuditModule } from '../audit/audit.module.js';
import { RefreshService } from './refresh.service.js';
import { RefreshTokens } from './refresh-tokens.js';
import { sessionSchema } from './session.schema.js';
import { SessionTurns } from './session-turns.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [AuditModule, HttpModule, MongooseModule.forFeature([{ name: 'Session', schema: sessionSchema }])],
  controllers: [SessionsController],
  providers: [RefreshTokens, SessionTurns, SessionsRepository, SessionsService, RefreshService],
  exports: [SessionsService, RefreshService],
})
export class SessionsModule {}
