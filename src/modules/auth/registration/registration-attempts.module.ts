import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { RegistrationAttemptModelName, RegistrationAttemptSchema } from './registration-attempt.schema.js';
import { RegistrationAttemptsRepository } from './registration-attempts.repository.js';
import { RegistrationAttemptsService } from './registration-attempts.service.js';

/** Apart from AuthModule: the worker writes mails about attempts. */
@Module({
  imports: [
    MongooseModule.forFeature([{ name: RegistrationAttemptModelName, schema: RegistrationAttemptSchema }]),
  ],
  providers: [RegistrationAttemptsRepository, RegistrationAttemptsService],
  exports: [RegistrationAttemptsService],
})
export class RegistrationAttemptsModule {}
