// The page embedded in another page, such as a course: one tab or one figure, Run, and a link to the whole workbench.
import type { Embedded } from '../../store/embed.ts';
import { linkQuery } from '../../store/link.ts';
import { useStore } from '../../store/store.ts';
import { OnlyFigure } from '../charts/parts/Card.tsx';
import { figureHelp } from '../charts/parts/figureHelp.ts';
import { Panel, panelOf } from '../Panel.tsx';
import { panels } from '../panels/index.ts';
import { Notices } from '../shell/notices/Notices.tsx';
import { ProgressLine } from '../shell/ProgressLine.tsx';
import { RunBar } from '../shell/RunBar.tsx';
import { RunButtons } from '../shell/TopBar.tsx';
import classes from './stage.module.css';

/** The error for an unknown name in the address; null if the name is known. */
function problemOf({ tab, figure }: Embedded): string | null {
  if (!Object.hasOwn(panels, tab))
    return `embed: expected one of ${Object.keys(panels).join(', ')}, got "${tab}".`;
  if (figure !== null && !Object.hasOwn(figureHelp, figure))
    return `embed: expected a figure, one of ${Object.keys(figureHelp).join(', ')}, got "${figure}".`;
  return null;
}

export function Frame(embedded: Embedded) {
  const { tab, figure } = embedded;
  const query = useStore((s) => linkQuery({ ...s, tab: panelOf(tab) }));
  const problem = problemOf(embedded);
  return (
    <div className={classes.frame}>
      <header className={classes.bar}>
        <RunButtons />
        <ProgressLine />
        <a href={`${location.pathname}#${query}`} target="_blank" rel="noopener">
          Open in the workbench
        </a>
      </header>
      <main className={classes.main}>
        <RunBar />
        <div className={classes.content} id="panel" tabIndex={-1}>
          {problem ? (
            <p role="alert">{problem}</p>
          ) : (
            <>
              <Notices />
              <OnlyFigure value={figure}>
                <Panel tab={panelOf(tab)} />
              </OnlyFigure>
            </>
          )}
        </div>
      </main>
    </div>
  );
}
