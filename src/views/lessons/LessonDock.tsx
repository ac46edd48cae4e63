// The current step of a lesson, above the panel that it explains. The student may change everything; one button sets the step
// up again.
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { clip } from '../../engine/core/errors.ts';
import { useStore } from '../../store/store.ts';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import { focusViews } from '../shell/focusViews.ts';
import { hasSettings, type Lesson, type LessonStep, openingOf, stepAt } from './lesson.ts';
import classes from './lessons.module.css';
import { QuestionForm } from './QuestionForm.tsx';
import { RichText } from './RichText.tsx';
import { isLesson, lessons } from './registry.ts';
import { setUp } from './setUp.ts';
import { ToDo } from './ToDo.tsx';

export function LessonDock() {
  const id = useStore((s) => s.view.lesson);
  const at = useStore((s) => s.view.step);
  if (id === null) return null;
  if (!isLesson(id)) return <NoLesson id={id} />;
  const lesson: Lesson = lessons[id];
  const { index, missing } = stepAt(lesson, at);
  const step = lesson.steps[index] as LessonStep;
  return <Step key={`${id} ${index}`} id={id} lesson={lesson} step={step} index={index} missing={missing} />;
}

/** A link may ask for a lesson that there is not, or no longer. */
function NoLesson({ id }: { id: string }) {
  const { closeLesson } = useStore.getState();
  return (
    <section className={classes.dock} role="status">
      <p>
        view.lesson: expected one of {Object.keys(lessons).join(', ')}, got &quot;{clip(id)}&quot;. Choose a
        lesson in the tab Learn.
      </p>
      <SmallButton onClick={closeLesson}>Dismiss</SmallButton>
    </section>
  );
}

interface StepProps {
  id: string;
  lesson: Lesson;
  step: LessonStep;
  index: number;
  /** Why this is not the step that a link asks for. */
  missing: string | null;
}

function Step({ id, lesson, step, index, missing }: StepProps) {
  const { openLesson, closeLesson } = useStore.getState();
  const heading = useRef<HTMLHeadingElement>(null);
  // Screen readers and keyboards follow the lesson. The button that began it goes away with its tab, and the focus with it.
  useEffect(() => {
    const { activeElement: at, body } = document;
    const isLost = at === null || at === body || at.closest('#panel, [role="tablist"]') !== null;
    if (index > 0 || isLost) heading.current?.focus({ preventScroll: true });
  }, [index]);
  const close = (tab?: string) => {
    closeLesson();
    focusViews(tab);
  };
  useEffect(() => {
    const { setAbout } = useStore.getState();
    setAbout(lesson.about);
    return () => setAbout(null);
  }, [lesson]);
  const isToSetUp = useStore((s) => s.isStepToSetUp);
  useEffect(() => {
    if (!isToSetUp) return;
    useStore.setState({ isStepToSetUp: false });
    setUp(openingOf(lesson, index));
  }, [isToSetUp, lesson, index]);
  const go = (to: number) => {
    openLesson(id, to);
    const next = lesson.steps[to];
    if (next) setUp(next);
  };
  const isLast = index === lesson.steps.length - 1;
  return (
    <section className={classes.dock} aria-label={`Lesson: ${lesson.title}`} data-lesson="">
      <header className={classes.dockHeader}>
        <span className={classes.muted}>
          {lesson.title} · step {index + 1} of {lesson.steps.length}
        </span>
        <button type="button" className={classes.close} aria-label="Close the lesson" onClick={() => close()}>
          <IconX size={16} aria-hidden="true" />
        </button>
      </header>
      {missing && (
        <p className={classes.muted} role="status">
          {missing}
        </p>
      )}
      <h2 ref={heading} tabIndex={-1} className={classes.stepTitle}>
        {step.title}
      </h2>
      {step.text.map((paragraph) => (
        <RichText key={paragraph} text={paragraph} />
      ))}
      {step.until && (
        <ToDo
          goal={step.until}
          todo={step.until.todo}
          onGone={() => heading.current?.focus({ preventScroll: true })}
        />
      )}
      {step.question && <QuestionForm question={step.question} />}
      <footer className={classes.dockFooter}>
        {index > 0 && <SmallButton onClick={() => go(index - 1)}>Back</SmallButton>}
        {isLast ? (
          <SmallButton
            onClick={() => {
              useStore.getState().setTab('learn');
              close('learn');
            }}
          >
            End the lesson
          </SmallButton>
        ) : (
          <SmallButton onClick={() => go(index + 1)}>Next</SmallButton>
        )}
        <SetUpAgain step={step} />
      </footer>
    </section>
  );
}

/** Shown when the settings or the tab differ from those of the step. */
function SetUpAgain({ step }: { step: LessonStep }) {
  const experiment = useStore((s) => s.experiment);
  const tab = useStore((s) => s.tab);
  const { settings = {} } = step.experiment ?? {};
  const asSetUp =
    (!step.view || step.view.tab === tab) &&
    (!step.experiment || (experiment && hasSettings(experiment, settings)));
  if (asSetUp) return null;
  return <SmallButton onClick={() => setUp(step)}>Set this step up again</SmallButton>;
}
