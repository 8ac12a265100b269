// The page: look a number up, hear it, copy it, share it.

export const TYPING_MS = 150; // a pause in typing that is worth a request
const SLOW_MS = 1200; // after this the old answer goes and the wait is told
const LATE_MS = 10000; // after this a request is given up
const COPIED_MS = 1500; // for what a button says after its work
export const SUFFIX_KEYS = 7;
export const MOST_SIGNS = 64; // of a number with all that is typed between its keys
const LENGTHS = 'A number has 7 or 10 digits, or 11 with the 1, and up to 3 letters more; with + and another country code 8 to 15; no extension.';
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

function refusal(status, body, list) {
  if (status === 401) return 'This server answers after signing in only.';
  if (status === 429 || status === 503) return 'The server is busy. Try again in a moment.';
  if (status >= 500) return `The server failed (${status}). Try again in a moment.`;
  if (status === 404 && !body) {
    return list === 'candidates' ? 'There is no look-up service behind this page.' : 'There is no such list behind this page.';
  }
  const text = (body?.message || `The server refused this request (${status}).`)
    .replace(/^(?:wrong number of|too few|too many) keys: (\d+);.*/, `${LENGTHS} This one has $1.`);
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
    if (!response.ok) throw new Problem(refusal(response.status, body, list), response.status === 404 && !body ? 0 : response.status);
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

async function copy(text, what) {
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

// What a button does that copies; its label tells how it went.
export function copies(label, text, what) {
  const usual = label.textContent;
  const restore = after(COPIED_MS, () => (label.textContent = usual));
  return async () => {
    label.textContent = (await copy(text(), what)) ? 'Copied' : 'Not copied';
    restore();
  };
}

function copyButton(display) {
  const label = h('span', null, 'Copy');
  return named(h('button', { type: 'button', onclick: copies(label, () => display, display) }, label), display);
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
let withheld; // what is wrong with a number that may still grow

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
  withheld = undefined;
  $('again').hidden = true;
  $('answer').inert = true;
  $('link').disabled = true;
  tell('');
}

function showAnswer({ phonenumber, candidates }) {
  const suffix = phonenumber.slice(-SUFFIX_KEYS);
  clearAnswer();
  $('answer').append(...candidates.slice(0, 3).map((one) => candidateItem(one, suffix)));
  $('link').hidden = $('link').disabled = false;
  if (!candidates.length) {
    tell('Nothing can be spelled: 0 and 1 carry no letters.');
    return;
  }
  document.title = `${candidates[0].display} \u00b7 vanity`;
  tell(`${candidates[0].display} is ${grade(candidates[0].score)}.`);
}

function showProblem(problem, typing) {
  const { message, final } = problem;
  clearAnswer();
  $('again').hidden = final;
  if (typing && message.startsWith(LENGTHS) && document.activeElement === $('number')) {
    withheld = message;
    tell(`${keys($('number').value).length} digits so far`);
    return;
  }
  tell(message, !(typing && final));
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
    if (typing) remember(text);
    if (logged) document.dispatchEvent(new Event('call'));
  } catch (problem) {
    if (mine !== current) return;
    showProblem(problem, typing);
    if (typing) remember('');
  } finally {
    clearTimeout(slow);
  }
}

// Enter or click: asked at once, a step in the history, a call if it is to be logged.
export function choose(text, logged = false) {
  $('number').value = text;
  $('examples').hidden = Boolean(text);
  if (!keys(text)) {
    nothingTyped();
    tell('Type a telephone number, such as 1-800-356-9377.', true);
    return;
  }
  remember(text, true);
  lookUp(text, { logged });
  if ($('answers').getBoundingClientRect().top < 0) $('lookup').scrollIntoView();
}

function nothingTyped() {
  outdate();
  clearAnswer();
  remember('');
}

// The button goes while it works: the focus waits at the answer.
async function askAgain() {
  $('answers').focus();
  await again();
  if (document.activeElement === $('answers')) $('again').focus();
}

function chooseExample({ target }) {
  if (target.type !== 'button') return;
  $('answers').focus();
  choose(target.textContent);
}

function onTyping() {
  const text = $('number').value.trim();
  const known = keys(text).length;
  $('examples').hidden = Boolean(text);
  if (known >= SUFFIX_KEYS) {
    outdate();
    typed(text);
    return;
  }
  nothingTyped();
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

// What was entered, or opened by its link, stays in the history; what was typed gives way to the next.
function remember(text, entered = false) {
  const kept = history.state?.entered ?? Boolean(location.hash);
  if (hashText() !== text) history[kept ? 'pushState' : 'replaceState']({ entered }, '', hashOf(text));
  else if (entered) history.replaceState({ entered }, '');
}

function fromAddress() {
  const text = hashText().slice(0, MOST_SIGNS);
  $('number').value = text;
  $('examples').hidden = Boolean(text);
  if (text) return lookUp(text);
  return nothingTyped();
}

/* Start */

let rest;

// What a first answer does not need comes after it, when it is in view. Promises whether it is there.
function loadRest() {
  rest ??= import('./explore.js').then(({ start }) => start() ?? true, () => {
    $('spot').textContent = 'The rest of the page cannot be loaded. Reload it to try again.';
  });
  return rest;
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
  $('form').onsubmit = () => choose($('number').value.trim(), true);
  $('mine').onsubmit = async () => (await loadRest()) && $('mine').requestSubmit();
  $('number').oninput = onTyping;
  $('number').onchange = () => withheld && tell(withheld, true);
  $('again').onclick = askAgain;
  $('examples').onclick = chooseExample;
  $('link').onclick = copies($('link'), () => location.href, 'the link');
  window.onpopstate = fromAddress;
  // The script may come after the first keys.
  const first = $('number').value.trim() ? onTyping() : fromAddress();
  await Promise.race([first, new Promise((done) => setTimeout(done, SLOW_MS))]);
  watchRest();
}

start();
