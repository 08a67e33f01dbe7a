import type { FailureCount, JobCount } from '../../../jobs/job-figures.repository.js';
import type { UserCount } from '../user-figures.js';
import { heading, htmlPage, table, type MailText } from './report-html.js';

export interface WeeklyFigures {
  readonly users: readonly UserCount[];
  readonly jobs: readonly JobCount[];
  readonly failures: readonly FailureCount[];
  readonly from: Date;
  readonly until: Date;
}

/** The mail with the numbers of the week: as tables, and as lines for who reads no HTML. */
export function weeklyReportText({ users, jobs, failures, from, until }: WeeklyFigures): MailText {
  const week = `${dayOf(from)} to ${dayOf(until)}`;
  const parts = [
    {
      title: 'Users by role and state',
      columns: ['Role', 'State', 'Users'],
      rows: users.map(({ role, status, users: count }) => [role, status, count]),
    },
    {
      title: 'Jobs by state',
      columns: ['Queue', 'State', 'Jobs'],
      rows: jobs.map(({ queue, state, jobs: count }) => [queue, state, count]),
    },
    {
      title: 'Jobs that failed for good this week',
      columns: ['Queue', 'Type', 'Jobs'],
      rows: failures.map(({ queue, name, jobs: count }) => [queue, name, count]),
    },
  ];
  return {
    subject: `Weekly report, ${week}`,
    text: parts
      .map(({ title, rows }) => [title, ...(rows.length > 0 ? rows.map(line) : ['none'])].join('\n'))
      .join('\n\n'),
    html: htmlPage(
      `Weekly report, ${week}`,
      parts.flatMap(({ title, columns, rows }) => [heading(title), table(columns, rows)]),
    ),
  };
}

function line([first, second, count]: readonly (string | number)[]): string {
  return `${first}, ${second}: ${count}`;
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
