import { Module } from '@nestjs/common';
import { PasswordHasher } from './password-hasher.js';

/** Apart from AuthModule, which needs users: users need passwords. */
@Module({ providers: [PasswordHasher], exports: [PasswordHasher] })
export class PasswordsModule {}
