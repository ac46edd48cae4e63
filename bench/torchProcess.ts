// PyTorch beside the bench: a Python process that runs bench/torch.py on command, so that its steps alternate with ours.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { writeSafetensors } from '../src/engine/weights/safetensors.ts';
import { initialValues, paramsOf, type StepCase } from './stepCase.ts';
import type { Turn } from './trainStep.ts';

export interface About {
  version: string;
  device: 'cpu' | 'cuda';
  /** Name of the card, or the number of threads. */
  name: string;
  /** Whether it has torch.compile. */
  compiles: boolean;
}

/** A step that PyTorch is prepared to take. */
export interface TorchPeer {
  id: string;
  label: string;
}

type Answer = Partial<Turn> & { error?: string };

export class TorchProcess {
  readonly about: About;
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;
  private readonly folder: string;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, about: About, folder: string) {
    this.child = child;
    this.lines = lines;
    this.about = about;
    this.folder = folder;
  }

  /**
   * @param python - the command
   * @param args - of bench/torch.py
   * @returns the process, or why it could not start
   */
  static async start(python: string, args: readonly string[]): Promise<TorchProcess | string> {
    const script = path.join(import.meta.dirname, 'torch.py');
    const child = spawn(python, [script, '--serve', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    const missing = new Promise<string>((resolve) => child.once('error', (error) => resolve(error.message)));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const first = await Promise.race([missing, lines.next()]);
    if (typeof first === 'string') return first;
    if (first.done) return said.trim().split('\n').at(-1) ?? `${python} ended without a word`;
    const folder = await mkdtemp(path.join(tmpdir(), 'multitab-bench-'));
    return new TorchProcess(child, lines, JSON.parse(first.value) as About, folder);
  }

  /**
   * Passes PyTorch the initial values and the batch, for eager steps and, if available, compiled ones. @param compiledToo -
   * compiling takes half a minute per network
   */
  async peersOf(stepCase: StepCase, compiledToo = true): Promise<{ peers: TorchPeer[]; notes: string[] }> {
    const peers: TorchPeer[] = [];
    const notes: string[] = [];
    const model = stepCase.peers?.torch;
    if (!model) return { peers, notes };
    const values = path.join(this.folder, 'values.safetensors');
    await writeFile(values, writeSafetensors(await initialValues(stepCase), {}));
    for (const compiled of this.about.compiles && compiledToo ? [false, true] : [false]) {
      const id = `${stepCase.name}${compiled ? ', compiled' : ''}`;
      const order = { build: id, values, compiled, model, settings: paramsOf(stepCase) };
      const { error } = await this.order(order);
      if (error) notes.push(`PyTorch${compiled ? ', compiled,' : ''} is not measured: ${error}`);
      else peers.push({ id, label: compiled ? 'PyTorch, compiled' : 'PyTorch' });
    }
    return { peers, notes };
  }

  async run(id: string, steps: number): Promise<Turn> {
    const { error, ...turn } = await this.order({ run: id, steps });
    if (error) throw new Error(`PyTorch: ${error}`);
    return turn as Turn;
  }

  async drop(id: string): Promise<void> {
    await this.order({ drop: id });
  }

  async end(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.stdin?.end();
    await ended;
    await rm(this.folder, { recursive: true });
  }

  private async order(order: object): Promise<Answer> {
    this.child.stdin?.write(`${JSON.stringify(order)}\n`);
    const line = await this.lines.next();
    if (line.done) throw new Error('PyTorch ended in the middle of its work');
    return JSON.parse(line.value) as Answer;
  }
}
