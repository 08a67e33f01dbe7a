import { duration } from './measures.js';
import { section } from './section.js';

export const auditConfig = section('audit', {
  retention: duration('AUDIT_RETENTION', {
    default: '400d',
    description:
      'How long an entry of the audit trail is kept; each entry keeps the time it was given when it was written.',
  }),
});
