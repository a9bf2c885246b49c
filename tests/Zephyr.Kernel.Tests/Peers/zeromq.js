// A front end as VS Code's Jupyter extension is one: the same client library, the kernelspec's own command line,
// ports bound before the first message. Prints one line of JSON per step; the test reads them.
'use strict';
const { spawn } = require('node:child_process');
const { createHmac, randomUUID } = require('node:crypto');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const zmq = require('zeromq');

const [kernels, folder] = process.argv.slice(2);
const key = randomUUID();
const waiting = new Map(); // id of a request -> { reply, published, resolve }
const say = (step, facts) => console.log(JSON.stringify({ step, ...facts }));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function untilBound(port) {
  for (;;) {
    const bound = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (bound) return;
    await sleep(20);
  }
}

const sign = (frames) => createHmac('sha256', key).update(frames.join('')).digest('hex');

function frames(type, content) {
  const header = { msg_id: randomUUID(), msg_type: type, session: 'zeromq.js', username: 'reader', version: '5.4', date: new Date().toISOString() };
  const json = [header, {}, {}, content].map((part) => JSON.stringify(part));
  return [header.msg_id, ['<IDS|MSG>', sign(json), ...json]];
}

async function listen(socket, receive) {
  for await (const raw of socket) {
    const all = raw.map(String);
    const [signature, ...json] = all.slice(all.indexOf('<IDS|MSG>') + 1);
    if (signature !== sign(json.slice(0, 4))) throw new Error(`wrong signature on ${json[0]}`);
    const [header, parent, , content] = json.map((part) => JSON.parse(part));
    const request = waiting.get(parent.msg_id);
    if (request) receive(request, header.msg_type, content);
  }
}

// Resolves with reply and published messages once the kernel is idle again.
function ask(socket, type, content) {
  const [id, message] = frames(type, content);
  return new Promise((resolve) => {
    const request = { published: [] };
    request.check = () => {
      if (request.reply && request.idle) resolve(request);
    };
    waiting.set(id, request);
    socket.send(message);
  });
}

function onReply(request, type, content) {
  request.reply = content;
  request.repliedAt = performance.now();
  request.check();
}

function onPublished(request, type, content) {
  if (type === 'status') request.idle = content.execution_state === 'idle';
  else request.published.push([type, content]);
  request.check();
}

(async () => {
  const spec = JSON.parse(fs.readFileSync(path.join(kernels, 'zephyr-csharp', 'kernel.json'), 'utf8'));
  const names = ['shell_port', 'control_port', 'iopub_port', 'stdin_port', 'hb_port'];
  const connection = { transport: 'tcp', ip: '127.0.0.1', key, signature_scheme: 'hmac-sha256', kernel_name: 'zephyr-csharp' };
  for (const name of names) connection[name] = await freePort();
  const file = path.join(folder, 'connection.json');
  fs.writeFileSync(file, JSON.stringify(connection));
  const argv = spec.argv.map((word) => word.replace('{connection_file}', file));
  const kernel = spawn(argv[0], argv.slice(1), { stdio: 'ignore', cwd: folder });
  process.on('exit', () => kernel.kill('SIGKILL')); // if this script fails
  const exited = new Promise((resolve) => kernel.on('exit', (code, signal) => resolve(code ?? signal)));

  await untilBound(connection.shell_port);
  await untilBound(connection.iopub_port);
  const routingId = randomUUID();
  const dealer = (port) => {
    const socket = new zmq.Dealer({ routingId, linger: 0 });
    socket.connect(`tcp://127.0.0.1:${port}`);
    listen(socket, onReply).catch(fail);
    return socket;
  };
  const iopub = new zmq.Subscriber({ linger: 0 });
  iopub.connect(`tcp://127.0.0.1:${connection.iopub_port}`);
  iopub.subscribe();
  listen(iopub, onPublished).catch(fail);
  const [shell, control] = [dealer(connection.shell_port), dealer(connection.control_port)];
  const execute = (code) => ask(shell, 'execute_request', { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: true, stop_on_error: true });

  let request;
  for (let attempt = 0; !request && attempt < 50; attempt++) {
    // As VS Code does: ask again until the subscription has reached the kernel and its answers are heard.
    request = await Promise.race([ask(shell, 'kernel_info_request', {}), sleep(1000)]);
  }
  const { protocol_version, language_info } = request.reply;
  say('info', { interruptMode: spec.interrupt_mode, protocol: protocol_version, language: language_info.name });

  request = await execute('var total = 6;\nConsole.WriteLine("ö 😀");\ndisplay(SVG("<svg/>"));\ntotal * 7');
  say('execute', { status: request.reply.status, published: request.published.map(([type, content]) => [type, content.text ?? content.code ?? content.data]) });

  const code = 'var s = "😀"; s.Leng';
  request = await ask(shell, 'complete_request', { code, cursor_pos: [...code].length });
  say('complete', { matches: request.reply.matches, start: request.reply.cursor_start, end: request.reply.cursor_end });

  const loop = execute('display("running"); while (true) { }');
  while (![...waiting.values()].some((r) => r.published.some(([type]) => type === 'display_data') && !r.reply)) await sleep(10);
  const askedAt = performance.now();
  await ask(control, 'interrupt_request', {});
  request = await loop;
  say('interrupt', { status: request.reply.status, ename: request.reply.ename, milliseconds: Math.round(request.repliedAt - askedAt) });

  request = await execute('total');
  say('after', { result: request.published.find(([type]) => type === 'execute_result')[1].data['text/plain'] });

  control.send(frames('shutdown_request', { restart: false })[1]);
  say('shutdown', { exit: await exited });
  process.exit(0);
})().catch(fail);

function fail(error) {
  console.error(error);
  process.exit(1);
}
