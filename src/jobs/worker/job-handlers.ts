import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { JobCatalogue } from '../catalogue/catalogue.js';
import { groupBy } from '../group-by.js';
import { jobHandlerMetadata, type JobHandlerHost } from './job-handler.js';

interface Found {
  readonly name: string;
  readonly className: string;
  readonly handler: JobHandlerHost;
}

/** The handlers that this process was built with, held against the catalogue. */
@Injectable()
export class JobHandlers {
  private readonly byName = new Map<string, JobHandlerHost>();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly catalogue: JobCatalogue,
  ) {}

  /**
   * Finds them; call it before the first job runs.
   * @throws Error that names every type with no handler or two, and every handler of no type.
   */
  find(): void {
    const found = groupBy(this.discover(), ({ name }) => name);
    const unhandled = this.catalogue.types.filter(({ name }) => !found.has(name));
    const problems = [
      ...unhandled.map(({ name }) => `'${name}' has no handler: add a provider with @JobHandler('${name}')`),
      ...[...found].flatMap(([name, hosts]) => this.problemsOf(name, hosts)),
    ];
    if (problems.length > 0) {
      throw new Error(`The job catalogue and its handlers do not fit:\n  ${problems.join('\n  ')}`);
    }
    for (const [name, [host]] of found) if (host !== undefined) this.byName.set(name, host.handler);
  }

  get(name: string): JobHandlerHost | undefined {
    return this.byName.get(name);
  }

  private problemsOf(name: string, hosts: readonly Found[]): string[] {
    const classes = hosts.map(({ className }) => className).join(' and ');
    if (this.catalogue.find(name) === undefined)
      return [`'${name}' is handled by ${classes}, but not declared`];
    return hosts.length > 1 ? [`'${name}' is handled by ${classes}: keep one of them`] : [];
  }

  private discover(): Found[] {
    // A provider that several modules share is found in each of them.
    const instances = new Set<unknown>(
      this.discovery.getProviders().map(({ instance }): unknown => instance),
    );
    return [...instances].flatMap((instance) => {
      if (typeof instance !== 'object' || instance === null) return [];
      const name: unknown = Reflect.getMetadata(jobHandlerMetadata, instance.constructor);
      if (typeof name !== 'string') return [];
      const className = instance.constructor.name;
      if (!isHandler(instance)) throw new Error(`${className} handles '${name}' but has no method 'handle'`);
      return [{ name, className, handler: instance }];
    });
  }
}

function isHandler(instance: object): instance is JobHandlerHost {
  return 'handle' in instance && typeof instance.handle === 'function';
}
