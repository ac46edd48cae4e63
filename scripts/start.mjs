// `npm start`: builds the workbench and serves it on this machine.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { createServer, LOCAL_HOSTS, listen } from './serve.mjs';
import { root, toolScript } from './tools.mjs';

const DEFAULT_PORT = 5173;

/**
 * The requested port, or a message.
 * @param {string | undefined} text
 */
function readPort(text) {
  if (text === undefined || text === '') return { port: DEFAULT_PORT };
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return { port };
  return {
    problem: `port: expected an integer from 1 to 65535, got "${text}". For example: npm start -- --port 8080`,
  };
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: { port: { type: 'string' }, host: { type: 'string' }, embed: { type: 'boolean' } },
    });
    return {
      ...readPort(values.port ?? process.env.PORT),
      host: values.host ?? 'localhost',
      anyName: values.host !== undefined,
      embed: values.embed === true,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem: `npm start: ${reason}\nOptions: --port N (or PORT=N), --host NAME, --embed (other pages may show it in a frame).`,
      host: '',
      anyName: false,
      embed: false,
    };
  }
}

function build() {
  const vite = toolScript('vite', 'vite');
  const result = spawnSync(process.execPath, [vite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    stdio: 'inherit',
  });
  return result.status === 0;
}

const options = readOptions();
if (options.problem !== undefined) {
  console.error(options.problem);
  process.exit(2);
}
console.log('Building the workbench.');
if (!build()) {
  console.error('The build failed; the lines above say where. Nothing is served.');
  process.exit(1);
}
const server = createServer(undefined, options.anyName ? null : LOCAL_HOSTS, options.embed);
try {
  const port = await listen(server, options.port, options.host, (taken) => {
    console.log(`Port ${taken} is taken, trying ${taken + 1}.`);
  });
  // An address of IPv6 stands in brackets in front of a port.
  const name = options.host.includes(':') ? `[${options.host}]` : options.host;
  console.log(`MultiTab Workbench: http://${name}:${port}/   (Ctrl-C ends it)`);
} catch (error) {
  console.error(
    `The server did not start: ${error instanceof Error ? error.message : error}. Choose another --port or --host.`,
  );
  process.exit(1);
}
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    server.close();
    server.closeAllConnections();
  });
}
