import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endLeftovers } from '../services/index.js';
import { banner } from './banner.js';
import { ChildLog } from './child-log.js';
import type { Host } from './host.js';
import { KeptChild, type ChildPlan } from './kept-child.js';
import { recompileOnChange } from './recompiler.js';
import type { LocalService, StartServices } from './services.js';
import { LocalSettings } from './settings.js';
import { StartError } from './start-error.js';
import { aborted, StopRequest } from './stop-request.js';
import type { Timing } from './timing.js';

const RELOAD_GRACE_MS = 3000;

export interface Programs {
  api: ChildPlan['command'];
  worker: ChildPlan['command'];
}

/** Services, API and worker of one checkout, from their start to the last of their processes' end. */
export class LocalRun {
  private readonly stop = new StopRequest();
  /** Where a later run finds the children of this one, apart from the services, which end after them. */
  private readonly records: string;
  private services: LocalService[] = [];
  private children: KeptChild[] = [];
  private endCompiler: (() => Promise<void>) | undefined;

  constructor(
    private readonly host: Host,
    private readonly programs: Programs,
    private readonly startServices: StartServices,
    private readonly timing: Timing,
  ) {
    this.records = join(host.folder, 'app');
  }

  /**
   * Runs until it is asked to stop.
   * @throws StartError, ServiceUnavailableError why it could not go on; everything is ended by then
   */
  async run(): Promise<void> {
    const deaf = this.stop.listen(this.host.orphaned);
    try {
      await this.begin();
      if (!this.stop.drain.aborted) await Promise.race([aborted(this.stop.drain), this.failure()]);
    } finally {
      await this.end();
      deaf();
    }
  }

  private async begin(): Promise<void> {
    const { host, stop } = this;
    await endLeftovers(this.records, (line) => host.terminal.line(line));
    const settings = new LocalSettings(host);
    // Before the services, which may take a minute, so that a port that is taken is told at once; and after them.
    await settings.choosePort('api');
    await settings.choosePort('worker');
    this.services = await this.startServices(host, stop);
    if (stop.drain.aborted) return;
    await settings.choosePort('api');
    this.children = this.makeChildren(settings);
    for (const child of this.children) child.start();
    await Promise.race([this.allReady(), aborted(stop.drain)]);
    if (stop.drain.aborted) return;
    host.lock.update({ url: settings.addresses().api });
    for (const line of banner(settings, this.services, host.folder)) host.terminal.line(line);
    for (const child of this.children) child.log.show();
    if (host.watch) this.endCompiler = this.watch();
  }

  private makeChildren(settings: LocalSettings): KeptChild[] {
    const { folder, terminal, root } = this.host;
    const services = Object.fromEntries(this.services.map(({ name, uri }) => [variables[name], uri]));
    const make = (name: 'api' | 'worker', title: string): KeptChild => {
      const environment = async (wasReady: boolean): Promise<NodeJS.ProcessEnv> => {
        // Another checkout, started at the same moment, may have been quicker; later its users know the port.
        if (!wasReady) await settings.choosePort(name);
        return settings.environment(services);
      };
      const readyUrl = (): string => `${settings.addresses()[name]}/health/ready`;
      const plan = { name, title, command: this.programs[name], cwd: root, environment, readyUrl };
      const log = new ChildLog(join(folder, 'logs', `${name}.log`), `${name.padEnd(6)} | `, terminal);
      return new KeptChild(plan, log, this.records, this.timing, (line) => terminal.line(line));
    };
    return [make('api', 'The API'), make('worker', 'The worker')];
  }

  private async allReady(): Promise<void> {
    const step = this.host.terminal.step('API and worker');
    const timer = setInterval(() => step.update(this.states()), 500);
    const late = pause(this.timing.readyMs, 'late' as const, { ref: false });
    try {
      const ready = Promise.all(this.children.map((child) => child.firstReady));
      if ((await Promise.race([ready, late, this.failure()])) === 'late') throw this.notReady();
    } finally {
      clearInterval(timer);
      step.done();
    }
  }

  private states(): string {
    return this.children.map((child) => `${child.plan.name} ${child.state}`).join(', ');
  }

  private notReady(): StartError {
    const waiting = this.children.filter((child) => child.state !== 'ready');
    const words = waiting.map(
      ({ plan, state, log }) =>
        `${plan.title} is not ready: ${plan.readyUrl()} ${state}. Its last lines (all of them: ${log.path}):\n` +
        log
          .lastLines(15)
          .map((line) => `  ${line}`)
          .join('\n'),
    );
    return new StartError(
      `Not ready after ${this.timing.readyMs / 1000} s.\n${words.join('\n')}\n` +
        'Remedy: mend what these lines name, then run the command again.',
    );
  }

  private failure(): Promise<never> {
    return Promise.race(this.children.map((child) => child.failure()));
  }

  private watch(): () => Promise<void> {
    const { root, terminal } = this.host;
    terminal.line('Watching src/: a change is compiled, then API and worker are started again.');
    return recompileOnChange(root, this.records, terminal, () => {
      terminal.line('Compiled. Starting API and worker again.');
      for (const child of this.children) void child.reload(RELOAD_GRACE_MS);
    });
  }

  private async end(): Promise<void> {
    const { terminal, lock } = this.host;
    const { hurry } = this.stop;
    lock.update({ stopping: true });
    if (this.children.length + this.services.length > 0) {
      terminal.line('Stopping: API and worker finish what runs (press Ctrl-C again to stop at once).');
    }
    const step = terminal.step('Stopping');
    step.update('API and worker');
    await Promise.all([this.endCompiler?.(), ...this.children.map((child) => child.stop(hurry))]);
    step.update('services');
    const stopped = Promise.allSettled(this.services.map((service) => service.stop())).then(() => 'stopped');
    const late = pause(this.timing.servicesGraceMs, 'late', { ref: false });
    const outcome = await Promise.race([stopped, late]);
    step.done();
    if (outcome === 'late')
      terminal.line('The services did not stop in time; the next start ends what is left of them.');
    else if (this.services.length > 0) terminal.line('Stopped.');
  }
}

const variables = { mongodb: 'MONGODB_URI', redis: 'REDIS_URL' } as const;
