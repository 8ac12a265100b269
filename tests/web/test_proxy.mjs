// The page behind nginx, set up as the README says: no login box for visitors, no number in a log.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { look, opened, shown, site, told } from './site.mjs';

const here = site();
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// The README's file, on ports and in a folder of this test, without TLS.
function configuration(port) {
  const [, block] = readme.match(/```nginx\n([\s\S]*?)```/);
  const http = block.replace('listen 443 ssl', `listen 127.0.0.1:${port}`)
    .replace(/ *ssl_certificate.*\n/g, '')
    .replaceAll('http://127.0.0.1:8080', here.url.replace(/\/$/, ''))
    .replaceAll('/var/log/nginx', here.folder);
  const own = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${here.folder}/${name};`);
  return `daemon off; master_process off; pid ${here.folder}/pid; error_log ${here.folder}/start;
    events {} http { ${own.join(' ')} types { } ${http} }`;
}

async function startNginx(port) {
  const file = join(here.folder, 'nginx.conf');
  writeFileSync(file, configuration(port));
  const nginx = spawn('/usr/sbin/nginx', ['-c', file, '-e', join(here.folder, 'start')], { stdio: 'inherit' });
  const up = async () => {
    while (!(await fetch(`http://127.0.0.1:${port}/healthz`).then((answer) => answer.ok, () => false))) {
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  await Promise.race([up(), once(nginx, 'exit').then(() => Promise.reject(new Error('nginx ended')))]);
  return nginx;
}

test('a visitor looks numbers up, is asked for no password, and leaves no number', async () => {
  const port = await freePort();
  const nginx = await startNginx(port);
  const page = await here.page({ baseURL: `http://127.0.0.1:${port}/` });
  try {
    const refused = [];
    page.on('response', (answer) => answer.ok() || refused.push([answer.status(), new URL(answer.url()).pathname]));
    await opened(page);
    await look(page, '1-800-356-9377');
    await shown(page, '1-800-FLOWERS');
    await look(page, '35693770');
    await told(page, 'status', /This one has 8/);
    assert.deepEqual(refused.filter(([status]) => status === 401), [], 'a login box');
    assert.ok(refused.some(([status, path]) => status === 403 && path === '/callers'));
    assert.equal(await page.locator('#calls').isVisible(), false);
    await page.done();
  } finally {
    nginx.kill('SIGTERM');
    await once(nginx, 'exit');
  }
  const logs = ['vanity.log', 'vanity.error'].map((name) => readFileSync(join(here.folder, name), 'utf8')).join('');
  assert.match(logs, /GET \/vanitynumbers 200/);
  assert.doesNotMatch(logs, /9377|phonenumber/);
});
