// Copies a link to the experiment and the view; if copying is refused, shows it to be copied by hand; if the experiment is too
// long for a link, offers it as a file.
import { IconShare2 } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { MAX_LINK } from '../../engine/config/codec.ts';
import { fileNameOf, SPLIT_FILES } from '../../engine/config/tableInput.ts';
import { backendName } from '../../engine/protocol/backend.ts';
import { openLink, saveExperiment, useStore } from '../../store/store.ts';
import { formatCount } from '../charts/format.ts';
import { EXAMPLES } from '../controls/FileControl.tsx';
import controls from './controls.module.css';
import classes from './share.module.css';

const SAID_MS = 6000;

export function ShareButton() {
  const [said, setSaid] = useState<{ link: string; copied: boolean } | null>(null);
  const [tooLong, setTooLong] = useState<number | null>(null);
  // A table of the user is not in the link; the recipient is asked for it by name.
  const apart = useStore((s) => {
    const name = s.experiment && fileNameOf(s.experiment, s.catalog);
    if (!name) return null;
    const splits = Object.values(SPLIT_FILES)
      .map((key) => s.experiment?.data.params[key])
      .filter(Boolean);
    return [...(EXAMPLES.includes(name) ? [] : [name]), ...splits].join(' and ') || null;
  });
  const computed = useStore((s) => {
    const run = s.runs.find((r) => r.runId === s.shownRunId);
    return run?.backend && !run.isExample ? backendName(run.backend) : null;
  });
  useEffect(() => {
    if (!said?.copied) return;
    const timer = setTimeout(() => setSaid(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const share = async () => {
    const opened = openLink();
    setTooLong('tooLong' in opened ? opened.tooLong : null);
    if ('tooLong' in opened) {
      setSaid(null);
      return;
    }
    const { link } = opened;
    try {
      await navigator.clipboard.writeText(link);
      setSaid({ link, copied: true });
    } catch {
      setSaid({ link, copied: false });
    }
  };
  return (
    <div className={classes.share}>
      <button
        type="button"
        className={`${controls.button} ${classes.shareButton}`}
        title="Copy a link to this experiment and view"
        onClick={share}
      >
        <IconShare2 size={16} stroke={1.75} aria-hidden="true" />
        <span className={classes.shareWord}>Share</span>
      </button>
      <div role="status" className={said || tooLong !== null ? classes.said : controls.hidden}>
        {tooLong !== null && (
          <>
            Too long for a link: {formatCount(tooLong)} characters of at most {formatCount(MAX_LINK)}.{' '}
            <button
              type="button"
              className={controls.linkButton}
              onClick={() => {
                saveExperiment();
                setTooLong(null);
              }}
            >
              Save it as a file
            </button>
          </>
        )}
        {said?.copied &&
          [
            apart ? `Link copied. It does not hold ${apart}: send the file along.` : 'Link copied.',
            computed && `Your numbers are of ${computed}: another backend rounds the last digits otherwise.`,
          ]
            .filter(Boolean)
            .join(' ')}
        {said && !said.copied && (
          <label>
            This browser does not let the page copy. The link:
            <input
              readOnly
              // biome-ignore lint/a11y/noAutofocus: it appears because the user asked for it, to be copied at once
              autoFocus
              value={said.link}
              onFocus={(event) => event.currentTarget.select()}
              onBlur={() => setSaid(null)}
              onKeyDown={(event) => {
                if (event.key === 'Escape') setSaid(null);
              }}
            />
          </label>
        )}
      </div>
    </div>
  );
}
