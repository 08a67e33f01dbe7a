import { UnrecoverableError } from 'bullmq';

/** The mail server will not have this mail or its recipient, whenever it is asked: no further attempt is made. */
export class RefusedMail extends UnrecoverableError {}
