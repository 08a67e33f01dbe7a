import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, Matches, MaxLength } from 'class-validator';
import { IsMailAddress } from '../../common/is-mail-address.js';
import { jobType } from './job-type.js';

/** A second line of a subject would be a header of its own. */
const oneLine = /^[^\p{Cc}\p{Cs}]*$/u;
/** Of the control characters, those that text is laid out with. */
const text = /^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u;
const message = '$property must not contain control characters';

export class SendEmailPayload {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  @IsMailAddress()
  @MaxLength(254)
  to!: string;

  @ApiProperty({ minLength: 1, maxLength: 200, example: 'Your order is on its way' })
  @IsString()
  @Length(1, 200)
  @Matches(oneLine, { message })
  subject!: string;

  @ApiProperty({ minLength: 1, maxLength: 200_000, description: 'Plain text.', example: 'Hello Ada' })
  @IsString()
  @Length(1, 200_000)
  @Matches(text, { message })
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
