export interface Mail {
  readonly to: { readonly name: string; readonly email: string };
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/**
 * Sends mail. `scope` names one mail for ever, over every attempt: letters, digits, '-' and '/'. The same scope gives
 * the same Message-ID, and where the way out allows it, one mail.
 */
export abstract class Mailer {
  /** Whether this mail is known to be out already, so that nothing needs to be prepared for it. */
  abstract wasSent(scope: string): Promise<boolean>;

  /** Resolves when the mail is out. @throws Error when it may not be; RefusedMail when it never will. */
  abstract send(scope: string, mail: Mail): Promise<void>;
}
