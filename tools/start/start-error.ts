/** Why the local run could not go on; the message is for people and names the remedy. */
export class StartError extends Error {
  override readonly name = 'StartError';
}
