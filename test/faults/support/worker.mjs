// The real worker, with a handler for the type of job that the fault tests ask for.
import { declareFaultType } from './fault-types.mjs';
import { armKillPoint } from './kill-point.mjs';

await declareFaultType();
await armKillPoint();
const { WorkerModule } = await import('../../../dist/worker.module.js');
const { FaultsModule } = await import('./faults.module.mjs');
const imports = Reflect.getMetadata('imports', WorkerModule);
Reflect.defineMetadata('imports', [...imports, FaultsModule], WorkerModule);
await import('../../../dist/worker.js');
