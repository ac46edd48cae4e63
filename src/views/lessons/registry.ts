// The lessons, each building on the ones before. Adding one is a file and a line here.
import type { Lesson } from './lesson.ts';
import { aRealTable } from './list/aRealTable.ts';
import { expertsAndGates } from './list/expertsAndGates.ts';
import { oneTaskShouts } from './list/oneTaskShouts.ts';
import { whatAMaskForbids } from './list/whatAMaskForbids.ts';
import { whatATaskTokenReads } from './list/whatATaskTokenReads.ts';
import { whatIsATask } from './list/whatIsATask.ts';
import { whenSharingHelps } from './list/whenSharingHelps.ts';
import { withAndWithoutSeeds } from './list/withAndWithoutSeeds.ts';

export const lessons = {
  'what-is-a-task': whatIsATask,
  'when-sharing-helps': whenSharingHelps,
  'one-task-shouts': oneTaskShouts,
  'what-a-task-token-reads': whatATaskTokenReads,
  'what-a-mask-forbids': whatAMaskForbids,
  'experts-and-gates': expertsAndGates,
  'with-and-without-seeds': withAndWithoutSeeds,
  'a-real-table': aRealTable,
} satisfies Record<string, Lesson>;

export type LessonId = keyof typeof lessons;
export const isLesson = (id: string | null): id is LessonId => id !== null && Object.hasOwn(lessons, id);
