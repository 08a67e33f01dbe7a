/** Milliseconds that a probe waits for one dependency: with it every probe answers within 2 s. */
export const checkTimeLimit = 1_500;
