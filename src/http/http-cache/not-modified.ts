import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { askAgain, contentTag, isNamed } from './entity-tags.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether its answers carry tags of their content, by which a client may ask for what has changed. */
    tagsContent?: boolean;
  }
}

/** Before the routes are declared, and before what compresses them. */
export function answerNotModified(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.config?.tagsContent === true) compareTags(route);
  });
}

/** Of this route's answers, those that the client has are not sent again: 304. Only such routes pay for looking. */
export function compareTags(route: RouteOptions): void {
  putFirst(route, withoutContent);
}

/** For a route that is none of Nest's, and whose content hardly ever changes. */
export function tagContent(route: RouteOptions): void {
  let known = '';
  let tag = '';
  const addTag = (_: FastifyRequest, reply: FastifyReply, content: unknown, done: Done): void => {
    if (typeof content === 'string') {
      if (content !== known) [known, tag] = [content, contentTag(content)];
      reply.headers({ ETag: tag, 'Cache-Control': askAgain, Vary: 'accept-encoding' });
    }
    done(null, content);
  };
  compareTags(route);
  putFirst(route, addTag);
}

type OnSend = Extract<NonNullable<RouteOptions['onSend']>, readonly unknown[]>[number];

function putFirst(route: RouteOptions, hook: OnSend): void {
  const others = route.onSend ?? [];
  route.onSend = [hook, ...(Array.isArray(others) ? others : [others])];
}

type Done = (error?: Error | null, payload?: unknown) => void;

function withoutContent(request: FastifyRequest, reply: FastifyReply, payload: unknown, done: Done): void {
  const wanted = request.headers['if-none-match'];
  const tag = reply.getHeader('etag');
  // A strong one is that of a version, which says nothing of what else is shown.
  const isOfContent = typeof tag === 'string' && tag.startsWith('W/');
  if (wanted === undefined || !isOfContent || reply.statusCode !== 200 || !isNamed(tag, wanted)) {
    return done(null, payload);
  }
  reply.code(304).removeHeader('content-type');
  // What follows for HEAD takes the content away itself, and wants to see it.
  done(null, request.method === 'HEAD' ? payload : null);
}
