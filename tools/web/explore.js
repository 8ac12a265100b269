// The rest of the page: last callers, map of all numbers, best of a prefix, ranking of a list.
import { $, KEYPAD, MOST_SIGNS, SUFFIX_KEYS, TYPING_MS, Problem, after, ask, choose, copies, count, digitsOf, get, h, signed } from './app.js';

const MOST_NUMBERS = 1000; // that the ranking takes
const LANES = 6; // requests at once while ranking: a browser's limit for a host
const BUSY_TRIES = 4; // for one number while the server says it is busy
const LISTED = 20; // of the best, before "Show all"
const FOUR_DIGITS_BEST = 10; // that a list of an exchange has at least of each four digits

/* Last callers */

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - new Date(time)) / 1000));
  if (seconds < 60) return 'just now';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return new Date(time).toLocaleDateString('en', { day: 'numeric', month: 'short' });
}

function callerItem(call) {
  const words = [call.VanityNumber1, call.VanityNumber2, call.VanityNumber3].filter(Boolean);
  return h('li', null,
    h('span', { className: 'masked', 'aria-hidden': 'true' }, call.number.replaceAll('*', '\u2022')),
    h('span', { className: 'unseen' }, `Number that ends in ${call.number.slice(-2)}`),
    h('time', { dateTime: call.time, title: new Date(call.time).toLocaleString() }, ago(call.time)),
    h('span', { className: 'words' }, ...(words.length ? words.map((word) => h('span', null, word)) : ['nothing to spell'])));
}

let callersAsked = 0;

// Where calls are not kept, or not for everybody, the panel stays away.
async function loadCallers() {
  const mine = ++callersAsked;
  try {
    const { callers } = await get('callers', 'callers');
    if (mine !== callersAsked) return;
    $('callers').replaceChildren(...callers.map(callerItem));
    $('no-callers').hidden = callers.length > 0;
    $('calls').hidden = false;
  } catch {
    if (mine === callersAsked) $('calls').hidden = true;
  }
}

/* Map */

const SHADES = 8;
const exchanges = new Map(); // "356": what map.json says of it
let spot = ''; // the exchange that the cursor is on
let typedSpot = '';

const forgetTyped = after(1000, () => (typedSpot = ''));

// A keypad of keys of ten by ten: 0 stands alone in the middle of the last row.
function placeOf(exchange) {
  const [first, row, column] = [...exchange].map(Number);
  const key = first ? first - 1 : 10;
  return [(key % 3) * 10 + column, Math.floor(key / 3) * 10 + row];
}

function exchangeAt(x, y) {
  const key = Math.floor(y / 10) * 3 + Math.floor(x / 10);
  if (x < 0 || x > 29 || y < 0 || y > 39 || key === 9 || key === 11) return null;
  return `${key === 10 ? 0 : key + 1}${y % 10}${x % 10}`;
}

// As many exchanges in every shade: the scores crowd in the middle.
function shadesOf(scores) {
  const sorted = [...scores].sort((a, b) => a - b);
  const steps = Array.from({ length: SHADES - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / SHADES)]);
  return (score) => steps.filter((step) => score >= step).length;
}

// By 'score', the best number of an exchange, or by 'mean', all of them.
function shade() {
  const what = $('by-mean').checked ? 'mean' : 'score';
  const shadeOf = shadesOf([...exchanges.values()].map((one) => one[what]));
  for (const [exchange, one] of exchanges) $(`e${exchange}`).className = `q${shadeOf(one[what])}`;
}

function describe({ exchange, spelling, score, mean }) {
  return `${exchange}, best ${spelling}, score ${score}, average ${mean}`;
}

function showSpot(exchange) {
  const { spelling, score, mean, count: spelled } = exchanges.get(exchange);
  $('spot').replaceChildren(h('b', null, exchange), h('b', null, spelling), signed(score),
    h('span', null, `average ${signed(mean)}, ${Math.floor(spelled / 100)} % spelled`));
}

function moveTo(exchange) {
  if (!exchanges.has(exchange)) return false;
  $(`e${spot}`)?.setAttribute('aria-selected', 'false');
  spot = exchange;
  $(`e${spot}`).setAttribute('aria-selected', 'true');
  $('map').setAttribute('aria-activedescendant', `e${spot}`);
  showSpot(spot);
  return true;
}

// Steps over what is no exchange, up to the edge.
function moveBy(dx, dy) {
  let [x, y] = placeOf(spot);
  do {
    x += dx;
    y += dy;
  } while (x >= 0 && x < 30 && y >= 0 && y < 40 && !exchanges.has(exchangeAt(x, y)));
  if (moveTo(exchangeAt(x, y))) bringSpot();
}

const bringSpot = () => $(`e${spot}`).scrollIntoView({ block: 'nearest' });

function chooseSpot(exchange) {
  moveTo(exchange);
  choose(exchanges.get(exchange).suffix);
  $('prefix').value = exchange;
  listBest();
}

// What follows three digits at once is the rest of a number.
function typeSpot(digit) {
  forgetTyped();
  if (typedSpot.length === 3) return;
  typedSpot += digit;
  if (moveTo(typedSpot.padEnd(3, '0'))) bringSpot();
}

function onMapKey(event) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (!spot || event.ctrlKey || event.altKey || event.metaKey) return;
  if (step) {
    moveBy(...step);
  } else if (event.key === 'Enter' || event.key === ' ') {
    chooseSpot(spot);
  } else if (event.key === 'Home' || event.key === 'End') {
    const fields = $('map').querySelectorAll('[role=option]');
    moveTo(fieldOf(fields[event.key === 'Home' ? 0 : fields.length - 1]));
    bringSpot();
  } else if (/^\d$/.test(event.key)) {
    typeSpot(event.key);
  } else {
    return;
  }
  event.preventDefault();
}

function drawKey(first) {
  const letters = KEYPAD[first];
  const key = h('div', { className: `key k${first}`, role: 'group', ariaLabel: `Exchanges ${first}00 to ${first}99` },
    h('span', { className: 'legend', 'aria-hidden': 'true' }, h('b', null, String(first)), ` ${letters}`));
  for (let i = 0; i < 100; i++) {
    const exchange = `${first}${String(i).padStart(2, '0')}`;
    const one = exchanges.get(exchange);
    key.append(one
      ? h('div', { id: `e${exchange}`, role: 'option', ariaSelected: 'false',
        ariaLabel: describe(one) })
      : h('div', { className: 'none' }));
  }
  return key;
}

async function loadMap() {
  const map = $('map');
  map.ariaBusy = 'true';
  $('spot').textContent = 'Loading the map\u2026';
  try {
    const all = (await get('map.json', 'exchanges')).exchanges.filter((one) => one.count);
    if (!all.length) throw new Problem('No number of this index can be spelled.');
    all.forEach((one) => exchanges.set(one.exchange, one));
    map.replaceChildren(...[1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map(drawKey));
    $('legend').replaceChildren('hard', ...Array.from({ length: SHADES }, (_, i) => h('i', { className: `q${i}` })), 'easy');
    shade();
    moveTo(all.reduce((best, one) => (one.score > best.score ? one : best)).exchange);
  } catch (problem) {
    const retry = h('button', { type: 'button', onclick: loadMapAgain }, 'Load the map');
    $('spot').replaceChildren(`${problem.message} `, retry);
    if (document.activeElement === map) retry.focus();
  }
  map.ariaBusy = 'false';
  if (digitsOf($('prefix').value).length < 3) listBest();
}

// The button goes: the focus waits at the map.
function loadMapAgain() {
  $('map').focus();
  loadMap();
}

const fieldOf = (element) => element?.closest('#map [role=option]')?.id.slice(1);

// A finger holds on to the field that it touched first: what counts is where it is.
function onMapMove(event) {
  const exchange = fieldOf(document.elementFromPoint(event.clientX, event.clientY));
  if (exchange) showSpot(exchange);
}

/* Best of a prefix */

const tops = new Map(); // "356": what its file says
let best = [];
let listing = 0;

const plainKeys = ({ spelling }) => spelling.replace(/\D/g, '').length;
const byScore = (a, b) => b.score - a.score || plainKeys(a) - plainKeys(b) || a.suffix - b.suffix;

async function topOf(exchange) {
  if (!tops.has(exchange)) tops.set(exchange, await get(`top/${exchange}.json`, 'best'));
  return tops.get(exchange);
}

// An exchange whose own best is not among as many as are listed adds nothing to them.
async function bestOfMany(prefix) {
  if (!exchanges.size) {
    throw new Problem(`This needs the map, which ${$('map').ariaBusy === 'true' ? 'is still loading' : 'is not there'}.`);
  }
  const all = [...exchanges.values()].filter((one) => one.exchange.startsWith(prefix)).sort(byScore).slice(0, LISTED);
  const lists = await Promise.all(all.map((one) => topOf(one.exchange)));
  return lists.flatMap((one) => one.best).sort(byScore).slice(0, LISTED);
}

// Ten numbers or one: looked up.
async function bestOfFew(prefix) {
  const ends = prefix.length === SUFFIX_KEYS ? [''] : [...'0123456789'];
  const found = await Promise.all(ends.map((end) => judge(prefix + end)));
  return found.filter((one) => one.display)
    .map(({ number, display, score }) => ({ suffix: number, spelling: display, score })).sort(byScore);
}

async function bestOf(prefix) {
  if (prefix.length < 3) return bestOfMany(prefix);
  const top = await topOf(prefix.slice(0, 3));
  if (prefix.length > 5) return bestOfFew(prefix);
  const [known, more] = [top.best, top.more].map((list) => list.filter((one) => one.suffix.startsWith(prefix)));
  const sure = { 3: 0, 4: FOUR_DIGITS_BEST, 5: Infinity }[prefix.length];
  return [...known, ...more.slice(0, Math.max(0, sure - known.length))];
}

function bestItem({ suffix, spelling, score }) {
  return h('li', null, h('button', { type: 'button', onclick: () => choose(suffix) },
    h('b', null, spelling), h('span', null, `${suffix.slice(0, 3)}-${suffix.slice(3)}`), h('i', null, signed(score))));
}

function showBest(all, text) {
  best = all;
  $('best').replaceChildren(...all.slice(0, LISTED).map(bestItem));
  $('more').hidden = all.length <= LISTED;
  $('more').textContent = `Show all ${all.length}`;
  $('best-status').textContent = text;
}

async function listBest() {
  const prefix = digitsOf($('prefix').value);
  const mine = ++listing;
  if (!prefix || prefix.length > SUFFIX_KEYS) {
    showBest([], prefix && 'Seven digits at most: the end of a number, without area code.');
    return;
  }
  showBest([], 'Looking them up\u2026');
  try {
    const found = await bestOf(prefix);
    if (mine === listing) showBest(found, found.length ? `The best of ${prefix}` : `No number of ${prefix} can be spelled.`);
  } catch (problem) {
    if (mine === listing) showBest([], problem.message);
  }
}

/* Ranking of a list */

let ranking; // { stopped } of the run on its way
let rows = [];

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// Lines, or the cells of a table, quoted or not.
function linesOf(text) {
  const cells = text.match(/"(?:[^"\n\r]|"")*"|[^\n\r\t,;]+/g) ?? [];
  const plain = cells.map((one) => one.trim().replace(/^"(.*)"$/, '$1').replaceAll('""', '"').trim());
  return [...new Set(plain.filter(Boolean))];
}

async function judge(number) {
  if (number.length > MOST_SIGNS) return { number: `${number.slice(0, MOST_SIGNS)}\u2026`, note: 'too long for a number' };
  for (let tries = 1; ; tries++) {
    try {
      const { phonenumber, candidates: [first] } = await ask(number);
      if (!first) return { number, phonenumber, note: 'nothing can be spelled' };
      return { number, phonenumber, display: first.display, score: first.score };
    } catch (problem) {
      if (problem.final) return { number, note: problem.message };
      if (!problem.busy || tries === BUSY_TRIES) throw problem;
      await wait(500 * 2 ** tries);
    }
  }
}

// Each lane takes the next number until none is left or the run is stopped.
async function judgeAll(numbers, run) {
  const found = [];
  let next = 0;
  const lane = async () => {
    while (next < numbers.length && !run.stopped) {
      const at = next++;
      try {
        found.push({ at, ...(await judge(numbers[at])) });
      } catch (problem) {
        run.stopped ||= problem.message;
      }
      if (run === ranking) $('progress').value = found.length;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found;
}

const byRank = (a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity) || a.at - b.at;

function rankedRow({ number, display, score, note }, i) {
  const cells = display
    ? [String(i + 1), [h('b', null, display), h('button', { type: 'button', onclick: () => choose(number) }, number)], signed(score)]
    : ['', [number, h('span', null, note)], ''];
  return h('tr', { className: display ? '' : 'bad' }, ...cells.map((cell) => h('td', null, ...[cell].flat())));
}

function rankedTable() {
  const head = ['Rank', 'Number', 'Score'].map((text) => h('th', { scope: 'col' }, text));
  return h('table', null, h('caption', { className: 'unseen' }, 'Your numbers, best first'),
    h('thead', null, h('tr', null, ...head)), h('tbody', null, ...rows.map(rankedRow)));
}

// Spreadsheets run text that begins with one of these signs: it gets a quote before.
const guarded = (value) => (typeof value === 'number' ? String(value) : (value ?? '').replace(/^[=@+-]/, "'$&"));
const cell = (value) => `"${guarded(value).replaceAll('"', '""')}"`;

function csv() {
  const lines = rows.map(({ number, display, score, note }, i) =>
    [display ? i + 1 : '', number, display, score, note].map(cell).join(','));
  return ['rank,number,spelling,score,note', ...lines].join('\r\n') + '\r\n';
}

// The same number written differently is one.
function unrepeated(found) {
  const seen = new Set();
  return found.filter(({ phonenumber, number }) => {
    const name = phonenumber ?? number;
    return !seen.has(name) && seen.add(name);
  });
}

function rankedText(given, asked, found, run) {
  const good = rows.filter((row) => row.display).length;
  const parts = [count(good, 'number') + ' ranked'];
  if (rows.length > good) parts.push(`${rows.length - good} without a spelling or not read`);
  if (found > rows.length) parts.push(count(found - rows.length, 'repeat') + ' left out');
  if (given > asked) parts.push(`only the first ${MOST_NUMBERS.toLocaleString('en')} of ${given.toLocaleString('en')} were taken`);
  if (run.stopped) parts.push(`stopped with ${asked - found} left`);
  return `${parts.join(', ')}.${run.stopped && run.stopped !== true ? ` ${run.stopped}` : ''}`;
}

async function rankMine() {
  const all = linesOf($('numbers').value);
  const numbers = all.slice(0, MOST_NUMBERS);
  if (ranking) ranking.stopped = true;
  const run = (ranking = { stopped: false });
  rows = [];
  $('ranked').replaceChildren();
  $('csv').hidden = true;
  $('progress').max = numbers.length || 1;
  $('progress').value = 0;
  $('progress').hidden = $('stop').hidden = !numbers.length;
  $('mine-status').textContent = numbers.length ? 'Looking up\u2026' : 'Paste one number or more.';
  if (!numbers.length) return;
  const found = await judgeAll(numbers, run);
  if (run !== ranking) return;
  rows = unrepeated(found.sort(byRank));
  $('csv').hidden = !rows.length;
  if (document.activeElement === $('stop')) (rows.length ? $('csv') : $('numbers')).focus();
  $('progress').hidden = $('stop').hidden = true;
  if (rows.length) $('ranked').replaceChildren(rankedTable());
  $('mine-status').textContent = rankedText(all.length, numbers.length, found.length, run);
}

/* Start */

export function start() {
  $('map').onkeydown = onMapKey;
  $('map').onpointermove = onMapMove;
  $('map').onpointerleave = ({ pointerType }) => spot && pointerType === 'mouse' && showSpot(spot);
  $('map').onclick = ({ target }) => fieldOf(target) && chooseSpot(fieldOf(target));
  $('by-score').onchange = $('by-mean').onchange = shade;
  $('prefix').oninput = after(TYPING_MS, listBest);
  $('more').onclick = () => {
    $('more').hidden = true;
    $('best').append(...best.slice(LISTED).map(bestItem));
    $('best').children[LISTED].firstChild.focus();
  };
  $('mine').onsubmit = rankMine;
  $('stop').onclick = () => (ranking.stopped = true);
  $('csv').onclick = copies($('csv'), csv, 'the table');
  document.addEventListener('call', loadCallers);
  document.addEventListener('visibilitychange', () => document.hidden || loadCallers());
  loadCallers();
  loadMap();
  listBest();
}
