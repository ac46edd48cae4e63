import { describe, expect, it } from 'vitest';
import { catalog } from '../catalog.ts';
import { expandCells } from '../sweeps/expand.ts';
import { requireSweep } from '../sweeps/parse.ts';
import type { RunTimes } from '../sweeps/record.ts';
import { endedWith, failedWith } from '../sweeps/testing.ts';
import { heatmap } from './heatmap.ts';
import { escapeText, html } from './html.ts';
import { isWorkbenchAddress, type ReportInput, sweepReport } from './report.ts';
import { extentOf, numberText, signedText, ticksOf } from './scale.ts';

const EVIL = '<img src=x onerror="alert(1)"> & \'"';

function inputOf(changes: Record<string, unknown> = {}): ReportInput {
  const sweep = requireSweep(
    {
      label: EVIL,
      axes: [
        { key: 'tasks.rho', values: [0, 0.5, 0.9] },
        {
          label: 'Size',
          options: [
            { label: EVIL, set: { 'data.rows': 500 } },
            { label: 'large', set: { 'data.rows': 900 } },
          ],
        },
      ],
      seeds: [0, 1, 2],
      ...changes,
    },
    catalog,
  );
  const { cells } = expandCells(sweep, catalog);
  // Gains of about 10 percent in the first cell, 20 in the second, ...; seeds are 2 points apart.
  const results = cells.flatMap((cell, c) =>
    sweep.seeds.map((seed) =>
      c === 5 ? failedWith(cell, seed, EVIL) : endedWith(cell, seed, [0.55 + c / 20 + seed / 100]),
    ),
  );
  return { sweep, cells, results, catalog, times: [], workbench: 'http://localhost:4173/' };
}

/** The tags of a page, which must be balanced, and its text without tags. */
function readHtml(page: string): { tags: string[]; text: string } {
  const tags: string[] = [];
  const open: string[] = [];
  const alone = new Set(['meta', 'br', '!doctype']);
  const text = page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(
      /<(\/?)([!a-z][a-z0-9]*)((?:\s+[a-zA-Z:-]+(?:="[^"<>]*")?)*)\s*(\/?)>/g,
      (_, end, tag, _attributes, closed) => {
        if (end === '/') expect(open.pop()).toBe(tag);
        else {
          tags.push(tag);
          if (closed === '' && !alone.has(tag)) open.push(tag);
        }
        return ' ';
      },
    );
  expect(open).toEqual([]);
  return { tags, text };
}

describe('sweepReport', () => {
  const page = sweepReport(inputOf());

  it('is balanced HTML with nothing of the data in its tags', () => {
    const { tags, text } = readHtml(page);
    expect(text).not.toMatch(/[<>]/);
    expect(tags).not.toContain('img');
    expect(tags).not.toContain('script');
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;&quot;');
    expect(page).toContain('content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;');
    expect(page).not.toMatch(/(src|url\()\s*=?\s*["']?https?:/);
  });

  it('says mean, interval, spread and number of seeds of every cell, and what failed', () => {
    const { text } = readHtml(page);
    // Gains 10, 12 and 14 percent: mean 12, sd 2, t quantile 4.3027.
    expect(text).toContain('+12.0 [+7.0, +17.0]');
    expect(text).toContain('n 3, sd 2');
    expect(text).toContain('15 of 18 runs: 6 cells, 3 seeds each (0, 1, 2).');
    expect(text.match(/failed/g)?.length).toBeGreaterThan(1);
    expect(text).toContain('With fewer than 6 seeds');
  });

  it('draws lines against the numeric axis and a heatmap over both, with a bar', () => {
    const { tags, text } = readHtml(page);
    expect(tags.filter((tag) => tag === 'figure')).toHaveLength(4);
    // Five cells with three seeds and a mean each, for gain and the metric of two networks; and the legends.
    expect(page.match(/<circle [^>]*r="3.4"><title>/g)).toHaveLength(15);
    expect(page.match(/<circle [^>]*r="1.6"/g)).toHaveLength(45);
    expect(page).toContain('fill="rgb(');
    // As a style, because the rule for all texts overrides an attribute: light on dark blue, dark on the pale middle.
    expect(page).toContain('class="cell" style="fill:#ffffff"');
    expect(page).toContain('class="cell" style="fill:#050608"');
    expect(text).toContain('Cosine');
  });

  it('gives a network one colour in all figures, whatever other networks a figure has', () => {
    const legend = [...page.matchAll(/<li><svg [^>]*><g class="(s\d)">.*?<\/svg>([^<]*)<\/li>/g)];
    // The figure of the metric has two networks, the baseline first; the figure of the gain before it has the model alone.
    expect(legend.slice(-2).map(([, style, name]) => [name, style])).toEqual([
      ['ST-MLP (baseline)', 's2'],
      ['MT-MLP', 's1'],
    ]);
  });

  it('links each cell into the workbench, and only into one', () => {
    const links = [...page.matchAll(/<a href="([^"]*)"/g)].map((match) => match[1] ?? '');
    expect(links).toHaveLength(6);
    for (const link of links) expect(link).toMatch(/^http:\/\/localhost:4173\/\?v=1&amp;/);
    expect(sweepReport({ ...inputOf(), workbench: null })).not.toContain('<a ');
    for (const address of ['javascript:alert(1)', 'http://x/?a', 'http://x/" onclick="', 'x'])
      expect(isWorkbenchAddress(address), address).toBe(false);
    expect(isWorkbenchAddress('https://example.org/workbench/')).toBe(true);
  });

  it('tells the best model from as many others as stay apart after a correction for that many tests', () => {
    const input = inputOf({ axes: [], seeds: [0, 1, 2] });
    const [cell] = input.cells;
    if (!cell) throw new Error('no cell');
    // Each of both is 2 points behind, with an sd of 0.6: p = 0.0287, which two tests make 0.0575.
    const results = [1.4, 2, 2.6].map((behind, seed) => {
      const own = endedWith(cell, seed, [0.55]);
      const [tested] = own.result.seeds;
      if (!tested?.gain) throw new Error('no gain');
      const gain = { ...tested.gain, mean: tested.gain.mean - behind };
      tested.others = (['model-2', 'model-3'] as const).map((role) => ({
        result: { ...tested.model, role, label: role },
        gain,
        decomposition: null,
      }));
      return own;
    });
    const { text } = readHtml(sweepReport({ ...input, results }));
    expect(text).toMatch(/Told apart from\s+MT-MLP\s+model-[23]\s+\+2\.0\s+0\.029\s+0 of 2/);
  });

  it('draws no figure of more panels than a page has room for, and has the table all the same', () => {
    const keys = ['tasks.rho', 'data.noise', 'training.epochs', 'training.batchSize', 'data.features'];
    const values = [
      [0, 0.1, 0.2],
      [[0.1], [0.2], [0.3]],
      [1, 2, 3],
      [32, 64, 128],
      [8, 9, 10],
    ];
    const axes = keys.map((key, i) => ({ key, values: values[i] }));
    const { cells, ...rest } = inputOf({ axes, seeds: [0] });
    expect(cells).toHaveLength(243);
    const results = cells.map((cell) => endedWith(cell, 0, [0.6]));
    const { tags } = readHtml(sweepReport({ ...rest, cells, results }));
    expect(tags).not.toContain('figure');
    expect(tags.filter((tag) => tag === 'tr').length).toBeGreaterThan(243);
  });

  it('names the seed in which a run failed, and knows what a file of times may lack', () => {
    const input = inputOf({ axes: [], seeds: [0, 1, 2] });
    const [cell] = input.cells;
    if (!cell) throw new Error('no cell');
    const failed = failedWith(cell, 0, 'too large');
    failed.result.unfinished = { seed: 2, records: {} };
    const times = [{ run: 'r', elapsedMs: 3000 } as RunTimes];
    const { text } = readHtml(sweepReport({ ...input, results: [failed], times }));
    expect(text).toMatch(/Runs that failed\s+seed 2: too large/);
    expect(text).toMatch(/Machine\s+not recorded/);
    expect(text).toMatch(/Begun\s+not recorded/);
    const once = [{ run: 'r', elapsedMs: 3000, startedAt: '2026-01-01' } as RunTimes];
    expect(readHtml(sweepReport({ ...input, results: [failed], times: once })).text).not.toContain(
      '2026-01-01 to',
    );
    expect(text).not.toContain('undefined');
  });

  it('is the same page for the same runs, and whole without any', () => {
    expect(sweepReport(inputOf())).toBe(page);
    const { text } = readHtml(sweepReport({ ...inputOf(), results: [] }));
    expect(text).toContain('0 of 18 runs');
    expect(text).toContain('18 are missing');
  });
});

describe('html', () => {
  it('escapes what stands in it, and characters that have no place in a page', () => {
    expect(html`<p>${'<b>'} ${html`<i>${'&'}</i>`} ${[1, 'x']}${null}</p>`.text).toBe(
      '<p>&lt;b&gt; <i>&amp;</i> 1x</p>',
    );
    expect(escapeText('a\u0000\u001bb\n')).toBe('a\ufffd\ufffdb\n');
  });
});

describe('scales', () => {
  it('have round ticks within their ends', () => {
    expect(ticksOf(-0.13, 0.32)).toEqual([-0.1, 0, 0.1, 0.2, 0.3]);
    expect(ticksOf(3, 3)).toEqual([3]);
  });

  it('write numbers short, with a true minus sign', () => {
    expect([0.12345, -1234.5, 1e-7, Number.NaN, 0].map((n) => numberText(n))).toEqual([
      '0.123',
      '−1235',
      '1.0e−7',
      '–',
      '0',
    ]);
    expect([signedText(3.14), signedText(-2)]).toEqual(['+3.1', '−2.0']);
    expect([signedText(-0.04), signedText(-0.06)]).toEqual(['+0.0', '−0.1']);
  });

  it('reach from the least to the most of any number of values', () => {
    const many = Array.from({ length: 300_000 }, (_, i) => i - 1000);
    expect(extentOf(many)).toEqual([-1000, 298_999]);
    expect(extentOf([Number.NaN, 2, Number.POSITIVE_INFINITY, -1])).toEqual([-1, 2]);
    expect(extentOf([Number.NaN])).toEqual([0, 1]);
    expect(extentOf([-5, -5])).toEqual([-5.5, -4.5]);
    expect(extentOf([0])).toEqual([-1, 1]);
  });
});

it('colours signed numbers around 0, and others from the least to the most', () => {
  const bar = (isSigned: boolean) =>
    heatmap({
      rowLabel: 'a',
      columnLabel: 'b',
      rows: ['1'],
      columns: ['1', '2'],
      isSigned,
      unit: '%',
      panels: [{ title: '', values: [[-1, 3]] }],
    }).text;
  expect(bar(true)).toContain('aria-label="Colours from −3.0 to +3.0 %"');
  expect(bar(false)).toContain('aria-label="Colours from −1 to 3 %"');
});
