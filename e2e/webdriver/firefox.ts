// Firefox as installed, driven by the protocol that its own driver uses: JSON lists, each preceded by its length, on a socket.
// https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Driver, driverOf, installed, type Send } from './driver.ts';

export const firefoxPath = (): string | null =>
  installed('/usr/bin/firefox-esr', '/usr/bin/firefox', '/Applications/Firefox.app/Contents/MacOS/firefox');

/** No dialogs, no network access of its own, and any free port. */
const PREFERENCES = {
  'marionette.port': 0,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.server': 'data:,',
};

/** @throws when Firefox exits, or opens no port within 40 seconds */
export async function startFirefox(executable: string): Promise<Driver> {
  const profile = mkdtempSync(path.join(tmpdir(), 'multitab-firefox-'));
  writeFileSync(
    path.join(profile, 'user.js'),
    Object.entries(PREFERENCES)
      .map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`)
      .join(''),
  );
  const browser = spawn(executable, ['--headless', '--marionette', '--no-remote', '--profile', profile], {
    stdio: 'ignore',
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  const ended = new Promise<void>((done) => browser.once('exit', () => done()));
  const close = async () => {
    browser.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const socket = connect(await portOf(profile, () => browser.exitCode !== null), '127.0.0.1');
    const { send, greeted } = conversation(socket);
    await greeted;
    await send('NewSession', { capabilities: { alwaysMatch: {} } });
    return await driverOf('Firefox', send as Send, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function portOf(profile: string, hasEnded: () => boolean): Promise<number> {
  const file = path.join(profile, 'MarionetteActivePort');
  for (let tries = 0; tries < 400; tries++) {
    if (hasEnded()) throw new Error('Firefox ended before it could be driven.');
    if (installed(file)) {
      const port = Number(readFileSync(file, 'utf8'));
      if (port > 0) return port;
    }
    await new Promise((next) => setTimeout(next, 100));
  }
  throw new Error('Firefox: expected a port to drive it by within 40 seconds, got none.');
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (error: Error) => void;
}

function conversation(socket: Socket) {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let rest = Buffer.alloc(0);
  let greet: () => void = () => {};
  const greeted = new Promise<void>((resolve) => {
    greet = resolve;
  });
  const hear = (message: unknown) => {
    if (!Array.isArray(message)) return greet();
    const [, id, error, value] = message as [1, number, { message: string } | null, unknown];
    const asker = waiting.get(id);
    waiting.delete(id);
    if (error) asker?.reject(new Error(`Firefox: ${error.message}`));
    // Commands that have no answer format of their own answer in `value`.
    else
      asker?.resolve(value !== null && typeof value === 'object' && 'value' in value ? value.value : value);
  };
  socket.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    for (let colon = rest.indexOf(':'); colon > 0; colon = rest.indexOf(':')) {
      const end = colon + 1 + Number(rest.subarray(0, colon));
      if (rest.length < end) return;
      hear(JSON.parse(rest.subarray(colon + 1, end).toString()));
      rest = rest.subarray(end);
    }
  });
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('Firefox closed its socket.')));
  const send = (command: string, params: Record<string, unknown>) =>
    new Promise<unknown>((resolve, reject) => {
      const id = ++count;
      waiting.set(id, { resolve, reject });
      const text = JSON.stringify([0, id, `WebDriver:${command}`, params]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
  return { send, greeted };
}
