import axe, { type AxeResults } from 'axe-core';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/lib/machine.mjs';
import { ensureChromium } from '../../scripts/lib/system-packages.mjs';
import type { TestClient } from '../support/client.js';

/** Sizes of windows, in CSS pixels. */
export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Milliseconds that a busy machine may take for a step of a test. */
const PATIENCE = 20_000;

/** The browser of a file of tests. */
export function sharedBrowser(args: readonly string[] = []): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    await ensureChromium();
    browser = await chromium.launch({
      executablePath: findChromium(),
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', ...args],
    });
  });
  afterAll(() => browser?.close());
  return () => {
    if (!browser) throw new Error('The browser starts with the first test.');
    return browser;
  };
}

export interface Visit {
  /** Address of the server. */
  url: string;
  /** Whoever is logged in; nobody unless given. */
  as?: Pick<TestClient, 'token'>;
  viewport?: { width: number; height: number };
  colors?: 'light' | 'dark';
}

/**
 * A window of its own, with nothing in it from others. At the end of the test it must have asked no other
 * host for anything, thrown nothing, and broken no rule of its content security policy.
 */
export async function visit(
  browser: Browser,
  { url, as, viewport = DESKTOP, colors = 'light' }: Visit,
): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, viewport, colorScheme: colors });
  context.setDefaultTimeout(PATIENCE);
  if (as) await logIn(context, url, as.token);
  const page = await context.newPage();
  const faults = faultsOf(page, url);
  onTestFinished(async () => {
    await context.close();
    expect(faults).toEqual([]);
  });
  return page;
}

async function logIn(context: BrowserContext, url: string, token: string): Promise<void> {
  const value = JSON.stringify({ kind: 'token', value: token });
  await context.addInitScript(
    ([origin, credential]) => {
      const place = 'atelier.credential';
      const begun = 'test.begun';
      if (location.origin !== origin || sessionStorage.getItem(begun)) return;
      sessionStorage.setItem(begun, 'yes');
      localStorage.setItem(place, credential!);
    },
    [new URL(url).origin, value],
  );
}

function faultsOf(page: Page, url: string): string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`thrown: ${error.message}`));
  page.on('console', (message) => {
    if (/Content.Security.Policy|\[Vue warn\]/.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    const asked = request.url();
    if (/^(data|blob):/.test(asked) || new URL(asked).origin === new URL(url).origin) return;
    faults.push(`asked another host: ${asked}`);
  });
  return faults;
}

/** What axe finds wrong for people who use a screen reader, a keyboard or little contrast. */
export async function violations(page: Page): Promise<string[]> {
  // By the protocol of the developer tools: the page's own policy lets no script in.
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
  );
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`),
  );
}

/** How far the page may be scrolled sideways, in CSS pixels: 0 where it fits its window. */
export function sidewaysScroll(page: Page): Promise<number> {
  return page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
}
