import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { FailureDto } from './failure.dto.js';
import { CursorPagination, PagePagination } from './pagination.dto.js';

interface Described {
  readonly status?: number;
  readonly message: string;
}

function envelopeSchema(status: number, message: string, properties: Record<string, object>) {
  return {
    type: 'object',
    required: ['statusCode', 'message', 'success', ...Object.keys(properties)],
    properties: {
      statusCode: { type: 'integer', example: status },
      message: { type: 'string', example: message },
      success: { type: 'boolean', enum: [true] },
      ...properties,
    },
  };
}

/** Documents the envelope around one model, or around no data at all; `paged` when a part of it comes in pages. */
export function ApiAnswer(
  model: Type | null,
  { status = 200, message, paged = false }: Described & { readonly paged?: boolean },
): MethodDecorator {
  const data = model === null ? { nullable: true, example: null } : { $ref: getSchemaPath(model) };
  const pagination = { $ref: getSchemaPath(PagePagination) };
  const schema = envelopeSchema(status, message, { data, ...(paged && { pagination }) });
  return applyDecorators(
    ...(model === null ? [] : [ApiExtraModels(model)]),
    ...(paged ? [ApiExtraModels(PagePagination)] : []),
    ApiResponse({ status, description: message, schema }),
  );
}

/** Documents the envelope around all there is of a model, in one answer. */
export function ApiArrayAnswer(model: Type, { status = 200, message }: Described): MethodDecorator {
  const data = { type: 'array', items: { $ref: getSchemaPath(model) } };
  return applyDecorators(
    ApiExtraModels(model),
    ApiResponse({ status, description: message, schema: envelopeSchema(status, message, { data }) }),
  );
}

/** Documents the envelope around a list of either kind of paging, or of one that is read by cursor alone. */
export function ApiListAnswer(
  model: Type,
  { status = 200, message, cursorOnly = false }: Described & { readonly cursorOnly?: boolean },
): MethodDecorator {
  const byCursor = { $ref: getSchemaPath(CursorPagination) };
  const pagination = cursorOnly ? byCursor : { oneOf: [{ $ref: getSchemaPath(PagePagination) }, byCursor] };
  const data = { type: 'array', items: { $ref: getSchemaPath(model) } };
  return applyDecorators(
    ApiExtraModels(model, PagePagination, CursorPagination),
    ApiResponse({
      status,
      description: message,
      schema: envelopeSchema(status, message, { data, pagination }),
    }),
  );
}

/** Documents failures that a client should expect: their status and codes. */
export function ApiFailures(failures: Readonly<Record<number, string>>): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(FailureDto),
    ...Object.entries(failures).map(([status, description]) =>
      ApiResponse({ status: Number(status), description, schema: { $ref: getSchemaPath(FailureDto) } }),
    ),
  );
}
