import { ApiHeader } from '@nestjs/swagger';

/** Documents the header by which a change says what it was made for. */
export const ApiIfMatch = (): MethodDecorator & ClassDecorator =>
  ApiHeader({
    name: 'If-Match',
    required: false,
    description: 'The ETag that was read; 412 when it is stale.',
  });
