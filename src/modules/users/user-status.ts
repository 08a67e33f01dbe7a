export const userStatuses = ['pending', 'active', 'suspended'] as const;
/** pending: invited and without a password yet. */
export type UserStatus = (typeof userStatuses)[number];
