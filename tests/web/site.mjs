// For the tests of the page: `vanity serve`, Chromium on it, what both complain about.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before } from 'node:test';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const modules = createRequire(join(here, '../../build/web/package.json'));
const { chromium } = modules('playwright-core');
const axe = readFileSync(modules.resolve('axe-core/axe.min.js'), 'utf8');

const program = process.env.VN_PROGRAM;
const index = process.env.VN_TEST_INDEX;
const shots = join(process.cwd(), 'screenshots');

export const DESK = { width: 1280, height: 800 };
export const PHONE = { width: 360, height: 740 };
const WAIT_MS = 30000; // for what must happen; a loaded machine is slow

// The index is linked to a folder of its own: the log of calls lies beside it.
export class Site {
  async start() {
    this.folder = mkdtempSync(join(dirname(index), 'site-'));
    linkSync(index, join(this.folder, 'vanity.mdb'));
    this.server = spawn(program, ['serve', '-i', join(this.folder, 'vanity.mdb'), '--listen', '127.0.0.1:0'],
      { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await Promise.race([
      once(createInterface({ input: this.server.stdout }), 'line'),
      once(this.server, 'exit').then(([code]) => Promise.reject(new Error(`vanity serve ended: ${code}`))),
    ]);
    this.url = line;
    this.browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: process.getuid() === 0 ? ['--no-sandbox'] : [], // which root cannot have
      env: { ...process.env, FONTCONFIG_FILE: join(here, 'fonts.conf') },
    });
  }

  async stop() {
    await this.browser?.close();
    if (this.server?.exitCode === null) {
      this.server.kill('SIGTERM');
      await once(this.server, 'exit');
    }
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }

  // A page, not yet opened, whose complaints are kept; close() judges them.
  async page(options = {}) {
    const context = await this.browser.newContext({ viewport: DESK, baseURL: this.url, ...options });
    const page = await context.newPage();
    const complaints = [];
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => complaints.push(error.stack));
    page.on('console', (message) => {
      if (message.type() === 'error' && !isRefusal(message)) complaints.push(message.text());
    });
    page.done = async () => {
      assert.deepEqual(complaints, []);
      await context.close();
    };
    return page;
  }

  async answer(number) {
    return (await fetch(`${this.url}vanitynumbers?phonenumber=${encodeURIComponent(number)}`)).json();
  }
}

// Chromium notes every refused request; the page tells them in its own words.
function isRefusal(message) {
  return /^Failed to load resource/.test(message.text()) && !/\.(js|css|svg)$/.test(message.location().url);
}

// One site for all tests of a file.
export function site() {
  const one = new Site();
  before(() => one.start());
  after(() => one.stop());
  return one;
}

// opened(page, path): at rest, with the rest of the page loaded.
export async function opened(page, path = './') {
  await page.goto(path);
  await page.locator('#map [role=option]').first().waitFor({ state: 'attached' });
  return page;
}

// As opened(), and from then on time passes with page.clock.runFor() only.
export async function timed(page, path) {
  const now = Date.now();
  await page.clock.install({ time: now });
  await opened(page, path);
  await page.clock.pauseAt(now + 3600 * 1000);
  return page;
}

// The first request of a pattern waits: held.route is it, to be answered.
export async function hold(page, pattern) {
  const held = {};
  held.route = new Promise((done) => (held.take = done));
  await page.route(pattern, held.take, { times: 1 });
  return held;
}

export async function look(page, number) {
  await page.fill('#number', number);
  await page.press('#number', 'Enter');
}

export const best = (page) => page.locator('#answer h3').first();

export const shown = (page, text) =>
  page.waitForFunction((want) => {
    const answer = document.querySelector('#answer');
    return !answer.inert && answer.querySelector('h3')?.firstChild.textContent === want;
  }, text);

export const told = (page, id, pattern) =>
  page.waitForFunction(([at, source]) => new RegExp(source).test(document.getElementById(at).textContent),
    [id, pattern.source]);

export async function shoot(page, name, options = {}) {
  mkdirSync(shots, { recursive: true });
  await page.screenshot({ path: join(shots, `${name}.png`), animations: 'disabled', ...options });
}

// No violation of any rule of axe-core, and no scrolling sideways.
export async function accessible(page, name) {
  await page.evaluate(axe);
  const violations = await page.evaluate(async () => {
    const result = await window.axe.run({ rules: { 'target-size': { enabled: true } } });
    return result.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.html}: ${node.failureSummary}`));
  });
  assert.deepEqual(violations, [], name);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(over <= 0, `${name}: ${over} pixels too wide`);
}
