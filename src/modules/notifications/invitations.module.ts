import { Module } from '@nestjs/common';
import { JobsModule } from '../../jobs/jobs.module.js';
import { InvitationsService } from './invitations.service.js';

/** Apart from NotificationsModule, which answers requests: the worker invites too. */
@Module({ imports: [JobsModule], providers: [InvitationsService], exports: [InvitationsService] })
export class InvitationsModule {}
