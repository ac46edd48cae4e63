// Where the keyboard goes on when the control that started a run goes away with what it belonged to: to the button that pauses it.

/** The id of Run, Pause and Resume, which are one button. */
export const RUN_BUTTON = 'run';

export const focusRun = (): void => document.getElementById(RUN_BUTTON)?.focus({ preventScroll: true });
