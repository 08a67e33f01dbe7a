import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Queues } from '../../src/jobs/queues.js';
import { administrator, startApi, type RunningApi } from '../support/app.js';
import { findChromium } from '../support/chromium.js';

const executablePath = findChromium();
if (executablePath === undefined) {
  console.warn('skipped: the board in a browser. No Chromium is installed (apt-get install chromium).');
}

/** A page is complete when its first answers have come. */
const wait = { timeout: 10_000, interval: 100 };
const secret = 'what-only-the-ledger-may-hold';
describe.skipIf(executablePath === undefined)('the board in Chromium', () => {
  let api: RunningApi;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];
  let requested: Set<string>;
  let jobId: string;

  beforeAll(async () => {
    api = await startApi();
    const queue = api.app.get(Queues, { strict: false }).get('email');
    const data = { to: 'ada@nexus.test', subject: 'Greetings', body: secret };
    jobId = String((await queue.add('send-email', data)).id);
    browser = await chromium.launch({
      ...(executablePath !== undefined && { executablePath }),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await api?.close();
  });

  beforeEach(async () => {
    context = await browser.newContext({ baseURL: api.url });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    complaints = [];
    requested = new Set();
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('request', (request) => requested.add(new URL(request.url()).origin));
  });
  afterEach(() => context?.close());

  /** As a page of ours would: the cookies are the browser's, the scripts see none. */
  async function logIn(): Promise<void> {
    const { data } = await (await context.request.get('/api/csrf-token')).json();
    const reply = await context.request.post('/api/auth/login', {
      data: { ...administrator, transport: 'cookie' },
      headers: { 'x-csrf-token': data.csrfToken, origin: api.url },
    });
    expect(reply.status()).toBe(200);
  }

  /** What is written on the buttons of the page; of those that only have a picture, nothing. */
  async function buttons(): Promise<string[]> {
    const all = await page.locator('button:visible').all();
    return Promise.all(
      all.map(async (button) => {
        const label = (await button.getAttribute('aria-label')) ?? (await button.getAttribute('title'));
        return label ?? (await button.textContent()) ?? '';
      }),
    );
  }

  it('stays closed without a login', async () => {
    const reply = await page.goto('/admin/queues');
    expect(reply?.status()).toBe(401);
    expect(await page.textContent('body')).toContain('UNAUTHENTICATED');
  });

  it('shows queues and a job without its hidden fields, and nothing that changes anything', async () => {
    await logIn();
    const answers: Promise<string>[] = [];
    page.on('response', (answer) => answers.push(answer.text().catch(() => '')));
    expect((await page.goto('/admin/queues'))?.status()).toBe(200);
    for (const queue of ['email', 'reports', 'data-processing']) {
      await page.getByText(queue, { exact: true }).first().waitFor();
    }
    // Those without words order the queues, and show the full screen and the settings of the page; beside data they copy
    // it. A board that is not read-only has one more for each queue, and three more for a job.
    const idle = 'Nothing is consuming this queue';
    const ofBoard = ['Collapse sidebar', '', '', '', idle, idle, idle, '1 Job'];
    await expect.poll(async () => (await buttons()).toSorted(), wait).toEqual(ofBoard.toSorted());

    await page.goto('/admin/queues/queue/email');
    await page.getByText('send-email').first().waitFor();
    const ofQueue = ['Collapse sidebar', 'Queue info', '', '', idle];
    const ofJob = ['Data', 'Progress', 'Options', 'Logs', 'Error', ''];
    await expect.poll(buttons, wait).toEqual([...ofQueue, ...ofJob]);

    await page.goto(`/admin/queues/queue/email/${jobId}`);
    await page.getByText('ada@nexus.test').first().waitFor();
    expect(await page.textContent('body')).toContain('Greetings');
    await expect.poll(buttons, wait).toEqual(['Collapse sidebar', 'Queue info', '', '', ...ofJob]);

    expect((await Promise.all(answers)).join('\n')).not.toContain(secret);
    expect(await page.content()).not.toContain(secret);
    expect(complaints, 'the content security policy lets the page work').toEqual([]);
    expect([...requested], 'nothing is loaded from elsewhere').toEqual([api.url]);
  });
});
