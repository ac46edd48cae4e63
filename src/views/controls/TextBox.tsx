// A text box that is committed on Enter or when it loses focus, so that half-typed values never reach the experiment.
import { useEffect, useState } from 'react';
import classes from './controls.module.css';

export interface TextBoxProps {
  id?: string;
  label: string;
  value: string;
  invalid?: boolean;
  describedBy?: string;
  disabled?: boolean;
  className?: string;
  placeholder?: string;
  /** Returns false when the text cannot be a value; the box then stays marked. */
  onCommit(text: string): boolean;
}

export function TextBox({ value, label, invalid, describedBy, className, onCommit, ...rest }: TextBoxProps) {
  const [text, setText] = useState(value);
  const [refused, setRefused] = useState(false);
  useEffect(() => {
    setText(value);
    setRefused(false);
  }, [value]);
  const commit = () => {
    if (text !== value) setRefused(!onCommit(text));
  };
  const bad = invalid || refused;
  return (
    <input
      {...rest}
      type="text"
      autoComplete="off"
      spellCheck={false}
      aria-label={label}
      aria-invalid={bad || undefined}
      aria-describedby={describedBy}
      className={`${className ?? classes.textBox} ${bad ? classes.invalid : ''}`}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit();
        if (event.key === 'Escape') setText(value);
      }}
    />
  );
}
