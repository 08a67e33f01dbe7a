import { afterAll, beforeAll } from 'vitest';
import { passwordChangeFlows } from './change-password.flows.js';
import { emailChangeFlows } from './email-change.flows.js';
import { keyNoticeFlows } from './key-notice.flows.js';
import { openRegistrationFlows } from './open-registration.flows.js';
import { loginCodeFlows } from './otp.flows.js';
import { recoveryFlows } from './recovery.flows.js';
import { startService, type Service } from './support.js';

// One API and one worker for all of them: starting both takes longer than any flow.
let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service?.[Symbol.asyncDispose]());

for (const flows of [
  openRegistrationFlows,
  recoveryFlows,
  passwordChangeFlows,
  emailChangeFlows,
  loginCodeFlows,
  keyNoticeFlows,
]) {
  flows(() => service);
}
