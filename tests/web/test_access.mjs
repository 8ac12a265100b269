// Who uses the page how: light and dark, desk and phone, keyboard alone, screen reader, less motion. Leaves screenshots.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DESK, PHONE, accessible, look, opened, shoot, shown, site, told } from './site.mjs';

const here = site();
const LINES = ['1-800-356-9377', '1-800-468-5865', 'call me', '212-555-0100', '+44 20 7465 4329', '0000000'];

// Every state of the page, one after the other.
async function tour(page, name) {
  const state = async (what, options) => {
    await accessible(page, `${name}: ${what}`);
    await shoot(page, `${name}-${what}`, options);
  };
  await opened(page);
  await state('empty');
  await page.fill('#number', '35');
  await state('typing');
  await look(page, '3569');
  await page.locator('#number[aria-invalid=true]').waitFor();
  await state('refused');
  await look(page, '1-800-368-3777');
  await shown(page, '1-800-ENTERPRISE');
  await state('overdial');
  await look(page, '1-800-356-9377');
  await shown(page, '1-800-FLOWERS');
  await page.locator('#callers li').nth(1).waitFor();
  await state('answer');
  await page.focus('#map');
  await state('map');
  await page.fill('#prefix', '356');
  await told(page, 'best-status', /^The best/);
  await page.fill('#numbers', LINES.join('\n'));
  await page.click('#mine .main');
  await told(page, 'mine-status', /ranked/);
  await state('all', { fullPage: true });
  await page.route(/vanitynumbers/, (route) => route.abort());
  await look(page, '4685865');
  await told(page, 'status', /cannot be reached/);
  await page.evaluate(() => scrollTo(0, 0));
  await state('failed');
  await page.done();
}

for (const colorScheme of ['light', 'dark']) {
  for (const [name, options] of [
    ['desk', { viewport: DESK }],
    ['phone', { viewport: PHONE, hasTouch: true, isMobile: true, deviceScaleFactor: 2 }],
  ]) {
    test(`every state is accessible and fits: ${name}, ${colorScheme}`, async () => {
      await tour(await here.page({ ...options, colorScheme }), `${name}-${colorScheme}`);
    });
  }
}

test('the longest spellings fit a phone, and text at twice its size', async () => {
  const page = await here.page({ viewport: PHONE });
  await opened(page);
  for (const number of ['1-800-368-3777', '+44 20 7424 2728', '3352526', '+380 44 335 2526']) {
    await look(page, number);
    await told(page, 'status', / is /);
    await accessible(page, number);
  }
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  await accessible(page, 'twice the size');
  await shoot(page, 'phone-large-text');
  await page.done();
});

test('a phone taps a field of the map and is brought to the answer', async () => {
  const page = await here.page({ viewport: PHONE, hasTouch: true, isMobile: true });
  await opened(page);
  await page.locator('#e468').tap();
  await told(page, 'best-status', /^The best of 468$/);
  await told(page, 'status', / is /);
  await page.waitForFunction(() => document.querySelector('#answer').getBoundingClientRect().top < innerHeight
    && document.querySelector('#number').getBoundingClientRect().top >= 0);
  await page.done();
});

test('everything is reached and done with the keyboard alone', async () => {
  const page = await here.page({ permissions: ['clipboard-read', 'clipboard-write'] });
  await opened(page);
  const focused = () => page.evaluate(() => 
    document.activeElement.id || document.activeElement.innerText.replace(/\s+/g, ' '));
  const tabTo = async (name) => {
    for (let steps = 0; (await focused()) !== name; steps++) {
      assert.ok(steps < 60, `${name} is not reached`);
      await page.keyboard.press('Tab');
      const ring = await page.evaluate(() => document.activeElement === document.body
        || getComputedStyle(document.activeElement).outlineStyle);
      assert.ok(ring === true || ring === 'solid', `focus is seen on ${await focused()}`);
    }
  };
  await tabTo('number');
  await page.keyboard.type('1-800-356-9377');
  await page.keyboard.press('Enter');
  await shown(page, '1-800-FLOWERS');
  await tabTo('Copy 1-800-FLOWERS');
  await page.keyboard.press('Space');
  await told(page, 'said', /^Copied 1-800-FLOWERS$/);
  await tabTo('link');
  await page.keyboard.press('Enter');
  await told(page, 'said', /^Copied the link$/);
  await tabTo('map');
  await page.keyboard.type('435');
  await page.keyboard.press('Enter');
  await told(page, 'best-status', /^The best of 435$/);
  await tabTo('prefix');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('356');
  await told(page, 'best-status', /^The best of 356$/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await shown(page, 'FLOWERS');
  await tabTo('numbers');
  await page.keyboard.type('4685865\n3569377');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await told(page, 'mine-status', /^2 numbers ranked/);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await told(page, 'said', /^Copied the table$/);
  await page.done();
});

test('a screen reader is given names, roles and what changes', async () => {
  const page = await opened(await here.page());
  await look(page, '1-800-356-9377');
  await shown(page, '1-800-FLOWERS');
  const lookup = await page.locator('#lookup').ariaSnapshot();
  for (const part of ['heading "What does your number spell?" [level=1]', 'textbox "Telephone number"',
    'button "Look up"', 'status: 1-800-FLOWERS is superb.', 'heading "1-800-FLOWERS dials 1-800-356-9377" [level=3]',
    'button "Hear 1-800-FLOWERS"', 'button "Copy 1-800-FLOWERS"']) {
    assert.ok(lookup.includes(part), `${part}\n${lookup}`);
  }
  const explore = await page.locator('#explore').ariaSnapshot();
  for (const part of ['region "Last callers"', 'Number that ends in 77', 'listbox "Map of all numbers"',
    'group "Exchanges 300 to 399"', 'option "356, best FLOWERS, score -3', 'textbox "Your numbers, one a line"']) {
    assert.ok(explore.includes(part), part);
  }
  await page.done();
});

test('nothing moves for those who want less motion', async () => {
  const page = await here.page({ reducedMotion: 'reduce' });
  await opened(page);
  assert.deepEqual(await page.evaluate(() => [
    getComputedStyle(document.documentElement).scrollBehavior,
    getComputedStyle(document.querySelector('#answer')).transitionDuration,
  ]), ['auto', '0s']);
  await page.done();
});

test('the map keeps its shades in forced colours', async () => {
  const page = await opened(await here.page({ forcedColors: 'active' }));
  const shade = (id) => page.evaluate((at) => getComputedStyle(document.getElementById(at)).backgroundColor, id);
  const { exchanges } = await (await fetch(`${here.url}map.json`)).json();
  const sorted = exchanges.sort((a, b) => a.score - b.score);
  assert.notEqual(await shade(`e${sorted[0].exchange}`), await shade(`e${sorted.at(-1).exchange}`));
  await shoot(page, 'desk-forced-colours');
  await page.done();
});
