// Runs bootstrap in @architect/sandbox, an emulator of Lambda by others.
//
// sandbox.js http FOLDER PATH...      the whole of it: HTTP requests to the
//     program FOLDER/build/http/get-vanitynumbers/bootstrap
// sandbox.js invoke COMMAND...        its runtime API alone: an event for each
//     line of standard input, to a new process of COMMAND each
//
// Prints what came back as a JSON array. The function's environment is ours.
const child = require("child_process");
const fs = require("fs");
const http = require("http");
const path = require("path");
const { randomUUID } = require("crypto");

const modules = path.join(__dirname, "../../build/lambda/node_modules");
const sandbox = path.join(modules, "@architect/sandbox");
const WAIT_MS = 30000;

// Architect's project of one function in the only form that it has for
// programs: a plugin names the runtime.
function writeProject(folder) {
  fs.writeFileSync(path.join(folder, "runtime.js"), `module.exports = {
    set: { runtimes: () => ({ name: "static", type: "compiled",
                              baseRuntime: "provided.al2023" }) } };`);
  fs.writeFileSync(path.join(folder, "app.arc"), `@app
vanity
@aws
runtime static
timeout 3
@plugins
runtime
  src runtime.js
@http
get /vanitynumbers
`);
}

async function serveHttp(folder, paths) {
  const { start, end } = require(sandbox);
  const port = Number(process.env.ARC_HTTP_PORT);
  const results = [];

  writeProject(folder);
  await start({ cwd: folder, host: "127.0.0.1", port, quiet: true,
                watcher: false, runtimeCheck: false, env: process.env });
  for (const target of paths) {
    const reply = await fetch(`http://127.0.0.1:${port}${target}`);
    const type = reply.headers.get("content-type");
    results.push({ status: reply.status, type, body: await reply.text() });
  }
  await end();
  return results;
}

function runtimeServer() {
  const { runtimeAPI } = require(path.join(sandbox, "src/arc/_runtime-api"));
  const update = { debug: { status() {}, raw() {} }, error: console.error };

  return http.createServer((request, reply) => {
    const parts = [];

    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString();
      runtimeAPI({ body }, { update }, request, reply);
    });
  });
}

// One process for each event, as the emulator does it.
async function invokeOne(port, command, event) {
  const { invocations } = require(path.join(sandbox, "src/arc/_runtime-api"));
  const id = randomUUID();
  const lambda = { config: { timeout: 3 }, pragma: "connect", name: "lookup" };
  const state = (invocations[id] = { request: event, lambda });
  const address = `http://127.0.0.1:${port}/${id}`;
  const running = child.spawn(command[0], command.slice(1), {
    env: { ...process.env, AWS_LAMBDA_RUNTIME_API: address },
    stdio: ["ignore", "ignore", "inherit"] });
  const ended = new Promise((done) => running.on("exit", (...how) =>
    done(how)));
  const until = Date.now() + WAIT_MS;

  while (!state.response && !state.error && !state.initError &&
         running.exitCode === null && Date.now() < until) {
    await new Promise((done) => setTimeout(done, 5));
  }
  if (!state.initError) running.kill("SIGTERM"); // else it ends by itself
  const [code, signal] = await ended;
  const { response, error, initError } = state;
  return { response, error, initError, code, signal };
}

async function invoke(command) {
  const server = runtimeServer();
  const events = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
  const results = [];

  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  for (const event of events) {
    results.push(await invokeOne(server.address().port, command,
                                 JSON.parse(event)));
  }
  server.closeAllConnections();
  server.close();
  return results;
}

async function main([mode, ...rest]) {
  const results = mode === "http"
    ? await serveHttp(rest[0], rest.slice(1)) : await invoke(rest);

  console.log(JSON.stringify(results));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exit(1);
});
