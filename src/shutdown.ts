import { Logger } from '@nestjs/common';

const limit = 30_000;

/**
 * On SIGTERM or SIGINT: closes, then ends the process with status 0; with 1 when closing fails or takes longer than
 * 30 s. A second signal changes nothing: whoever is in more of a hurry sends SIGKILL.
 */
export function closeOnSignal(close: () => Promise<void>): void {
  const logger = new Logger('Shutdown');
  let closing = false;

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (closing) return;
    closing = true;
    logger.log(`${signal}: finishing what runs`);
    setTimeout(() => {
      const open = process.getActiveResourcesInfo();
      logger.error({ open }, `not closed within ${limit / 1_000} s, giving up`);
      process.exit(1);
    }, limit).unref();
    try {
      await close();
      logger.log('closed');
      process.exit(0);
    } catch (error) {
      logger.error({ err: error }, 'closing failed');
      process.exit(1);
    }
  };

  process.on('SIGTERM', (signal) => void end(signal));
  process.on('SIGINT', (signal) => void end(signal));
}
