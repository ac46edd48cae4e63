// WebKitGTK as installed (Debian: webkit2gtk-driver), driven over HTTP by its driver. It needs a display: the machine's, or a
// virtual one (Debian: xvfb).
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { type Command, type Driver, driverOf, installed } from './driver.ts';

const DRIVER = '/usr/bin/WebKitWebDriver';
const XVFB = '/usr/bin/Xvfb';

/** Why it cannot be driven here; null when it can. */
export function webkitMissing(): string | null {
  if (!installed(DRIVER)) return 'WebKitGTK has no driver here: `apt-get install webkit2gtk-driver`.';
  if (!process.env.DISPLAY && !installed(XVFB)) return 'WebKitGTK needs a display: `apt-get install xvfb`.';
  return null;
}

const ROUTES: Record<Command, (params: Record<string, unknown>) => string> = {
  Navigate: () => '/url',
  ExecuteAsyncScript: () => '/execute/async',
  FindElement: () => '/element',
  ElementClick: ({ id }) => `/element/${id}/click`,
  SetTimeouts: () => '/timeouts',
  SetWindowRect: () => '/window/rect',
};

type Start = (file: string, args: readonly string[], options: SpawnOptions) => ChildProcess;

export async function startWebkit(): Promise<Driver> {
  const started: ChildProcess[] = [];
  const start: Start = (file, args, options) => {
    const child = spawn(file, args, options);
    started.push(child);
    return child;
  };
  const closeAll = async () => {
    for (const child of started.reverse()) {
      const ended = new Promise((done) => child.once('exit', done));
      if (child.kill()) await ended;
    }
  };
  try {
    const display = process.env.DISPLAY ?? (await virtualDisplay(start));
    const port = await freePort();
    start(DRIVER, [`--port=${port}`, '--host=127.0.0.1'], {
      stdio: 'ignore',
      // Pictures are drawn in software on this display.
      env: { ...process.env, DISPLAY: display, WEBKIT_DISABLE_COMPOSITING_MODE: '1' },
    });
    const root = `http://127.0.0.1:${port}`;
    const { sessionId } = (await postWhenUp(`${root}/session`, {
      capabilities: { alwaysMatch: {} },
    })) as { sessionId: string };
    const session = `${root}/session/${sessionId}`;
    return await driverOf(
      'WebKitGTK',
      (command, params) => post(session + ROUTES[command](params), params),
      async () => {
        await fetch(session, { method: 'DELETE' });
        await closeAll();
      },
    );
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The name of the display arrives on the third pipe, when the display is ready. */
function virtualDisplay(start: Start): Promise<string> {
  const child = start(XVFB, ['-displayfd', '3', '-screen', '0', '1280x900x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdio[3]?.on('data', (bytes: Buffer) => {
      text += bytes;
      if (text.includes('\n')) resolve(`:${text.trim()}`);
    });
    child.once('exit', () => reject(new Error('Xvfb ended before it had a display.')));
  });
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) throw new Error(`WebKitGTK: ${JSON.stringify(value)}`);
  return value;
}

/** The driver needs a moment before it listens. */
async function postWhenUp(url: string, body: unknown): Promise<unknown> {
  for (let tries = 0; ; tries++) {
    try {
      return await post(url, body);
    } catch (error) {
      if (tries >= 100 || !(error instanceof TypeError)) throw error;
      await new Promise((next) => setTimeout(next, 100));
    }
  }
}
