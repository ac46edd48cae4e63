// A text box that is committed on Enter or when it loses focus, so that half-typed values never reach the experiment.
// A refused text stays, marked, until it is corrected, given up with Escape, or the setting changes elsewhere.
import { useState } from 'react';
import classes from './controls.module.css';

export interface TextBoxProps {
  label: string;
  /** The value as text, as it stands. */
  value: string;
  invalid?: boolean;
  describedBy?: string;
  disabled?: boolean;
  className?: string;
  placeholder?: string;
  onCommit(text: string): void;
}

export function TextBox({ value, label, invalid, describedBy, className, onCommit, ...rest }: TextBoxProps) {
  const [text, setText] = useState(value);
  // Another value replaces what was typed; a refusal that was taken back elsewhere does, too.
  const [shown, setShown] = useState({ value, invalid });
  if (shown.value !== value || shown.invalid !== invalid) {
    setShown({ value, invalid });
    if (shown.value !== value || !invalid) setText(value);
  }
  // Committing what stands already takes a refusal back.
  const commit = (wanted: string) => {
    if (wanted !== value || invalid) onCommit(wanted);
  };
  return (
    <input
      {...rest}
      type="text"
      autoComplete="off"
      spellCheck={false}
      aria-label={label}
      aria-invalid={invalid || undefined}
      aria-describedby={describedBy}
      className={`${className ?? classes.textBox} ${invalid ? classes.invalid : ''}`}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => commit(text)}
      onKeyDown={(event) => {
        if (event.key === 'Enter') commit(text);
        if (event.key === 'Escape') {
          setText(value);
          commit(value);
        }
      }}
    />
  );
}
