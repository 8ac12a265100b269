// The rest of the page: map of all numbers, best of a prefix, ranking of a list.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { hold, look, opened, shown, site, timed, told } from './site.mjs';

const here = site();
const json = async (path) => (await fetch(here.url + path)).json();
const listed = (page) => page.locator('#best button').allInnerTexts();
const ranked = (page) => page.locator('#ranked tbody tr').evaluateAll((all) =>
  all.map((row) => [...row.cells].flatMap((cell) => cell.innerText.split('\n').filter(Boolean))));
const spot = (page) => page.getAttribute('#map', 'aria-activedescendant');

const top = (prefix, count) =>
  execFileSync(process.env.VN_PROGRAM, ['top', '-i', process.env.VN_TEST_INDEX, '--prefix', prefix, '-n', String(count)],
    { encoding: 'utf8' }).trim().split('\n').map((line) => line.split('\t')[1]);

async function rank(page, lines) {
  await page.fill('#numbers', lines.join('\n'));
  await page.click('#mine .main');
}

test('the map has every exchange, named by its best number', async () => {
  const { exchanges } = await json('map.json');
  const page = await opened(await here.page());
  const names = await page.locator('#map [role=option]').evaluateAll((all) =>
    Object.fromEntries(all.map((one) => [one.id.slice(1), one.ariaLabel])));
  assert.equal(Object.keys(names).length, 1000);
  for (const { exchange, spelling, score, mean } of exchanges) {
    assert.equal(names[exchange], `${exchange}, best ${spelling}, score ${score}, average ${mean}`);
  }
  await page.done();
});

test('the map is darker where numbers are better, by best number or by average', async () => {
  const { exchanges } = await json('map.json');
  const page = await opened(await here.page());
  const shades = () => page.locator('#map [role=option]').evaluateAll((all) =>
    Object.fromEntries(all.map((one) => [one.id.slice(1), Number(one.className.slice(1))])));
  const rises = (shade, what) => {
    const sorted = [...exchanges].sort((a, b) => a[what] - b[what]).map((one) => shade[one.exchange]);
    assert.deepEqual(sorted, [...sorted].sort((a, b) => a - b));
    assert.deepEqual([sorted[0], sorted.at(-1)], [0, 7]);
  };
  rises(await shades(), 'score');
  await page.getByRole('radio', { name: 'average' }).check();
  rises(await shades(), 'mean');
  await page.done();
});

test('the pointer shows the best of an exchange, a click looks it up and lists more', async () => {
  const page = await here.page();
  const asked = [];
  page.on('request', (request) => asked.push(request.url()));
  await opened(page);
  await page.hover('#e356');
  await told(page, 'spot', /^356FLOWERS\u22123average \u2212\d+, \d+ % spelled$/);
  await page.mouse.move(0, 0);
  await told(page, 'spot', /^397EXPRESS/);
  await page.click('#e468');
  const { best } = await json('top/468.json');
  await shown(page, best[0].spelling);
  await told(page, 'best-status', /^The best of 468$/);
  assert.equal(await page.inputValue('#prefix'), '468');
  assert.equal(await page.inputValue('#number'), best[0].suffix);
  await page.locator('#best button').nth(1).click();
  await shown(page, best[1].spelling);
  assert.ok(!asked.some((url) => url.includes('caller=1')), 'a click is no call');
  await page.done();
});

test('a finger that is drawn over the map shows what is under it', async () => {
  const page = await opened(await here.page({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }));
  await page.locator('#e222').scrollIntoViewIfNeeded();
  const centre = async (id) => {
    const { x, y, width, height } = await page.locator(id).boundingBox();
    return { x: x + width / 2, y: y + height / 2 };
  };
  const session = await page.context().newCDPSession(page);
  const touch = (type, ...touchPoints) => session.send('Input.dispatchTouchEvent', { type, touchPoints });
  const [from, to] = [await centre('#e222'), await centre('#e228')];
  await touch('touchStart', from);
  for (let step = 1; step <= 10; step++) {
    await touch('touchMove', { x: from.x + ((to.x - from.x) * step) / 10, y: from.y });
  }
  await told(page, 'spot', /^228/);
  await touch('touchEnd');
  await told(page, 'spot', /^228/);
  assert.equal(await page.inputValue('#number'), '', 'nothing is chosen');
  await page.done();
});

test('the map is walked with the keys, over the borders of its parts', async () => {
  const page = await timed(await here.page());
  await page.focus('#map');
  const walk = async (keys, at) => {
    for (const key of keys) await page.keyboard.press(key);
    assert.equal(await spot(page), `e${at}`, keys.join(' '));
    assert.equal(await page.locator('#map [aria-selected=true]').getAttribute('id'), `e${at}`);
  };
  await walk(['3', '5', '6'], '356');
  await walk(['ArrowRight', 'ArrowRight', 'ArrowRight'], '359');
  await walk(['ArrowRight'], '359');
  await walk(['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown'], '399');
  await walk(['ArrowDown'], '609');
  await walk(['ArrowUp', 'ArrowLeft'], '398');
  await page.clock.runFor(1100);
  await walk(['2', '0', '0'], '200');
  await walk(['ArrowLeft'], '109');
  await page.clock.runFor(1100);
  await walk(['8', '9', '5'], '895');
  await walk(['ArrowDown'], '005');
  await walk(['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft'], '000');
  await page.clock.runFor(1100);
  await walk(['Home'], '100');
  await walk(['End'], '099');
  await walk([...'3569377'], '356');
  await page.keyboard.press('Enter');
  await shown(page, 'FLOWERS');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'map', 'the place is kept');
  await page.done();
});

test('a map that does not come is told, and may be asked for again', async () => {
  const page = await here.page();
  await page.route(/map\.json/, (route) => route.fulfill({ status: 503, body: '' }));
  await page.goto('./');
  await told(page, 'spot', /^The server is busy/);
  const again = page.getByRole('button', { name: 'Load the map' });
  const failed = page.waitForResponse(/map\.json/);
  await again.press('Enter');
  await failed;
  await page.waitForFunction(() => document.activeElement.textContent === 'Load the map');
  await page.fill('#prefix', '35');
  await told(page, 'best-status', /^This needs the map, which is not there\.$/);
  await page.unroute(/map\.json/);
  await again.press('Enter');
  await page.locator('#e356').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate(() => document.activeElement.id), 'map', 'the focus is kept');
  await told(page, 'best-status', /^The best of 35$/);
  await page.done();
});

test('a map that is on its way is told, and what needs it waits', async () => {
  const page = await here.page();
  const held = await hold(page, /map\.json/);
  await page.goto('./');
  await told(page, 'spot', /^Loading the map/);
  assert.equal(await page.getAttribute('#map', 'aria-busy'), 'true');
  await page.fill('#prefix', '3');
  await told(page, 'best-status', /^This needs the map, which is still loading\.$/);
  await (await held.route).continue();
  await told(page, 'best-status', /^The best of 3$/);
  assert.equal(await page.getAttribute('#map', 'aria-busy'), 'false');
  await page.done();
});

test('an index of one prefix has a map of just that', async () => {
  const page = await here.page();
  const { exchanges } = await json('map.json');
  await page.route(/map\.json/, (route) => route.fulfill({
    json: { prefix: '35', exchanges: exchanges.slice(350, 360) },
  }));
  await opened(page);
  assert.equal(await page.locator('#map [role=option]').count(), 10);
  await page.focus('#map');
  for (const key of ['3', '5', '0', 'ArrowUp', 'ArrowLeft']) await page.keyboard.press(key);
  assert.equal(await spot(page), 'e350');
  await page.done();
});

test('the best of a prefix are listed: one digit to seven, or letters', async () => {
  const { best } = await json('top/356.json');
  const page = await opened(await here.page());
  const list = async (prefix, pattern) => {
    await page.fill('#prefix', prefix);
    await told(page, 'best-status', pattern);
    return (await listed(page)).map((text) => text.split('\n')[0]);
  };
  assert.deepEqual(await list('356', /^The best of 356$/), best.slice(0, 20).map((one) => one.spelling));
  assert.deepEqual(await page.locator('#best button').first().innerText(), 'FLOWERS\n356-9377\n\u22123');
  await page.getByRole('button', { name: 'Show all 100' }).click();
  assert.equal((await listed(page)).length, best.length);
  assert.equal(await page.evaluate(() => [...document.querySelectorAll('#best button')].indexOf(document.activeElement)),
    20, 'the focus is on what is new');
  for (const [prefix, least] of [['3', 20], ['0', 20], ['35', 20], ['3561', 10], ['3567', 10], ['35611', 3], ['356937', 1]]) {
    const found = await list(prefix, new RegExp(`^The best of ${prefix}$`));
    assert.ok(found.length >= least, `${prefix}: ${found.length}`);
    assert.deepEqual(found, top(prefix, found.length), prefix);
  }
  assert.deepEqual(await list('flor', /^The best of 3567$/), top('3567', 20));
  assert.deepEqual(await list('356-9377', /^The best of 3569377$/), ['FLOWERS']);
  assert.deepEqual(await list('0000000', /^No number of 0000000 can be spelled\.$/), []);
  assert.deepEqual(await list('35693777', /^Seven digits at most/), []);
  assert.deepEqual(await list('', /^$/), []);
  await list('435', /^The best of 435$/);
  await page.locator('#best button').first().click();
  await shown(page, (await json('top/435.json')).best[0].spelling);
  await page.done();
});

test('a list that does not come is told; the latest prefix wins', async () => {
  const page = await opened(await here.page());
  await page.route(/top\/222/, (route) => route.fulfill({ status: 404, json: { message: 'no such exchange' } }));
  await page.fill('#prefix', '222');
  await told(page, 'best-status', /^No such exchange\.$/);
  const held = [];
  await page.route(/top\/333/, (route) => held.push(route));
  const asked = page.waitForRequest(/top\/333/);
  await page.fill('#prefix', '333');
  await asked;
  await page.fill('#prefix', '356');
  await told(page, 'best-status', /^The best of 356$/);
  await held[0].continue();
  await page.waitForTimeout(200);
  assert.match((await listed(page))[0], /^FLOWERS/);
  await page.done();
});

test('pasted numbers are ranked, bad lines with their reason', async () => {
  const page = await opened(await here.page({ permissions: ['clipboard-read', 'clipboard-write'] }));
  const lines = ['212-555-0100', 'call me', '1-800-356-9377', '', '0000000', '1-800-468-5865\t+44 20 7465 4329', '1-800-356-9377'];
  await rank(page, lines);
  await told(page, 'mine-status', /^4 numbers ranked, 2 without a spelling or not read\.$/);
  const wanted = await Promise.all(['1-800-356-9377', '+44 20 7465 4329', '1-800-468-5865', '212-555-0100'].map(async (number) =>
    [number, (await here.answer(number)).candidates[0]]));
  wanted.sort((a, b) => b[1].score - a[1].score);
  const rows = await ranked(page);
  assert.deepEqual(rows.slice(0, 4), wanted.map(([number, one], i) =>
    [String(i + 1), one.display, number, String(one.score).replace('-', '\u2212')]));
  assert.equal(rows[4][0], 'call me');
  assert.match(rows[4][1], /This one has 6\.$/);
  assert.deepEqual(rows[5], ['0000000', 'nothing can be spelled']);
  await page.click('#csv');
  await told(page, 'csv', /^Copied$/);
  await told(page, 'said', /^Copied the table$/);
  const csv = (await page.evaluate(() => navigator.clipboard.readText())).split('\r\n');
  assert.equal(csv[0], 'rank,number,spelling,score,note');
  assert.ok(csv.includes('"2","1-800-356-9377","1-800-FLOWERS","-3",""'));
  assert.ok(csv.includes('"","0000000","","","nothing can be spelled"'));
  assert.equal(csv.length, 8);
  await page.getByRole('button', { name: '1-800-468-5865' }).click();
  await shown(page, '1-800-GOT-JUNK');
  await page.done();
});

test('a number given twice is ranked once, cells of a table are read', async () => {
  const page = await opened(await here.page());
  await rank(page, ['"1-800-356-9377","Smith, Bob"', '18003569377', '800 356 9377;"1-800-GOT-JUNK"', '1-800-FLOWERS']);
  await told(page, 'mine-status', /^2 numbers ranked, 1 without a spelling or not read, 3 repeats left out\.$/);
  const rows = await ranked(page);
  assert.deepEqual(rows.map((row) => row.slice(0, 3)).slice(0, 2),
    [['1', '1-800-FLOWERS', '1-800-356-9377'], ['2', '1-800-GOT-JUNK', '1-800-GOT-JUNK']]);
  assert.equal(rows[2][0], 'Smith, Bob');
  await page.done();
});

test('markup stays text, and what is too long for a number is not asked', async () => {
  const page = await opened(await here.page(), './#' + encodeURIComponent('<img src=x onerror=alert(1)>'));
  page.on('dialog', () => assert.fail('a script of a number was run'));
  await told(page, 'status', /not part of a number/);
  const long = '9'.repeat(30000);
  await rank(page, ['<img src=x onerror=alert(1)>', long, '\u202a3569377\u202c', '"><script>alert(1)</script>']);
  await told(page, 'mine-status', /^1 number ranked, 3 without a spelling or not read\.$/);
  const rows = await ranked(page);
  assert.deepEqual(rows.slice(1).map(([first]) => first),
    ['<img src=x onerror=alert(1)>', `${'9'.repeat(64)}\u2026`, '"><script>alert(1)</script>']);
  assert.equal(rows[2][1], 'too long for a number');
  assert.equal(await page.locator('#ranked img, #ranked script, #answer img').count(), 0);
  await page.done();
});

test('a map or a list that is something else is told', async () => {
  const page = await here.page();
  await page.route(/map\.json/, (route) => route.fulfill({ json: {} }));
  await page.route(/top\/356/, (route) => route.fulfill({ json: { best: 'x' } }));
  await page.goto('./');
  await told(page, 'spot', /^The answer of the server cannot be read\./);
  await page.fill('#prefix', '356');
  await told(page, 'best-status', /^The answer of the server cannot be read\.$/);
  await page.done();
});

test('a spreadsheet gets no formula', async () => {
  const page = await opened(await here.page({ permissions: ['clipboard-read', 'clipboard-write'] }));
  await rank(page, ['=HYPERLINK("x")', '@a', '+1-800-356-9377', '-4685865']);
  await told(page, 'mine-status', /^2 numbers ranked/);
  await page.click('#csv');
  await told(page, 'said', /^Copied the table$/);
  const csv = await page.evaluate(() => navigator.clipboard.readText());
  for (const text of ['=HYPERLINK(""x"")', '@a', '+1-800-356-9377', '-4685865']) {
    assert.ok(csv.includes(`"'${text}"`), csv);
  }
  assert.ok(csv.includes('"-3"'), 'a score stays a number');
  await page.done();
});

test('a thousand numbers are taken, a few at a time, the rest is told', async () => {
  const page = await opened(await here.page());
  let now = 0;
  let most = 0;
  page.on('request', () => (most = Math.max(most, ++now)));
  page.on('requestfinished', () => now--);
  await rank(page, Array.from({ length: 1200 }, (_, i) => String(2000000 + 37 * i)));
  await told(page, 'mine-status', /only the first 1,000 of 1,200 were taken\.$/);
  assert.equal((await ranked(page)).length, 1000);
  assert.ok(most <= 6, `${most} requests at once`);
  const scores = (await ranked(page)).filter((row) => row.length === 4).map((row) => Number(row[3].replace('\u2212', '-')));
  assert.deepEqual(scores, [...scores].sort((a, b) => b - a));
  await page.done();
});

test('a run is stopped, and a busy server waited for', async () => {
  const page = await here.page();
  await page.clock.install();
  await opened(page);
  let refused = 0;
  await page.route(/phonenumber=3569377/, (route) =>
    ++refused > 2 ? route.continue() : route.fulfill({ status: 429, body: '' }));
  await rank(page, ['3569377']);
  for (const wait of [1100, 2100]) {
    await page.waitForTimeout(100);
    await page.clock.runFor(wait);
  }
  await told(page, 'mine-status', /^1 number ranked\.$/);
  assert.equal(refused, 3);
  const held = [];
  await page.route(/phonenumber=9/, (route) => held.push(route));
  await rank(page, ['3569378', ...Array.from({ length: 50 }, (_, i) => String(9000000 + i))]);
  await page.waitForFunction(() => document.querySelector('#progress').value === 1);
  await page.press('#stop', 'Enter');
  await Promise.all(held.map((route) => route.continue()));
  await told(page, 'mine-status', /stopped with \d+ left\.$/);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'csv', 'the focus is kept');
  await rank(page, [' ']);
  await told(page, 'mine-status', /^Paste one number or more\.$/);
  await page.done();
});

test('a ranking ends where the server goes away', async () => {
  const page = await opened(await here.page());
  await look(page, '3569377');
  await shown(page, 'FLOWERS');
  await page.route(/phonenumber=9/, (route) => route.abort());
  await rank(page, ['3569377', ...Array.from({ length: 50 }, (_, i) => String(9000000 + i))]);
  await told(page, 'mine-status', /^1 number ranked, stopped with 50 left\. The server cannot be reached\.$/);
  assert.equal(await page.locator('#progress').isVisible(), false);
  await page.done();
});
