import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ApiServer, createApiServer } from '../../clearing/contract/http/index.ts';
import { serveCashierPage } from './cashier-page.ts';

describe('the pages that the agent serves', () => {
  let folder: string;
  let app: ApiServer;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'jdpos-pages-'));
    app = await createApiServer({
      ...{ title: 'test', version: '0', description: 'test', components: {} },
      log: pino({ level: 'silent' }),
    });
  });
  afterEach(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are the cashier’s and the customer’s, under the same policy', async () => {
    mkdirSync(join(folder, 'assets'));
    for (const name of ['index.html', 'customer.html', 'assets/a.js']) writeFileSync(join(folder, name), name);
    expect(await serveCashierPage(app, folder)).toBe(true);
    for (const [url, text] of [
      ['/', 'index.html'],
      ['/customer', 'customer.html'],
    ] as const) {
      const { statusCode, body, headers } = await app.inject(url);
      expect([statusCode, body]).toEqual([200, text]);
      expect(headers['content-type']).toContain('text/html');
      expect(headers['cache-control']).toBe('no-cache');
      expect(headers['content-security-policy']).toContain("default-src 'self'");
    }
    expect((await app.inject('/assets/a.js')).headers['cache-control']).toContain('immutable');
    const document = (await app.inject('/openapi.json')).json() as { paths: object };
    expect(Object.keys(document.paths)).not.toContain('/customer');
  });

  it('are none where they are not built', async () => {
    expect(await serveCashierPage(app, folder)).toBe(false);
    expect((await app.inject('/customer')).statusCode).toBe(404);
  });
});
