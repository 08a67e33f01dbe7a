import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { NotNull } from '../../../http/not-null.js';
import { AddressDto } from './address.dto.js';

/** What every way to log in begins with. */
export class LoginProofDto extends AddressDto {
  @ApiPropertyOptional({
    enum: ['cookie'],
    description: 'Sets the tokens as cookies instead of answering with them; needs X-CSRF-Token.',
  })
  @NotNull()
  @IsIn(['cookie'])
  transport?: 'cookie';
}
