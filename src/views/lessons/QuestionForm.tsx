// The question at the end of a lesson. The student guesses, runs something, and then learns whether the guess was right; every
// answer explains why, and any may be tried.
import { useId, useRef, useState } from 'react';
import { SmallButton } from '../charts/parts/SmallButton.tsx';
import type { Question } from './lesson.ts';
import classes from './lessons.module.css';
import { ToDo, useMet } from './ToDo.tsx';

export function QuestionForm({ question: { text, options, run } }: { question: Question }) {
  const name = useId();
  const form = useRef<HTMLFieldSetElement>(null);
  const [chosen, setChosen] = useState<number | null>(null);
  const [isTold, setTold] = useState(false);
  const hasRun = useMet({ kind: 'run', settings: run.settings });
  const answer = chosen === null ? null : options[chosen];
  const isOpen = hasRun || isTold;
  const focusForm = () => form.current?.focus({ preventScroll: true });
  return (
    <>
      <fieldset className={classes.question} ref={form} tabIndex={-1}>
        <legend>{text}</legend>
        {options.map((option, i) => (
          <label key={option.text} className={classes.option}>
            <input type="radio" name={name} checked={chosen === i} onChange={() => setChosen(i)} />
            <span>{option.text}</span>
          </label>
        ))}
        <p role="status" className={classes.answer} data-right={isOpen && answer?.right === true}>
          {answer && isOpen && `${answer.right ? 'Right.' : 'No.'} ${answer.why}`}
          {answer && !isOpen && 'A guess. Run it, and see.'}
        </p>
      </fieldset>
      <ToDo
        goal={{ kind: 'run', settings: run.settings }}
        todo={run.todo}
        experiment={run.experiment}
        onGone={focusForm}
      />
      {!isOpen && chosen !== null && (
        <p className={classes.tell}>
          <SmallButton
            onClick={() => {
              setTold(true);
              focusForm();
            }}
          >
            Tell me without a run
          </SmallButton>
        </p>
      )}
    </>
  );
}
