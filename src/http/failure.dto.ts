import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

class FieldErrorDto {
  @ApiProperty({ example: 'email' })
  path!: string;

  @ApiProperty({ example: 'email must be an e-mail address' })
  message!: string;
}

/** The envelope of every failure, for the API's documentation. */
export class FailureDto {
  @ApiProperty({ type: 'integer', example: 400 })
  statusCode!: number;

  @ApiProperty({ example: 'Validation failed' })
  message!: string;

  @ApiProperty({ enum: [false] })
  success!: false;

  @ApiProperty({ example: 'VALIDATION_FAILED', description: 'Stable; branch on it.' })
  code!: string;

  @ApiPropertyOptional({ type: [FieldErrorDto] })
  errors?: FieldErrorDto[];

  @ApiProperty({
    example: '0b6a5c1e-5d1c-4b7e-9a52-0d5a9f6f2c3b',
    description: 'Also the header X-Request-ID.',
  })
  requestId!: string;
}
