// Progress of reading, with a fake clock.
import { expect, it } from 'vitest';
import type { Reading } from '../engine/protocol/messages.ts';
import { ReadingReport } from './readingReport.ts';

function reportAt() {
  const told: (Reading | null)[] = [];
  const clock = { ms: 0 };
  const report = new ReadingReport(
    't.csv',
    (reading) => told.push(reading),
    () => clock.ms,
  );
  return { told, clock, report };
}

it('a reading that takes long is told with its share and the time that is left, and its end', () => {
  const { told, clock, report } = reportAt();
  const tell = (ms: number, fraction: number, phase: string) => {
    clock.ms = ms;
    report.tell(fraction, phase);
  };
  tell(100, 0.5, 'reading the file');
  tell(1000, 0.5, 'reading the file');
  tell(1100, 0.6, 'reading the file');
  tell(2000, 0, 'reading the file');
  report.end();
  expect(told).toEqual([
    {
      name: 't.csv',
      phase: 'reading the file',
      share: expect.closeTo(0.325, 9),
      remaining: expect.closeTo(2.08, 2),
    },
    {
      name: 't.csv',
      phase: 'reading the file',
      share: expect.closeTo(0.37, 9),
      remaining: expect.closeTo(3.41, 2),
    },
    null,
  ]);
});

it('one that is over at once says nothing', () => {
  const { told, report } = reportAt();
  report.tell(0.5, 'Understanding columns');
  report.end();
  expect(told).toEqual([]);
});
