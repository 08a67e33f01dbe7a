import type { DeadLetterAlertPayload } from '../../../jobs/catalogue/dead-letter-alert.js';
import { htmlPage, table, type MailText } from './report-html.js';

/** The mail that tells of jobs that failed for good; it holds nothing of their data. */
export function deadLetterAlertText({ queue, jobs, ids, names }: DeadLetterAlertPayload): MailText {
  const subject = `${jobs} ${jobs === 1 ? 'job' : 'jobs'} failed for good in the queue ${queue}`;
  const remedy = 'GET /api/dead-letters shows why; POST /api/dead-letters/retry tries them again.';
  return {
    subject,
    text: [`${subject}.`, `Types: ${names.join(', ')}`, `Among them: ${ids.join(', ')}`, remedy].join('\n\n'),
    html: htmlPage(subject, [
      table(
        ['Types'],
        names.map((name) => [name]),
      ),
      table(
        ['Among them'],
        ids.map((id) => [id]),
      ),
      `<p>${remedy}</p>`,
    ]),
  };
}
