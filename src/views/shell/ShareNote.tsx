// What there is to say of a link besides that it was copied: a table that is not in it, a backend, or that it could not be
// copied. Stands in its own line, so that it covers nothing, until it is closed.
import { MAX_LINK } from '../../engine/config/codec.ts';
import type { ShareNote as Note } from '../../store/state.ts';
import { saveExperiment, useStore } from '../../store/store.ts';
import { formatCount } from '../charts/format.ts';
import classes from './shareNote.module.css';

/** The id of the button, which takes the focus when the note is closed. */
export const SHARE_BUTTON = 'share';

/** In one sentence or two; also said by the button to those who hear the page. */
export function shareText(note: Note): string {
  switch (note.kind) {
    case 'copied':
      return [
        note.apart ? `Link copied. It does not hold ${note.apart}: send the file along.` : 'Link copied.',
        note.backend &&
          `Your numbers were computed on ${note.backend}; another backend rounds the last digits differently.`,
      ]
        .filter(Boolean)
        .join(' ');
    case 'refused':
      return 'This browser does not let the page copy. The link:';
    case 'too-long':
      return `Too long for a link: ${formatCount(note.length)} characters of at most ${formatCount(MAX_LINK)}.`;
    default:
      return note satisfies never;
  }
}

export function ShareNote() {
  const note = useStore((s) => s.shareNote);
  if (!note) return null;
  const close = () => {
    useStore.setState({ shareNote: null });
    document.getElementById(SHARE_BUTTON)?.focus();
  };
  const text = shareText(note);
  return (
    <section className={classes.note} aria-label="Link to this experiment">
      {note.kind === 'refused' ? (
        <label>
          {text}
          <input
            readOnly
            // biome-ignore lint/a11y/noAutofocus: it appears because the user asked for it, to be copied at once
            autoFocus
            value={note.link}
            onFocus={(event) => event.currentTarget.select()}
            onKeyDown={(event) => {
              if (event.key === 'Escape') close();
            }}
          />
        </label>
      ) : (
        <span>{text}</span>
      )}
      {note.kind === 'too-long' && (
        <button
          type="button"
          className={classes.action}
          onClick={() => {
            saveExperiment();
            close();
          }}
        >
          Save it as a file
        </button>
      )}
      <button type="button" className={classes.action} onClick={close}>
        Close
      </button>
    </section>
  );
}
