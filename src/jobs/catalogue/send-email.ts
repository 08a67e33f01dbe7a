import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, MaxLength } from 'class-validator';
import { IsMailAddress } from '../../common/is-mail-address.js';
import { jobType } from './job-type.js';

export class SendEmailPayload {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  @IsMailAddress()
  @MaxLength(254)
  to!: string;

  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Your order is on its way' })
  @IsString()
  @Length(1, 200)
  subject!: string;

  @ApiProperty({ minLength: 1, maxLength: 200_000, description: 'Plain text.', example: 'Hello Ada' })
  @IsString()
  @Length(1, 200_000)
  body!: string;
}

/** One mail to one address. What it says stays in the ledger. */
export const sendEmail = jobType({
  name: 'send-email',
  queue: 'email',
  payload: SendEmailPayload,
  access: 'public',
  permission: 'queues:enqueue',
  shows: ['to', 'subject'],
  timeout: 60_000,
});
