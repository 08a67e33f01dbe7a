import type { Rate } from '../../config/rate-limit.js';

/** Mails to one recipient: what is beyond is not sent, and the answer does not tell. */
export const mailsPerRecipient: Rate = { limit: 3, window: 900_000 };

/** Requests of one address that would cause a mail, whoever it is for. */
export const mailRequestsPerAddress: Rate = { limit: 20, window: 900_000 };
