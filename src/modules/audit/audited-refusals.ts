import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Refusals, type Refusal } from '../../http/refusals.js';
import { AuditService } from './audit.service.js';

/** Notes every 403, whichever guard or rule refused: heard where errors become answers, so that none is forgotten. */
@Injectable()
export class AuditedRefusals implements OnModuleInit {
  constructor(
    private readonly refusals: Refusals,
    private readonly audit: AuditService,
  ) {}

  onModuleInit(): void {
    this.refusals.onRefusal((refusal) => this.note(refusal));
  }

  private note({ route, code, parameters }: Refusal): void {
    const about = { code, ...parameters };
    this.audit.note(
      {
        action: 'access.denied',
        target: { type: 'route', id: route },
        changes: Object.fromEntries(Object.entries(about).map(([name, to]) => [name, { to }])),
      },
      'refused',
    );
  }
}
