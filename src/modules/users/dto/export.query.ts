import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { exportFormats, type ExportFormat } from '../user-export.service.js';

export class ExportQuery {
  @ApiPropertyOptional({ enum: exportFormats, default: 'json' })
  @IsOptional()
  @IsIn(exportFormats)
  format?: ExportFormat;
}
