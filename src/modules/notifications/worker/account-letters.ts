import { greeting, minuteOf, type Letter } from './letter.js';

interface WithLink {
  readonly link: string;
  readonly expiresAt: Date;
}

interface Named {
  /** '' where nobody has shown yet that the address is theirs: a stranger chose the name, as words for its mailbox. */
  readonly name: string;
}

const unexpected = 'If you did not expect this mail, you need not do anything.';
const until = (expiresAt: Date): string => `The link works once, until ${minuteOf(expiresAt)}.`;

/** Asks a new user to choose a password. */
export function invitation({ name, link, expiresAt }: Named & WithLink): Letter {
  return {
    subject: 'You are invited: choose your password',
    blocks: [
      greeting(name),
      'an account was made for you.',
      { label: 'Choose your password', link },
      until(expiresAt),
      unexpected,
    ],
  };
}

export interface Attempt extends WithLink {
  /** The address of the network from which somebody registered. */
  readonly ip: string;
  readonly at: Date;
}

/**
 * The name that was given is left out of the letters about registrations: whoever registers chooses it, and would
 * choose what a stranger's mailbox is to show.
 */
function whoRegistered({ at, ip }: Pick<Attempt, 'at' | 'ip'>): string {
  return `somebody registered with this e-mail address on ${minuteOf(at)} from the network address ${ip}.`;
}

const onlyYourOwn =
  'If that was not you, do not open the link: it gives the account the password that was chosen then.';

/** Asks whoever registered to prove that the address is theirs. */
export function registration({ link, expiresAt, ...attempt }: Attempt): Letter {
  return {
    subject: 'Confirm your e-mail address',
    blocks: [
      greeting(''),
      whoRegistered(attempt),
      { label: 'If that was you, confirm your address', link },
      until(expiresAt),
      onlyYourOwn,
    ],
  };
}

/** Somebody registered with the address of an account that nobody has ever confirmed. */
export function unconfirmedAccount({ link, expiresAt, ...attempt }: Attempt): Letter {
  return {
    subject: 'You already have an account',
    blocks: [
      greeting(''),
      whoRegistered(attempt),
      'There is an account with this address already, but nobody has confirmed the address yet.',
      { label: 'Confirm your address and choose a new password', link },
      `${until(expiresAt)} It ends every session of the account.`,
      unexpected,
    ],
  };
}

/** Somebody registered with the address of an account. */
export function existingAccount(attempt: Pick<Attempt, 'at' | 'ip'>): Letter {
  return {
    subject: 'You already have an account',
    blocks: [
      greeting(''),
      whoRegistered(attempt),
      'You already have an account with this address: log in to it, or ask for a new password.',
      'If it was not you, you need not do anything: your account is as it was.',
    ],
  };
}

/** Nobody can tell which of several attempts is the reader's. */
export function severalRegistrations(): Letter {
  return {
    subject: 'Register once more',
    blocks: [
      greeting(''),
      'you asked for another mail to confirm your address, but several registrations are waiting for it.',
      'Please register once more, and open the link in the mail that comes right after it.',
      unexpected,
    ],
  };
}

export function emailVerification({ name, link, expiresAt }: Named & WithLink): Letter {
  return {
    subject: 'Confirm your e-mail address',
    blocks: [
      greeting(name),
      'somebody registered with this e-mail address.',
      { label: 'If that was you, confirm your address', link },
      until(expiresAt),
      'If that was not you, do not open the link: the account would keep the password that was chosen then.',
    ],
  };
}

export function passwordReset({ name, link, expiresAt }: Named & WithLink): Letter {
  return {
    subject: 'Choose a new password',
    blocks: [
      greeting(name),
      'somebody asked for a new password for your account.',
      { label: 'Choose a new password', link },
      `${until(expiresAt)} It ends every session of your account.`,
      unexpected,
    ],
  };
}

export function loginCode({ name, code, expiresAt }: Named & { code: string; expiresAt: Date }): Letter {
  return {
    subject: 'Your login code',
    blocks: [
      greeting(name),
      'this is the code that you asked for:',
      { code },
      `It works once, until ${minuteOf(expiresAt)}. Nobody of ours will ever ask you for it.`,
      unexpected,
    ],
  };
}

export function emailChange({ name, link, expiresAt }: Named & WithLink): Letter {
  return {
    subject: 'Confirm your new e-mail address',
    blocks: [
      greeting(name),
      'you asked that this becomes the e-mail address of your account.',
      { label: 'Confirm your new address', link },
      until(expiresAt),
      unexpected,
    ],
  };
}

/** To an address that somebody else wants for their account, and that has one. */
export function addressInUse(): Letter {
  return {
    subject: 'Your e-mail address stays yours',
    blocks: [
      greeting(''),
      'somebody asked to use this e-mail address for another account. You have an account with it, so that was refused.',
      'You need not do anything.',
    ],
  };
}

/** To the old address, when a change is asked for. */
export function emailChangeNotice({ name, newEmail }: Named & { newEmail: string }): Letter {
  return {
    subject: 'A change of your e-mail address was asked for',
    blocks: [
      greeting(name),
      `somebody who knows your password asked to change the e-mail address of your account to ${newEmail}.`,
      'Nothing changes until that address is confirmed. If it was not you, change your password now.',
    ],
  };
}

/** To the old address, when it is no longer the account's. */
export function emailChangedNotice({ name, newEmail }: Named & { newEmail: string }): Letter {
  return {
    subject: 'Your e-mail address was changed',
    blocks: [
      greeting(name),
      `the e-mail address of your account is ${newEmail} now. Nothing more is sent to this one.`,
      'If it was not you, ask an administrator for help at once.',
    ],
  };
}

export function apiKeyRotatedNotice({ name }: Named): Letter {
  return {
    subject: 'An API key of yours was replaced',
    blocks: [
      greeting(name),
      'an administrator has rotated an API key of yours and was shown the new one, which acts for you. The old one ends soon.',
      'If you did not agree on that, revoke the new key and ask another administrator for help at once.',
    ],
  };
}
