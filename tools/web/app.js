// The page: look a number up, hear it, copy it, share it; the last callers.

export const TYPING_MS = 150; // a pause in typing that is worth a request
const SLOW_MS = 1200; // after this the old answer goes and the wait is told
const LATE_MS = 10000; // after this a request is given up
export const SUFFIX_KEYS = 7;
export const MOST_SIGNS = 64; // of a number with all that is typed between its keys
export const KEYPAD = ['', '', 'ABC', 'DEF', 'GHI', 'JKL', 'MNO', 'PQRS', 'TUV', 'WXYZ'];

export const $ = (id) => document.getElementById(id);

export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name in element) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

export const count = (n, one, many = one + 's') => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
export const signed = (score) => String(score).replace('-', '\u2212');

// Numbers are pasted with wide digits, other dashes, and marks that nobody sees.
const clean = (text) => text.normalize('NFKC').replace(/[\u2010-\u2015\u2212]/g, '-').replace(/\p{C}/gu, '')
  .replace(/^\s*tel:/i, '');
const keys = (text) => clean(text).replace(/[^0-9a-z]/gi, '');

function digitOf(letter) {
  const key = KEYPAD.findIndex((letters) => letters.includes(letter.toUpperCase()));
  return key < 0 ? letter : String(key);
}

export const digitsOf = (text) => [...keys(text)].map(digitOf).join('');

export function after(pause, run) {
  let timer;
  const later = (...values) => {
    clearTimeout(timer);
    timer = setTimeout(run, pause, ...values);
  };
  later.cancel = () => clearTimeout(timer);
  return later;
}

// The live region repeats nothing: an equal text is made different first.
function announce(text) {
  $('said').textContent = '';
  setTimeout(() => ($('said').textContent = text), 50);
}

/* Requests */

export class Problem extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }

  get busy() {
    return this.status === 429 || this.status === 503;
  }

  // The server has judged the number, another try will not help.
  get final() {
    return this.status === 400 || this.status === 404;
  }
}

function refusal(status, body) {
  if (status === 401) return 'This server answers after signing in only.';
  if (status === 429 || status === 503) return 'The server is busy. Try again in a moment.';
  if (status >= 500) return `The server failed (${status}). Try again in a moment.`;
  const text = body?.message || `The server refused this request (${status}).`;
  return text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}

// Left by the sign-in of a deployment, if it has one.
function signedIn() {
  try {
    const token = sessionStorage.getItem('token');
    return token ? { Authorization: `Bearer ${token}` } : {};
  } catch {
    return {}; // a browser that keeps nothing for pages
  }
}

// The answer, which has a list of that name.
export async function get(url, list, control = new AbortController()) {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    control.abort();
  }, LATE_MS);
  try {
    const response = await fetch(url, { signal: control.signal, headers: signedIn() });
    const body = await response.json().catch((error) => {
      if (error instanceof SyntaxError) return null;
      throw error;
    });
    if (!response.ok) throw new Problem(refusal(response.status, body), response.status);
    if (!Array.isArray(body?.[list])) throw new Problem('The answer of the server cannot be read.');
    return body;
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem(late
      ? `No answer from the server in ${LATE_MS / 1000} seconds.`
      : 'The server cannot be reached.');
  } finally {
    clearTimeout(timer);
  }
}

export const ask = (number, logged, control) =>
  get(`vanitynumbers?phonenumber=${encodeURIComponent(clean(number))}${logged ? '&caller=1' : ''}`, 'candidates', control);

/* One candidate: what it shows, says and copies */

function grade(score) {
  if (score >= -25) return 'superb';
  if (score >= -55) return 'strong';
  if (score >= -80) return 'good';
  return score >= -90 ? 'fair' : 'weak';
}

// What stands before the spelling ("1-800-"), and the number in digits.
const frontOf = (candidate) => candidate.display.slice(0, -candidate.spelling.length);
const plainOf = (candidate, suffix) => `${frontOf(candidate)}${suffix.slice(0, 3)}-${suffix.slice(3)}`;

const spoken = (part) =>
  /^[A-Z]{2,}$/.test(part) ? part.toLowerCase() : [...part].join(' ').replace('+', 'plus');

const spokenNumber = (text) => text.split(/[- ]/).filter(Boolean).map(spoken).join(', ');

function keycaps(candidate, suffix) {
  const caps = h('div', { className: 'caps', 'aria-hidden': 'true' });
  let place = 0;
  for (const part of candidate.spelling.split('-')) {
    [...part].forEach((sign, i) => {
      const over = place >= SUFFIX_KEYS;
      const kind = over ? ' over' : sign >= 'A' ? '' : ' plain';
      const digit = over ? digitOf(sign) : suffix[place];
      caps.append(h('span', { className: `cap${kind}${place && !i ? ' cut' : ''}` },
        h('b', null, sign), h('i', null, digit)));
      place++;
    });
  }
  return caps;
}

function hear(button, text) {
  const speech = window.speechSynthesis;
  const was = button.ariaPressed === 'true';
  speech.cancel();
  if (was) return;
  const words = new SpeechSynthesisUtterance(text);
  words.lang = 'en-US';
  words.rate = 0.9;
  words.onend = words.onerror = () => (button.ariaPressed = 'false');
  button.ariaPressed = 'true';
  speech.speak(words);
}

export async function copy(text, what) {
  let done = true;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No permission, or no secure context: the old way.
    const area = h('textarea', { value: text, className: 'unseen', ariaHidden: 'true' });
    const focused = document.activeElement;
    document.body.append(area);
    area.select();
    done = document.execCommand('copy');
    area.remove();
    focused?.focus();
  }
  announce(done ? `Copied ${what}` : 'This browser does not let the page copy');
  return done;
}

function copyButton(display) {
  const label = h('span', null, 'Copy');
  const restore = after(1500, () => (label.textContent = 'Copy'));
  const run = async () => {
    label.textContent = (await copy(display, display)) ? 'Copied' : 'Not copied';
    restore();
  };
  return named(h('button', { type: 'button', onclick: run }, label), display);
}

function hearButton(candidate, suffix) {
  const able = 'speechSynthesis' in window;
  const text = `${spokenNumber(candidate.display)}. That is ${spokenNumber(plainOf(candidate, suffix))}.`;
  return h('button', {
    type: 'button',
    disabled: !able,
    title: able ? '' : 'This browser cannot speak',
    ariaPressed: 'false',
    onclick: (event) => hear(event.currentTarget, text),
  }, 'Hear');
}

function named(button, what) {
  button.append(h('span', { className: 'unseen' }, ` ${what}`));
  return button;
}

function scoreOf({ score }) {
  const bar = h('span', { className: 'bar', 'aria-hidden': 'true' }, h('span'));
  // -150 is the worst that is ever shown, 0 as good as it gets.
  bar.firstChild.style.width = `${Math.min(100, Math.max(3, (score + 150) / 1.5))}%`;
  return h('p', { className: 'score' }, bar, `${grade(score)} `, h('b', null, signed(score)));
}

function overdialNote({ spelling, overdial }) {
  return h('p', { className: 'note' },
    `The call is placed at the seventh key; ${spelling.slice(-overdial)} may be dialled or left out.`);
}

function candidateItem(candidate, suffix) {
  const { display, overdial } = candidate;
  return h('li', null,
    h('h3', null, display, h('span', { className: 'unseen' }, ` dials ${plainOf(candidate, suffix)}`)),
    scoreOf(candidate),
    keycaps(candidate, suffix),
    h('div', { className: 'acts' },
      named(hearButton(candidate, suffix), display),
      copyButton(display)),
    ...(overdial ? [overdialNote(candidate)] : []));
}

/* Look-up */

let current; // control of the look-up that may still change the page
let again; // repeats the look-up that failed

const typed = after(TYPING_MS, (text) => lookUp(text, { typing: true }));

function tell(text, error = false) {
  $('status').textContent = text;
  $('status').classList.toggle('error', error);
  $('number').ariaInvalid = String(error);
}

function clearAnswer() {
  window.speechSynthesis?.cancel();
  $('answer').replaceChildren();
  $('answer').inert = false;
  $('link').hidden = true;
  document.title = 'vanity';
}

// From here to the next answer nothing on the page may be taken for it.
function outdate() {
  current?.abort();
  current = undefined;
  typed.cancel();
  $('again').hidden = true;
  $('answer').inert = true;
  tell('');
}

function showAnswer({ phonenumber, candidates }) {
  const suffix = phonenumber.slice(-SUFFIX_KEYS);
  clearAnswer();
  $('answer').append(...candidates.slice(0, 3).map((one) => candidateItem(one, suffix)));
  $('link').hidden = false;
  if (!candidates.length) {
    tell('Nothing can be spelled: 0 and 1 carry no letters.');
    return;
  }
  document.title = `${candidates[0].display} \u00b7 vanity`;
  tell(`${candidates[0].display} is ${grade(candidates[0].score)}.`);
}

function showProblem(problem, typing) {
  clearAnswer();
  tell(problem.message, !(typing && problem.final));
  $('again').hidden = problem.final;
}

async function lookUp(text, { typing = false, logged = false } = {}) {
  outdate();
  const mine = (current = new AbortController());
  again = () => lookUp(text, { typing, logged });
  const slow = setTimeout(() => {
    clearAnswer();
    tell('The server is slow. Still waiting\u2026');
  }, SLOW_MS);
  try {
    const answer = await ask(text, logged, mine);
    if (mine !== current) return;
    showAnswer(answer);
    remember(text);
    if (logged) loadCallers();
  } catch (problem) {
    if (mine === current) showProblem(problem, typing);
  } finally {
    clearTimeout(slow);
  }
}

// Enter or click: asked at once, logged as a call, a step in the history.
export function choose(text, scroll = true) {
  $('number').value = text;
  $('examples').hidden = true;
  if (hashText() !== text) history.pushState(null, '', hashOf(text));
  if (!keys(text)) {
    nothingTyped();
    return;
  }
  lookUp(text, { logged: true });
  if (scroll && $('lookup').getBoundingClientRect().bottom < 200) $('lookup').scrollIntoView();
}

function nothingTyped() {
  outdate();
  clearAnswer();
}

function onTyping() {
  const text = $('number').value.trim();
  const known = keys(text).length;
  $('examples').hidden = Boolean(text);
  outdate();
  if (known >= SUFFIX_KEYS) {
    typed(text);
    return;
  }
  clearAnswer();
  tell(known ? `${known} of ${SUFFIX_KEYS} digits` : '');
}

/* The number in the address */

const hashOf = (text) => (text ? `#${encodeURIComponent(text)}` : location.pathname + location.search);

function hashText() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return '';
  }
}

function remember(text) {
  if (hashText() !== text) history.replaceState(null, '', hashOf(text));
}

function fromAddress() {
  const text = hashText().slice(0, MOST_SIGNS);
  $('number').value = text;
  $('examples').hidden = Boolean(text);
  if (text) return lookUp(text);
  return nothingTyped();
}

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

// Where calls are not kept, or not for everybody, the panel stays away.
async function loadCallers() {
  try {
    const { callers } = await get('callers', 'callers');
    $('callers').replaceChildren(...callers.map(callerItem));
    $('no-callers').hidden = callers.length > 0;
    $('calls').hidden = false;
  } catch {
    $('calls').hidden = true;
  }
}

/* Start */

// What a first answer does not need comes after it, when it is in view.
async function loadRest() {
  try {
    (await import('./explore.js')).start();
  } catch {
    $('spot').textContent = 'The rest of the page cannot be loaded. Reload it to try again.';
  }
}

function watchRest() {
  const watch = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    watch.disconnect();
    loadRest();
  });
  for (const section of $('explore').children) watch.observe(section);
}

async function start() {
  document.addEventListener('submit', (event) => event.preventDefault());
  $('form').onsubmit = () => choose($('number').value.trim(), false);
  $('number').oninput = onTyping;
  $('again').onclick = () => again();
  $('examples').onclick = ({ target }) => target.type === 'button' && choose(target.textContent);
  $('link').onclick = () => copy(location.href, 'the link');
  window.onpopstate = fromAddress;
  document.addEventListener('visibilitychange', () => document.hidden || loadCallers());
  await fromAddress();
  loadCallers();
  watchRest();
}

start();
