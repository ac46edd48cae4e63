// Browsers that Playwright does not bring, driven as they are installed. Has only those WebDriver commands that a journey
// needs, over whatever connection the browser offers (HTTP, or Firefox's socket). https://www.w3.org/TR/webdriver2/
import { existsSync } from 'node:fs';

/** One command of WebDriver; the result is the `value` of the answer. */
export type Command =
  | 'Navigate'
  | 'ExecuteAsyncScript'
  | 'FindElement'
  | 'ElementClick'
  | 'SetTimeouts'
  | 'SetWindowRect';
export type Send = (command: Command, params: Record<string, unknown>) => Promise<unknown>;

/** The key of a reference to an element, fixed by the standard. */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Longer than any wait of a journey, because the journey's own timeout gives a better message. */
const SCRIPT_LIMIT_MS = 110_000;

export interface Driver {
  readonly name: string;
  goTo(url: string): Promise<void>;
  /** Waits until `expression` is neither false nor null in the page, and returns its value. @throws with the last value */
  until(what: string, expression: string): Promise<unknown>;
  /** Clicks with the mouse on the first element that matches this XPath. */
  click(xpath: string): Promise<void>;
  close(): Promise<void>;
}

/** The XPath of the element of this kind whose whole text is this. */
export const xpathOf = (element: string, text: string): string => `//${element}[normalize-space()='${text}']`;

/** The first of these files that exists. */
export const installed = (...paths: string[]): string | null => paths.find((p) => existsSync(p)) ?? null;

export async function driverOf(name: string, send: Send, close: () => Promise<void>): Promise<Driver> {
  await send('SetTimeouts', { script: SCRIPT_LIMIT_MS, pageLoad: 60_000, implicit: 0 });
  await send('SetWindowRect', { width: 1280, height: 900 });
  return {
    name,
    goTo: async (url) => void (await send('Navigate', { url })),
    until: async (what, expression) => {
      // Evaluated at each frame in the page itself, which needs no round trips and misses no state.
      const script = `
        const done = arguments[arguments.length - 1];
        const end = performance.now() + 60000;
        const look = () => {
          let value = null;
          try { value = ${expression}; } catch (error) { return done({ error: String(error) }); }
          if (value !== null && value !== false && value !== undefined) return done({ value });
          if (performance.now() > end) return done({ error: 'not within a minute; the page: ' + document.body.innerText.slice(0, 1500) });
          setTimeout(look, 50);
        };
        look();`;
      const answer = (await send('ExecuteAsyncScript', { script, args: [] })) as {
        value?: unknown;
        error?: string;
      };
      if (answer.error !== undefined) throw new Error(`${name}: expected ${what}, got: ${answer.error}`);
      return answer.value;
    },
    click: async (xpath) => {
      const found = (await send('FindElement', { using: 'xpath', value: xpath })) as Record<string, string>;
      await send('ElementClick', { id: found[ELEMENT] });
    },
    close,
  };
}
