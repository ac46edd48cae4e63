// A question at the end of a lesson: every answer explains why it is right or wrong, and any may be tried.
import { useId, useState } from 'react';
import type { Question } from './lesson.ts';
import classes from './lessons.module.css';

export function QuestionForm({ question }: { question: Question }) {
  const name = useId();
  const [chosen, setChosen] = useState<number | null>(null);
  const answer = chosen === null ? null : question.options[chosen];
  return (
    <fieldset className={classes.question}>
      <legend>{question.text}</legend>
      {question.options.map(({ text }, i) => (
        <label key={text} className={classes.option}>
          <input type="radio" name={name} checked={chosen === i} onChange={() => setChosen(i)} />
          <span>{text}</span>
        </label>
      ))}
      <p role="status" className={classes.answer} data-right={answer?.right === true}>
        {answer && `${answer.right ? 'Right.' : 'No.'} ${answer.why}`}
      </p>
    </fieldset>
  );
}
