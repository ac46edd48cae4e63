// The Learn tab: lessons beside the workbench, and a glossary.
import { useState } from 'react';
import { useStore } from '../../store/store.ts';
import { Card } from '../charts/parts/Card.tsx';
import { Segmented } from '../charts/parts/Segmented.tsx';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import { GainFormula } from '../lessons/GainFormula.tsx';
import { glossary } from '../lessons/glossary.ts';
import type { Lesson } from '../lessons/lesson.ts';
import classes from '../lessons/lessons.module.css';
import { lessons } from '../lessons/registry.ts';
import { setUp } from '../lessons/setUp.ts';

type Part = 'lessons' | 'glossary';
const PARTS: readonly { value: Part; label: string }[] = [
  { value: 'lessons', label: 'Lessons' },
  { value: 'glossary', label: 'Glossary' },
];

export function LearnPanel() {
  const [part, setPart] = useState<Part>('lessons');
  return (
    <div className={classes.panel}>
      <Segmented<Part> label="View of Learn" value={part} options={PARTS} onChange={setPart} />
      {part === 'lessons' ? <Lessons /> : <Glossary />}
      <About />
    </div>
  );
}

const About = () => (
  <p className={classes.muted}>
    MultiTab Workbench, under the Apache licence 2.0. It contains{' '}
    <a href="THIRD-PARTY-NOTICES.txt" target="_blank" rel="noreferrer">
      the work of others
    </a>
    .
  </p>
);

function Lessons() {
  const hasEarlier = useStore((s) => s.beforeLesson !== null && s.view.lesson === null);
  return (
    <Card title="Lessons" subtitle="played beside the workbench; change anything at any step">
      {hasEarlier && (
        <p className={classes.earlier}>
          The settings on the left are those of a lesson.{' '}
          <SmallButton onClick={useStore.getState().restoreBeforeLesson}>Put mine back</SmallButton>
        </p>
      )}
      <ol className={classes.list}>
        {Object.entries<Lesson>(lessons).map(([id, lesson]) => (
          <LessonEntry key={id} id={id} lesson={lesson} />
        ))}
      </ol>
    </Card>
  );
}

function LessonEntry({ id, lesson }: { id: string; lesson: Lesson }) {
  const isPlayed = useStore((s) => s.view.lesson === id);
  const isReady = useStore((s) => s.catalog !== null);
  const begin = () => {
    useStore.getState().openLesson(id);
    const [first] = lesson.steps;
    if (first) setUp(first);
  };
  return (
    <li className={classes.entry} data-played={isPlayed}>
      <div>
        <h3 className={classes.entryTitle}>{lesson.title}</h3>
        <p className={classes.entrySummary}>{lesson.summary}</p>
        <p className={classes.muted}>
          {lesson.level} · {lesson.minutes} min · {lesson.source}
        </p>
        <details className={classes.notes}>
          <summary>
            {/* Eight summaries with the same words: readers hear whose each is. */}
            For teachers<span className="visually-hidden">: {lesson.title}</span>
          </summary>
          <ul>
            {lesson.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      </div>
      {isReady && (
        <SmallButton label={`Start: ${lesson.title}`} onClick={begin}>
          {isPlayed ? 'Start again' : 'Start'}
        </SmallButton>
      )}
    </li>
  );
}

/** The formula of gain, and what its letters stand for. */
const GainInFormula = () => (
  <>
    <GainFormula />
    <span>
      T tasks; M is the metric of the network and B that of the baseline on task i; l is 1 where lower is
      better, else 0.
    </span>
  </>
);

function Glossary() {
  return (
    <Card title="Glossary" subtitle="the terms of the field, as the workbench uses them">
      <dl className={classes.glossary}>
        {Object.entries(glossary).map(([id, term]) => (
          <div key={id}>
            <dt>{term.name}</dt>
            <dd>
              {term.text}
              {id === 'gain' && <GainInFormula />}
              {'source' in term && <span className={classes.muted}> {term.source}.</span>}
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
