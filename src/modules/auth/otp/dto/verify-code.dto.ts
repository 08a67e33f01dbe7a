import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';
import { NotNull } from '../../../../http/not-null.js';
import { AddressDto } from '../../dto/address.dto.js';

export class VerifyCodeDto extends AddressDto {
  @ApiProperty({ pattern: '^[0-9]{6}$', example: '012345', description: 'The six digits that were mailed.' })
  @Matches(/^\d{6}$/, { message: '$property must be six digits' })
  code!: string;

  @ApiPropertyOptional({
    enum: ['cookie'],
    description: 'Sets the tokens as cookies instead of answering them. Needs a CSRF token.',
  })
  @NotNull()
  @IsIn(['cookie'])
  transport?: 'cookie';
}
