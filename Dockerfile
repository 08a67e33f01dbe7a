# syntax=docker/dockerfile:1

FROM node:24-bookworm-slim AS base
WORKDIR /app

FROM base AS build
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npx --no-install nest build

# Apart from the build, so that a change in src/ does not install anything again.
FROM base AS dependencies
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM base AS service
ENV NODE_ENV=production
# Reachable from outside of the container; what is published is up to who runs it.
ENV HOST=0.0.0.0
ENV MAIL_FOLDER=/home/node/mail
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
USER node
# Owned by the user, and so is a volume that is mounted here for the first time.
RUN mkdir -p "$HOME/mail"
EXPOSE 3000 3001
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/health/live`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# The second option: docs/adr/0022-young-objects-stay-young.md.
CMD ["node", "--enable-source-maps", "--no-allocation-site-pretenuring", "--max-semi-space-size=64", "dist/main.js"]
