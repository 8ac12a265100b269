// The look-up of the page: typing, Enter, hearing, copying, sharing, callers, and a server that fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { best, hold, look, opened, shown, site, timed, told } from './site.mjs';

const MOST_BYTES = 30000; // to a first look-up, uncompressed
const here = site();

const caps = (page) => page.locator('#answer li').first().locator('.cap').evaluateAll((all) =>
  all.map((cap) => cap.innerText.replace(/\s+/g, '') + (cap.classList.contains('over') ? '+' : '')
    + (cap.classList.contains('plain') ? '.' : '')));

function record(page) {
  const asked = [];
  page.on('request', (request) => request.url().includes('vanitynumbers?') && asked.push(request.url()));
  return asked;
}

test('an answer comes while one types, and is no call', async () => {
  const page = await here.page();
  const asked = record(page);
  await opened(page);
  await page.locator('#number').pressSequentially('1-800-FLO');
  await told(page, 'status', /^7 of 7|^Nothing|is /);
  await page.locator('#number').pressSequentially('WERS', { delay: 20 });
  await shown(page, '1-800-FLOWERS');
  assert.deepEqual(await caps(page), ['F3', 'L5', 'O6', 'W9', 'E3', 'R7', 'S7']);
  assert.equal(await page.locator('#answer li').count(), 3);
  assert.equal(await page.title(), '1-800-FLOWERS \u00b7 vanity');
  assert.equal(new URL(page.url()).hash, '#1-800-FLOWERS');
  assert.match(await page.locator('#answer .score').first().innerText(), /superb\s*\u22123/);
  assert.ok(asked.every((url) => !url.includes('caller')));
  await page.locator('#no-callers').waitFor();
  await page.done();
});

test('what is typed without a pause is one request', async () => {
  const page = await here.page();
  const asked = record(page);
  await timed(page);
  await page.locator('#number').pressSequentially('1-800-356-9377');
  await page.clock.runFor(140);
  assert.equal(asked.length, 0);
  await page.clock.runFor(20);
  await shown(page, '1-800-FLOWERS');
  assert.equal(asked.length, 1);
  await page.done();
});

test('Enter is a call: the caller is logged, masked, first of five', async () => {
  const page = await here.page();
  const asked = record(page);
  await opened(page);
  const numbers = ['212-555-0111', '212-555-0122', '212-555-0133', '212-555-0144', '212-555-0155', '1-800-356-9377'];
  for (const [i, number] of numbers.entries()) {
    await look(page, number);
    const ending = number.slice(-2);
    await page.waitForFunction((end) =>
      document.querySelector('#callers li .unseen')?.textContent === `Number that ends in ${end}`, ending);
    assert.equal(await page.locator('#callers li').count(), Math.min(5, i + 1));
  }
  const first = page.locator('#callers li').first();
  assert.match(await first.locator('.masked').innerText(), /^\+\u2022{9}77$/);
  assert.deepEqual(await first.locator('.words span').allInnerTexts(),
    ['1-800-FLOWERS', '1-800-FLOWER-7', '1-800-3-LOWERS']);
  assert.equal(await first.locator('time').innerText(), 'just now');
  assert.equal(asked.filter((url) => url.endsWith('&caller=1')).length, numbers.length);
  // The milliseconds of a call may be .356.
  assert.ok(!(await page.locator('#callers').innerHTML()).replace(/ datetime="[^"]*"/g, '').includes('356'));
  await page.done();
});

test('what is shown is what the server says', async () => {
  const page = await opened(await here.page());
  for (const number of ['212-555-0100', '+44 20 7465 4329', '3683777', '1-800-468-5865']) {
    const { candidates } = await here.answer(number);
    await look(page, number);
    await shown(page, candidates[0].display);
    const seen = await page.locator('#answer h3').evaluateAll((all) => all.map((one) => one.firstChild.textContent));
    assert.deepEqual(seen, candidates.slice(0, 3).map((one) => one.display));
  }
  await page.done();
});

test('letters past the seventh key are marked, digits are plain', async () => {
  const page = await opened(await here.page());
  await look(page, '1-800-368-3777');
  await shown(page, '1-800-ENTERPRISE');
  assert.deepEqual(await caps(page), ['E3', 'N6', 'T8', 'E3', 'R7', 'P7', 'R7', 'I4+', 'S7+', 'E3+']);
  assert.match(await page.locator('.note').first().innerText(), /ISE may be dialled or left out\.$/);
  await look(page, '213-4688');
  await told(page, 'status', / is /);
  assert.ok((await caps(page)).some((cap) => cap.endsWith('.')));
  await page.done();
});

test('the latest number wins, whatever comes late', async () => {
  const page = await opened(await here.page());
  const held = [];
  await page.route(/phonenumber=3569377/, (route) => held.push(route));
  const asked = page.waitForRequest(/phonenumber=3569377/);
  await page.fill('#number', '3569377');
  await asked;
  await page.fill('#number', '4685865');
  await shown(page, 'GOT-JUNK');
  await Promise.all(held.map((route) => route.continue().catch(() => {})));
  await page.waitForTimeout(200);
  assert.equal(await best(page).evaluate((one) => one.firstChild.textContent), 'GOT-JUNK');
  await page.fill('#number', '46858');
  await told(page, 'status', /^5 of 7 digits$/);
  assert.equal(await page.locator('#answer li').count(), 0, 'no stale answer');
  await page.done();
});

test('a number that cannot be read is told, gently while one types', async () => {
  const page = await opened(await here.page());
  const wrong = /^A number has 7 or 10 digits, .* This one has 8\.$/;
  await page.fill('#number', '35693770');
  await told(page, 'status', /^8 digits so far$/);
  assert.equal(await page.getAttribute('#number', 'aria-invalid'), 'false');
  assert.equal(new URL(page.url()).hash, '');
  await page.press('#number', 'Enter');
  await told(page, 'status', wrong);
  assert.equal(await page.getAttribute('#number', 'aria-invalid'), 'true');
  await page.fill('#number', '45693770');
  await told(page, 'status', /^8 digits so far$/);
  await page.locator('#number').blur();
  await told(page, 'status', wrong);
  await look(page, '356-9377#');
  await told(page, 'status', /not part of a number/);
  assert.equal(await page.locator('#again').isVisible(), false);
  await look(page, '0000000');
  await told(page, 'status', /^Nothing can be spelled/);
  assert.equal(await page.locator('#answer li').count(), 0);
  await page.done();
});

test('Enter on nothing, or on no digit at all, says what to type', async () => {
  const page = await opened(await here.page(), './#3569377');
  await shown(page, 'FLOWERS');
  for (const text of ['', '---', ' ( ) ']) {
    await look(page, text);
    await told(page, 'status', /^Type a telephone number, such as /);
    assert.equal(await page.getAttribute('#number', 'aria-invalid'), 'true');
    assert.equal(new URL(page.url()).hash, '');
    assert.equal(await page.locator('#answer li').count(), 0);
  }
  await page.done();
});

test('what is typed before the script comes is kept, with Enter too', async () => {
  const page = await here.page();
  const held = await hold(page, /app\.js$/);
  await page.goto('./', { waitUntil: 'commit' });
  await look(page, '1-800-356-9377');
  assert.equal(page.url(), here.url);
  assert.equal(await page.inputValue('#number'), '1-800-356-9377');
  await (await held.route).continue();
  await shown(page, '1-800-FLOWERS');
  assert.equal(await page.inputValue('#number'), '1-800-356-9377');
  await page.done();
});

test('entered numbers are steps back, typed ones are not', async () => {
  const page = await opened(await here.page());
  const hash = () => new URL(page.url()).hash;
  const type = async (text, want) => {
    await page.fill('#number', text);
    await shown(page, want);
  };
  await type('3569377', 'FLOWERS');
  await page.press('#number', 'Enter');
  await shown(page, 'FLOWERS');
  await page.fill('#number', '');
  assert.equal(hash(), '', 'what is not shown is not in the address');
  await type('7472625', (await here.answer('7472625')).candidates[0].display);
  await type('4685865', 'GOT-JUNK');
  await page.press('#number', 'Enter');
  await shown(page, 'GOT-JUNK');
  await page.goBack();
  await shown(page, 'FLOWERS');
  assert.equal(await page.inputValue('#number'), '3569377');
  await page.goForward();
  await shown(page, 'GOT-JUNK');
  await page.done();
});

test('the rest of the page does not wait for a look-up that hangs', async () => {
  const page = await here.page();
  await page.route(/phonenumber=3569377/, () => {});
  await page.goto('./#3569377', { waitUntil: 'commit' });
  await page.fill('#numbers', '4685865');
  await page.click('#mine .main');
  await told(page, 'mine-status', /^1 number ranked\.$/);
  await page.locator('#callers').waitFor({ state: 'attached' });
  await told(page, 'no-callers', /^No calls yet/);
  assert.equal(await page.locator('#answer li').count(), 0);
  await page.done();
});

test('the link is not copied while another number is on its way', async () => {
  const page = await opened(await here.page(), './#3569377');
  await shown(page, 'FLOWERS');
  const held = await hold(page, /phonenumber=4685865/);
  await look(page, '4685865');
  assert.ok(await page.isDisabled('#link'));
  await (await held.route).continue();
  await shown(page, 'GOT-JUNK');
  assert.ok(await page.isEnabled('#link'));
  await page.done();
});

test('the latest callers win, whatever comes late', async () => {
  const page = await opened(await here.page());
  await page.locator('#calls').waitFor();
  const held = [];
  await page.route(/callers$/, (route) => (held.length < 2 ? held.push(route) : route.continue()));
  for (const number of ['212-555-0161', '212-555-0162', '212-555-0163']) {
    const asked = page.waitForRequest(/callers$/);
    await look(page, number);
    await asked;
  }
  const first = page.locator('#callers li .unseen').first();
  await page.waitForFunction(() => document.querySelector('#callers li .unseen')?.textContent.endsWith('63'));
  await held[0].fulfill({ json: { callers: [] } });
  await held[1].abort();
  await page.waitForTimeout(200);
  assert.equal(await first.textContent(), 'Number that ends in 63');
  assert.ok(await page.locator('#calls').isVisible());
  await page.done();
});

test('the focus is never lost: an example, another try', async () => {
  const page = await opened(await here.page());
  const focused = () => page.evaluate(() => document.activeElement.id);
  await page.locator('#examples button').first().press('Enter');
  await shown(page, '1-800-FLOWERS');
  assert.equal(await focused(), 'answers');
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Hear 1-800-FLOWERS/);
  await page.route(/vanitynumbers/, (route) => route.abort());
  await look(page, '4685865');
  await told(page, 'status', /cannot be reached/);
  await page.press('#again', 'Enter');
  await page.waitForFunction(() => document.activeElement.id === 'again');
  await page.unroute(/vanitynumbers/);
  await page.press('#again', 'Enter');
  await shown(page, 'GOT-JUNK');
  assert.equal(await focused(), 'answers');
  await page.done();
});

test('all of an answer is reached by scrolling, in any window', async () => {
  const page = await here.page();
  for (const viewport of [{ width: 1366, height: 600 }, { width: 1366, height: 768 }, { width: 1000, height: 950 },
    { width: 1200, height: 896 }, { width: 1920, height: 950 }]) {
    await page.setViewportSize(viewport);
    await opened(page, './#+44 20 7424 2728');
    await page.locator('.note').nth(1).waitFor();
    const over = await page.evaluate(() => {
      scrollTo({ top: 0, behavior: 'instant' });
      const box = document.querySelector('#link').getBoundingClientRect();
      scrollTo({ top: box.bottom, behavior: 'instant' });
      const down = document.querySelector('#link').getBoundingClientRect();
      return [Math.min(box.bottom, down.bottom) - innerHeight, document.querySelector('#lookup').getBoundingClientRect().top];
    });
    assert.ok(over[0] <= 0, `${JSON.stringify(viewport)}: ${over}`);
    assert.equal(over[1] >= 0, viewport.width >= 1200 && viewport.height >= 896, 'it sticks where it fits');
  }
  await page.done();
});

test('a number is read as it is pasted: wide digits, other dashes, marks that nobody sees', async () => {
  const page = await opened(await here.page());
  for (const text of ['\uff11\uff18\uff10\uff10\uff13\uff15\uff16\uff19\uff13\uff17\uff17', '1\u2011800\u2013356\u20139377',
    '\u202a+1\u00a0(800)\u00a0356\u20109377\u202c', 'tel:+1-800-356-9377', '\ufeff1 800 356\u20149377\u200b']) {
    await page.fill('#number', text);
    await shown(page, '1-800-FLOWERS');
    await page.fill('#number', '');
    await page.locator('#answer li').first().waitFor({ state: 'detached' });
  }
  await page.done();
});

// A voice that records what it is given and never ends by itself.
const recordSpeech = () => {
  window.heard = [];
  Object.defineProperty(window, 'speechSynthesis', {
    value: { speak: (words) => window.heard.push(words), cancel: () => window.heard.push(null) },
  });
};

test('a spelling is heard: words, then digits', async () => {
  const page = await here.page();
  await page.addInitScript(recordSpeech);
  await opened(page);
  await look(page, '1-800-468-5865');
  await shown(page, '1-800-GOT-JUNK');
  const button = page.getByRole('button', { name: 'Hear 1-800-GOT-JUNK' });
  await button.click();
  assert.equal(await page.evaluate(() => window.heard.at(-1).text),
    '1, 8 0 0, got, junk. That is 1, 8 0 0, 4 6 8, 5 8 6 5.');
  assert.equal(await button.getAttribute('aria-pressed'), 'true');
  await page.evaluate(() => window.heard.at(-1).onend());
  assert.equal(await button.getAttribute('aria-pressed'), 'false');
  await button.click();
  await button.click();
  assert.equal(await page.evaluate(() => window.heard.at(-1)), null, 'a second press is silence');
  await look(page, '+44 20 7465 4329');
  await shown(page, '+44 207 HOLIDAY');
  await page.getByRole('button', { name: 'Hear +44 207 HOLIDAY' }).click();
  assert.match(await page.evaluate(() => window.heard.at(-1).text), /^plus 4 4, 2 0 7, holiday\. /);
  await page.done();
});

test('a browser without a voice has its buttons disabled', async () => {
  const page = await here.page();
  await page.addInitScript(() => {
    delete window.speechSynthesis;
    delete Window.prototype.speechSynthesis;
  });
  await opened(page, './#3569377');
  await shown(page, 'FLOWERS');
  assert.ok(await page.getByRole('button', { name: 'Hear FLOWERS' }).isDisabled());
  await page.done();
});

const copyOf = (page) => page.locator('#answer li').first().locator('.acts button').last();

async function said(page, pattern) {
  await page.waitForFunction(() => document.querySelector('#said').textContent === '');
  await page.clock.runFor(100);
  await told(page, 'said', pattern);
}

test('a spelling and the link are copied, and it is said', async () => {
  const page = await here.page({ permissions: ['clipboard-read', 'clipboard-write'] });
  await timed(page, './#1-800-356-9377');
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await copyOf(page).click();
  await page.getByRole('button', { name: 'Copied 1-800-FLOWERS' }).waitFor();
  await said(page, /^Copied 1-800-FLOWERS$/);
  assert.equal(await copied(), '1-800-FLOWERS');
  await page.clock.runFor(1500);
  await page.getByRole('button', { name: 'Copy 1-800-FLOWERS' }).waitFor();
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
  await said(page, /^Copied the link$/);
  assert.equal(await copied(), `${here.url}#1-800-356-9377`);
  await page.done();
});

test('where there is no clipboard the old way copies, or the page says so', async () => {
  const page = await here.page();
  await page.addInitScript(() => {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
    document.execCommand = (command) => {
      window.copied = [command, document.activeElement.value];
      return window.able;
    };
    window.able = true;
  });
  await opened(page, './#3569377');
  await shown(page, 'FLOWERS');
  await copyOf(page).click();
  await told(page, 'said', /^Copied FLOWERS$/);
  assert.deepEqual(await page.evaluate(() => window.copied), ['copy', 'FLOWERS']);
  await page.evaluate(() => (window.able = false));
  await page.click('#link');
  await told(page, 'said', /does not let/);
  await told(page, 'link', /^Not copied$/);
  await page.done();
});

test('the address holds the number: shared, back and forward', async () => {
  const page = await here.page();
  const asked = record(page);
  await opened(page, './#1-800-356-9377');
  await shown(page, '1-800-FLOWERS');
  assert.ok(!asked.some((url) => url.includes('caller')), 'a shared link is no call');
  await look(page, '+44 20 7465 4329');
  await shown(page, '+44 207 HOLIDAY');
  await page.goBack();
  await shown(page, '1-800-FLOWERS');
  assert.equal(await page.inputValue('#number'), '1-800-356-9377');
  await page.goForward();
  await shown(page, '+44 207 HOLIDAY');
  await page.evaluate(() => (location.hash = '%E0%A4%A'));
  await page.waitForFunction(() => document.querySelector('#number').value === '');
  await page.evaluate(() => (location.hash = '<img src=x onerror=alert(1)>'));
  await told(page, 'status', /./);
  assert.equal(await page.locator('#lookup img').count(), 0);
  await page.done();
});

test('examples are looked up by a click', async () => {
  const page = await here.page();
  const asked = record(page);
  await opened(page);
  await page.getByRole('button', { name: '+44 20 7465 4329' }).click();
  await shown(page, '+44 207 HOLIDAY');
  assert.ok(!asked.some((url) => url.includes('caller')), 'a click is no call');
  assert.equal(await page.locator('#examples').isVisible(), false);
  await page.done();
});

test('a slow server is told, then given up, and may be asked again', async () => {
  const page = await timed(await here.page(), './#3569377');
  await shown(page, 'FLOWERS');
  await page.route(/vanitynumbers/, () => {});
  await look(page, '4685865');
  assert.ok(await page.evaluate(() => document.querySelector('#answer').inert), 'the old answer is dimmed at once');
  await page.clock.runFor(1300);
  await told(page, 'status', /server is slow/);
  assert.equal(await page.locator('#answer li').count(), 0, 'no stale answer');
  await page.clock.runFor(10000);
  await told(page, 'status', /^No answer from the server in 10 seconds/);
  await page.unroute(/vanitynumbers/);
  await page.click('#again');
  await shown(page, 'GOT-JUNK');
  await page.done();
});

for (const [name, reply, pattern] of [
  ['is away', (route) => route.abort(), /^The server cannot be reached/],
  ['is busy', (route) => route.fulfill({ status: 503, json: { message: 'x' } }), /^The server is busy/],
  ['throttles', (route) => route.fulfill({ status: 429, body: '' }), /^The server is busy/],
  ['fails', (route) => route.fulfill({ status: 500, body: 'oops' }), /^The server failed \(500\)/],
  ['forbids', (route) => route.fulfill({ status: 403, contentType: 'text/html', body: '<b>no</b>' }), /refused this request \(403\)/],
  ['is a plain one', (route) => route.fulfill({ status: 404, contentType: 'text/html', body: 'no' }), /^There is no look-up service/],
  ['says nothing', (route) => route.fulfill({ status: 418, json: { message: '' } }), /refused this request \(418\)/],
  ['answers something else', (route) => route.fulfill({ json: { candidates: {} } }), /cannot be read/],
  ['talks nonsense', (route) => route.fulfill({ status: 200, body: '<html>' }), /cannot be read/],
]) {
  test(`a server that ${name} is told, with no stale answer`, async () => {
    const page = await opened(await here.page(), './#3569377');
    await shown(page, 'FLOWERS');
    await page.route(/vanitynumbers/, reply);
    await look(page, '4685865');
    await told(page, 'status', pattern);
    assert.equal(await page.locator('#answer li').count(), 0);
    assert.equal(await page.getAttribute('#number', 'aria-invalid'), 'true');
    await page.unroute(/vanitynumbers/);
    await page.click('#again');
    await shown(page, 'GOT-JUNK');
    await page.done();
  });
}

test('the callers stay away where they are not for everybody', async () => {
  const page = await here.page();
  for (const status of [401, 403, 404]) {
    await page.route(/callers$/, (route) => route.fulfill({ status, body: '' }));
    const asked = page.waitForResponse(/callers$/);
    await opened(page);
    await asked;
    assert.equal(await page.locator('#calls').isVisible(), false);
    await page.unroute(/callers$/);
  }
  await page.done();
});

test('a deployment with a sign-in is given its token, and says when it wants one', async () => {
  const page = await here.page();
  const sent = [];
  page.on('request', async (request) => sent.push(await request.headerValue('authorization')));
  await page.route(/vanitynumbers/, (route) => route.fulfill({ status: 401, json: { message: 'Unauthorized' } }));
  await opened(page);
  await look(page, '3569377');
  await told(page, 'status', /after signing in only/);
  assert.ok(sent.every((value) => value === null));
  await page.evaluate(() => sessionStorage.setItem('token', 'a.b.c'));
  await page.unroute(/vanitynumbers/);
  sent.length = 0;
  await page.click('#again');
  await shown(page, 'FLOWERS');
  assert.equal(sent[0], 'Bearer a.b.c');
  await page.done();
});

test('a browser that keeps nothing for pages looks up all the same', async () => {
  const page = await here.page();
  await page.addInitScript(() => Object.defineProperty(window, 'sessionStorage', {
    get: () => {
      throw new DOMException('denied', 'SecurityError');
    },
  }));
  await opened(page, './#3569377');
  await shown(page, 'FLOWERS');
  await page.done();
});

test('few bytes are needed for a first look-up', async () => {
  const page = await here.page();
  const bytes = new Map();
  let answered = false;
  page.on('response', async (response) => {
    const late = answered;
    answered ||= response.url().includes('vanitynumbers?');
    if (!late) bytes.set(new URL(response.url()).pathname, (await response.body()).length);
  });
  await page.goto('./#1-800-356-9377');
  await shown(page, '1-800-FLOWERS');
  await page.locator('#map [role=option]').first().waitFor({ state: 'attached' });
  const icon = await (await fetch(`${here.url}favicon.svg`)).arrayBuffer();
  bytes.set('/favicon.svg', icon.byteLength);
  const total = [...bytes.values()].reduce((sum, one) => sum + one);
  console.log(Object.fromEntries(bytes), total);
  assert.deepEqual([...bytes.keys()].sort(), ['/', '/app.css', '/app.js', '/favicon.svg', '/vanitynumbers']);
  assert.ok(total <= MOST_BYTES, `${total} bytes`);
  await page.done();
});
