import { randomUUID } from 'node:crypto';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { failureOfStatus } from './failure.js';

const statusOfCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** The answer to the last request of a connection, and to the one before it if that was still under way. */
const lastAnswers = new WeakMap<Duplex, ServerResponse>();
const answersBefore = new WeakMap<ServerResponse, ServerResponse>();
/** Connections that are closed as soon as what is under way has been answered. */
const ending = new WeakSet<Duplex>();

/** To be told of each request before anybody answers it, so that its answer keeps its place on the connection. */
export function noteAnswer(answer: ServerResponse): void {
  const { socket } = answer.req;
  const before = lastAnswers.get(socket);
  if (before !== undefined && !before.writableFinished) answersBefore.set(answer, before);
  lastAnswers.set(socket, answer);
}

/**
 * Answers what Node.js could not read as a request: there is no request and no reply, only the socket. The answers to
 * requests before it go first; what is wrong with the rest of a request that has its answer gets no second one.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  if (ending.has(socket)) return;
  ending.add(socket);
  const last = lastAnswers.get(socket);
  const isOfLast = last !== undefined && !last.req.complete;
  const isAnswered = isOfLast && last.headersSent;
  const first = isOfLast && !isAnswered ? answersBefore.get(last) : last;
  const end = (): void => {
    if (!socket.writable) return;
    if (isAnswered) socket.end();
    else answerOnSocket(socket, statusOfCode[error.code ?? ''] ?? 400);
  };
  if (first === undefined || first.writableFinished) end();
  else first.once('close', end);
}

/** Writes a failure where there is no reply to write it to, and closes the connection. */
export function answerOnSocket(socket: Duplex, status: number, requestId: string = randomUUID()): void {
  const failure = failureOfStatus(status, requestId);
  const body = JSON.stringify(failure);
  socket.end(
    [
      `HTTP/1.1 ${failure.statusCode} ${STATUS_CODES[failure.statusCode] ?? 'Error'}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-ID: ${failure.requestId}`,
      'X-Content-Type-Options: nosniff',
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  );
}
