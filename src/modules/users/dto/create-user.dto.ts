import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { IsAddress } from '../../../http/is-address.js';
import { FreeText } from '../../../http/free-text.js';
import { NotNull } from '../../../http/not-null.js';

export class CreateUserDto {
  @ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' })
  @IsAddress()
  email!: string;

  @ApiProperty({ minLength: 1, maxLength: 100, example: 'Ada Lovelace' })
  @FreeText({ maxLength: 100 })
  name!: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, maximum: 150, example: 36 })
  @NotNull()
  @IsInt()
  @Min(0)
  @Max(150)
  age?: number;

  @ApiPropertyOptional({
    minLength: 8,
    maxLength: 72,
    example: 'Correct-Horse-7-Battery',
    description: 'Without one the user is mailed an invitation.',
  })
  @NotNull()
  @IsString()
  @MaxLength(256)
  password?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 20,
    example: ['user'],
    description: 'Names or ids; `user` when absent.',
  })
  @NotNull()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  roles?: string[];
}
