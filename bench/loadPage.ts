// The page of bench/load.ts: passes the chosen file to a worker of the chosen loader.

export type LoadRequest = { who: 'ours' | 'papaparse' } | { who: 'duckdb'; at: string };

export interface Loaded {
  ms: number;
  rows: number;
  /** Bytes of typed columns that are kept; 0 if none are. */
  typed: number;
}

declare global {
  interface Window {
    load?: (request: LoadRequest) => Promise<Loaded>;
  }
}

/** The part of DuckDB-wasm that the bench uses; it is not a dependency. */
interface DuckDb {
  AsyncDuckDB: new (
    logger: object,
    worker: Worker,
  ) => {
    instantiate(module: string): Promise<void>;
    registerFileHandle(name: string, file: File, protocol: number, direct: boolean): Promise<void>;
    connect(): Promise<{ query(sql: string): Promise<{ toArray(): { n: bigint }[] }> }>;
  };
  VoidLogger: new () => object;
  DuckDBDataProtocol: { BROWSER_FILEREADER: number };
}

async function byDuckDb(file: File, at: string): Promise<Loaded> {
  const duck = (await import(/* @vite-ignore */ `${at}/duckdb-browser.mjs`)) as DuckDb;
  const db = new duck.AsyncDuckDB(new duck.VoidLogger(), new Worker(`${at}/duckdb-browser-eh.worker.js`));
  await db.instantiate(new URL(`${at}/duckdb-eh.wasm`, location.href).href);
  const connection = await db.connect();
  const started = performance.now();
  await db.registerFileHandle('t.csv', file, duck.DuckDBDataProtocol.BROWSER_FILEREADER, true);
  await connection.query("CREATE TABLE t AS SELECT * FROM read_csv('t.csv')");
  const ms = performance.now() - started;
  const [{ n } = { n: 0n }] = (await connection.query('SELECT count(*) AS n FROM t')).toArray();
  return { ms, rows: Number(n), typed: 0 };
}

const inWorker = (file: File, who: 'ours' | 'papaparse'): Promise<Loaded> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./loadWorker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Loaded | { error: string }>) =>
      'error' in data ? reject(new Error(data.error)) : resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ file, who });
  });

window.load = async (request) => {
  const file = document.querySelector('input')?.files?.[0];
  if (!file) throw new Error('load: no file is chosen.');
  return request.who === 'duckdb' ? byDuckDb(file, request.at) : inWorker(file, request.who);
};
