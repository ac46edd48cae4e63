// A text box that is committed on Enter or on blur, so that half-typed values never reach the experiment. A refused text stays,
// marked, until it is corrected, discarded with Escape, or the setting changes elsewhere.
import { useState } from 'react';
import classes from './controls.module.css';

export interface TextBoxProps {
  label: string;
  /** The current value as text. */
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
  // A new value replaces what was typed; so does a refusal withdrawn elsewhere.
  const [shown, setShown] = useState({ value, invalid });
  if (shown.value !== value || shown.invalid !== invalid) {
    setShown({ value, invalid });
    if (shown.value !== value || !invalid) setText(value);
  }
  // Committing the current value withdraws a refusal.
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
          // Discards what was typed, and only then closes the sheet around it.
          if (text !== value) event.stopPropagation();
          setText(value);
          commit(value);
        }
      }}
    />
  );
}
