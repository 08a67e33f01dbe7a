import { Injectable } from '@nestjs/common';
import type { SessionId } from '../../common/ids.js';
import { Turns } from '../../common/turns.js';

/**
 * What changes one session is done one after the other within this process. The database would keep the changes apart
 * as well, but by holding a connection for each that waits: fifty refreshes at once beside a logout would leave none
 * to the transaction that they wait for.
 */
@Injectable()
export class SessionTurns extends Turns<SessionId> {}
