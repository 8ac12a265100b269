// The rest of the page: map of all numbers, best of a prefix, ranking of a list.
import { $, KEYPAD, MOST_SIGNS, SUFFIX_KEYS, TYPING_MS, Problem, after, ask, choose, copy, count, digitsOf, get, h, signed } from './app.js';

const MOST_NUMBERS = 1000; // that the ranking takes
const LANES = 6; // requests at once while ranking: a browser's limit for a host
const BUSY_TRIES = 4; // for one number while the server says it is busy
const LISTED = 20; // of the best, before "Show all"

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

function onMapKey(event) {
  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const step = steps[event.key];
  if (!spot || event.ctrlKey || event.altKey || event.metaKey) return;
  if (step) {
    moveBy(...step);
  } else if (event.key === 'Enter' || event.key === ' ') {
    chooseSpot(spot);
  } else if (/^\d$/.test(event.key)) {
    typedSpot = (typedSpot + event.key).slice(-3);
    if (moveTo(typedSpot.padEnd(3, '0'))) bringSpot();
    forgetTyped();
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
  try {
    const all = (await get('map.json', 'exchanges')).exchanges.filter((one) => one.count);
    if (!all.length) throw new Problem('No number of this index can be spelled.');
    all.forEach((one) => exchanges.set(one.exchange, one));
    map.replaceChildren(...[1, 2, 3, 4, 5, 6, 7, 8, 9, 0].map(drawKey));
    $('legend').replaceChildren('hard', ...Array.from({ length: SHADES }, (_, i) => h('i', { className: `q${i}` })), 'easy');
    shade();
    moveTo(all.reduce((best, one) => (one.score > best.score ? one : best)).exchange);
  } catch (problem) {
    const retry = h('button', { type: 'button', onclick: loadMap }, 'Load the map');
    $('spot').replaceChildren(`${problem.message} `, retry);
  }
}

const overCell = (event) => event.target.closest('[role=option]')?.id.slice(1);

/* Best of a prefix */

const tops = new Map(); // "356": its hundred best
let best = [];
let listing = 0;

async function bestOf(prefix) {
  if (prefix.length < 3) {
    const all = [...exchanges.values()].filter((one) => one.exchange.startsWith(prefix));
    return all.sort((a, b) => b.score - a.score);
  }
  const exchange = prefix.slice(0, 3);
  if (!tops.has(exchange)) tops.set(exchange, (await get(`top/${exchange}.json`, 'best')).best);
  return tops.get(exchange).filter((one) => one.suffix.startsWith(prefix));
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

function bestText({ length }, prefix) {
  const exchange = prefix.slice(0, 3);
  if (prefix.length < 3) return length ? `The best number of each exchange that begins with ${prefix}` : '';
  if (prefix.length === 3) return length ? `The best of ${exchange}` : `No number of ${exchange} can be spelled.`;
  if (length) return `${length} of the hundred best of ${exchange}`;
  return `None of the hundred best of ${exchange} begins with ${prefix}.`;
}

async function listBest() {
  const prefix = digitsOf($('prefix').value);
  const mine = ++listing;
  if (!prefix || prefix.length > SUFFIX_KEYS) {
    showBest([], prefix && 'Seven digits at most: the end of a number, without area code.');
    return;
  }
  try {
    const found = await bestOf(prefix);
    if (mine === listing) showBest(found, bestText(found, prefix));
  } catch (problem) {
    if (mine === listing) showBest([], problem.message);
  }
}

/* Ranking of a list */

let ranking; // { stopped } of the run on its way
let rows = [];

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

function linesOf(text) {
  return [...new Set(text.split(/[\n\r\t,;]+/).map((line) => line.trim()).filter(Boolean))];
}

async function judge(number) {
  if (number.length > MOST_SIGNS) return { number: `${number.slice(0, MOST_SIGNS)}\u2026`, note: 'too long for a number' };
  for (let tries = 1; ; tries++) {
    try {
      const [first] = (await ask(number)).candidates;
      return first ? { number, display: first.display, score: first.score } : { number, note: 'nothing can be spelled' };
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

// Spreadsheets run what begins with = or @: such lines get a quote before.
const cell = (value) => `"${String(value ?? '').replace(/^[=@]/, "'$&").replaceAll('"', '""')}"`;

function csv() {
  const lines = rows.map(({ number, display, score, note }, i) =>
    [display ? i + 1 : '', number, display, score, note].map(cell).join(','));
  return ['rank,number,spelling,score,note', ...lines].join('\r\n') + '\r\n';
}

function rankedText(given, asked, run) {
  const good = rows.filter((row) => row.display).length;
  const parts = [count(good, 'number') + ' ranked'];
  if (rows.length > good) parts.push(`${rows.length - good} without a spelling or not read`);
  if (given > asked) parts.push(`only the first ${MOST_NUMBERS.toLocaleString('en')} of ${given.toLocaleString('en')} were taken`);
  if (run.stopped) parts.push(`stopped with ${asked - rows.length} left`);
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
  rows = found.sort(byRank);
  $('progress').hidden = $('stop').hidden = true;
  $('csv').hidden = !rows.length;
  if (rows.length) $('ranked').replaceChildren(rankedTable());
  $('mine-status').textContent = rankedText(all.length, numbers.length, run);
}

/* Start */

export function start() {
  $('map').onkeydown = onMapKey;
  $('map').onpointermove = (event) => overCell(event) && showSpot(overCell(event));
  $('map').onpointerleave = () => spot && showSpot(spot);
  $('map').onclick = (event) => overCell(event) && chooseSpot(overCell(event));
  $('by-score').onchange = $('by-mean').onchange = shade;
  $('prefix').oninput = after(TYPING_MS, listBest);
  $('more').onclick = () => {
    $('more').hidden = true;
    $('best').append(...best.slice(LISTED).map(bestItem));
    $('best').children[LISTED].firstChild.focus();
  };
  $('mine').onsubmit = rankMine;
  $('stop').onclick = () => (ranking.stopped = true);
  $('csv').onclick = () => copy(csv(), 'the table');
  loadMap();
}
