// The real API, which also knows the type of job that the fault tests ask for.
import { declareFaultType } from './fault-types.mjs';
import { armKillPoint } from './kill-point.mjs';

await declareFaultType();
await armKillPoint();
await import('../../../dist/main.js');
