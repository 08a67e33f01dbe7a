import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { CodeFailuresRepository } from './code-failures.repository.js';
import { CodeFailuresModelName, CodeFailuresSchema } from './code-failures.schema.js';
import { LoginCodeModelName, LoginCodeSchema } from './login-code.schema.js';
import { LoginCodesRepository } from './login-codes.repository.js';
import { LoginCodesService } from './login-codes.service.js';

/** Apart from AuthModule: the worker makes the codes. */
@Module({
  imports: [
    MongooseModule.forFeature([
      { name: LoginCodeModelName, schema: LoginCodeSchema },
      { name: CodeFailuresModelName, schema: CodeFailuresSchema },
    ]),
  ],
  providers: [LoginCodesRepository, CodeFailuresRepository, LoginCodesService],
  exports: [LoginCodesService],
})
export class LoginCodesModule {}
