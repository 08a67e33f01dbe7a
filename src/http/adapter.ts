import { ServerResponse, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { ForbiddenException } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../common/domain-error.js';
import type { httpConfig } from '../config/http.config.js';
import { failureOfStatus } from './failure.js';
import { answerClientError } from './client-errors.js';
import { isProbe } from './probe-routes.js';
import { contextOf } from './request-hooks.js';
import { requestIdOf } from './request-id.js';

const headersTimeout = 15_000;
const requestTimeout = 60_000;
/** How late those two may be noticed; Node.js would look every 30 s only. */
const connectionsCheckingInterval = 1_000;
/** Longer than the usual 60 s of a proxy, so that it is the proxy that closes an idle connection. */
const keepAliveTimeout = 65_000;
/** So that an absurdly long token is told apart as what it is, a 401, and only what is beyond that is a 431. */
const maximumHeaderBytes = 131_072;
const maximumParameterLength = 256;

type SecurityHook = Parameters<FastifyAdapter['registerSecurityHook']>[0];

declare module 'fastify' {
  interface FastifyRequest {
    /** To be sent with the answer by whoever writes its headers; absent where they are written already. */
    securityHeaders?: OutgoingHttpHeaders;
  }
}

const probeHeaders: OutgoingHttpHeaders = { 'x-content-type-options': 'nosniff' };
/** Of the headers for pages, those that also mean something for data (OWASP REST Security Cheat Sheet). */
const headersForData = [
  'cross-origin-resource-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
];
/** Data that a browser shows as a page may load nothing and be in no frame. */
const ownOfData: OutgoingHttpHeaders = {
  'content-security-policy': "default-src 'none';frame-ancestors 'none'",
  'x-frame-options': 'DENY',
};

/**
 * The security headers of a read go the way of all its others: setting them one by one on Node.js's own response, as
 * Nest does, makes it merge two sets, which costs a small request a tenth. Of data only those are sent that protect
 * it, each costs; probes answer machines, which no header of these protects.
 */
class ServiceAdapter extends FastifyAdapter {
  private forPages: OutgoingHttpHeaders | undefined;
  private forData: OutgoingHttpHeaders | undefined;

  override registerSecurityHook(hook: SecurityHook): void {
    super.registerSecurityHook((request: FastifyRequest, response) => {
      if (isProbe(request)) {
        request.securityHeaders = probeHeaders;
        return undefined;
      }
      if (request.method === 'GET' || request.method === 'HEAD') {
        // They are the same for every request, and a read is refused by no check of its origin.
        this.forPages ??= headersOf(hook, request);
        this.forData ??= dataHeadersOf(this.forPages);
        request.securityHeaders = request.url.startsWith('/api/') ? this.forData : this.forPages;
        return undefined;
      }
      const refusal = hook(request, response);
      if (!(refusal instanceof ForbiddenException)) return refusal;
      // No later hook runs, and the audit wants to know whose request it was.
      request.context = contextOf(request);
      return crossOrigin();
    });
  }
}

function headersOf(hook: SecurityHook, request: FastifyRequest): OutgoingHttpHeaders {
  const response = new ServerResponse(request.raw);
  hook(request, response);
  return { ...response.getHeaders() };
}

function dataHeadersOf(forPages: OutgoingHttpHeaders): OutgoingHttpHeaders {
  const kept = headersForData.map((name) => [name, forPages[name]] as const);
  return { ...ownOfData, ...Object.fromEntries(kept) };
}

/** What Nest's check of Origin and Sec-Fetch-Site refused, with a code of its own. */
function crossOrigin(): DomainError {
  return new DomainError(
    'forbidden',
    'CROSS_ORIGIN_REQUEST',
    'A page of another origin may not do this: see CORS_ORIGINS',
  );
}

/** Fastify as this service wants it: ids, limits and errors that hold before any of Nest's own code runs. */
export function createAdapter(config: ConfigType<typeof httpConfig>): FastifyAdapter {
  const trustProxy = config.trustedProxies.length > 0 ? [...config.trustedProxies] : false;
  return new ServiceAdapter({
    // Nothing here is a middleware, and an empty chain of them is walked for each request all the same.
    skipMiddie: true,
    logger: false,
    requestIdHeader: false,
    genReqId: (request: IncomingMessage) => requestIdOf(request),
    trustProxy,
    bodyLimit: config.bodyLimit,
    requestTimeout,
    keepAliveTimeout,
    http: {
      headersTimeout,
      requestTimeout,
      connectionsCheckingInterval,
      maxHeaderSize: maximumHeaderBytes,
      // Refused by a hook, with an answer: Node.js would send a bare status line.
      requireHostHeader: false,
    },
    routerOptions: { maxParamLength: maximumParameterLength },
    // Requests that arrive on an open connection during a shutdown are still served, with Connection: close.
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
}

/** The router refused the URL itself: no hook ran, and no filter will. */
function answerFrameworkError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  const failure = failureOfStatus(error.statusCode ?? 400, request.id);
  reply
    .header('X-Request-ID', request.id)
    .header('X-Content-Type-Options', 'nosniff')
    .code(failure.statusCode)
    .send(failure);
}
