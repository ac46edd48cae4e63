// If rendering fails, a card in its place reports it with remedies; the rest of the page, including a run in progress,
// continues.
import { Component, type ReactNode } from 'react';
import controls from './controls.module.css';
import classes from './errorCard.module.css';

export interface ErrorBoundaryProps {
  /** "This tab", "The page". */
  what: string;
  /** A further remedy besides trying again. */
  action?: { label: string; onClick(): void };
  children: ReactNode;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override render() {
    const { error } = this.state;
    const { what, action, children } = this.props;
    if (!error) return children;
    return (
      <section className={classes.errorCard} role="alert">
        <div className={classes.errorHead}>
          <div>
            <h2>{what} could not be drawn</h2>
            <p>
              This is a fault of the workbench: {error.message}. Runs and settings are kept. Try again, or
              copy the report and open an issue with it.
            </p>
          </div>
        </div>
        <div className={`${classes.errorBody} ${classes.oneColumn}`}>
          <section>
            <div className={classes.errorButtons}>
              <button
                type="button"
                className={`${controls.button} ${controls.primary}`}
                onClick={() => this.setState({ error: null })}
              >
                Try again
              </button>
              {action && (
                <button type="button" className={controls.button} onClick={action.onClick}>
                  {action.label}
                </button>
              )}
              <button
                type="button"
                className={controls.button}
                onClick={() => {
                  const report = `${location.href}\n${error.stack ?? error.message}`;
                  // If copying is refused, the text is on screen above.
                  navigator.clipboard?.writeText(report).catch(() => {});
                }}
              >
                Copy report
              </button>
            </div>
          </section>
        </div>
      </section>
    );
  }
}
