// The link to what is on screen as a QR code, for the phones of a class. The encoder is loaded on demand.
import { useEffect, useRef, useState } from 'react';
import { openLink } from '../../store/store.ts';
import controls from '../shell/controls.module.css';
import { type Squares, squaresOf } from './squares.ts';
import classes from './stage.module.css';

type Code = { link: string; squares: Squares } | { problem: string };

async function codeOf(): Promise<Code> {
  const opened = openLink();
  const length = 'tooLong' in opened ? opened.tooLong : opened.link.length;
  const problem = {
    problem: `This link has ${length} characters, more than a QR code holds: share it in another way, or change fewer settings.`,
  };
  if ('tooLong' in opened) return problem;
  try {
    const { encode } = await import('uqr');
    return { link: opened.link, squares: squaresOf(encode(opened.link, { ecc: 'L', border: 4 }).data) };
  } catch (error) {
    return error instanceof RangeError || /too (long|big)/i.test(String(error))
      ? problem
      : { problem: `The QR code was not made: ${error instanceof Error ? error.message : error}.` };
  }
}

export function QrButton() {
  const dialog = useRef<HTMLDialogElement>(null);
  const [code, setCode] = useState<Code | null>(null);
  useEffect(() => {
    if (code && !dialog.current?.open) dialog.current?.showModal();
  }, [code]);
  return (
    <>
      <button type="button" className={controls.button} onClick={() => void codeOf().then(setCode)}>
        QR code
      </button>
      {code && (
        <dialog
          ref={dialog}
          className={classes.dialog}
          aria-label="QR code of this link"
          onClose={() => setCode(null)}
          onKeyDown={(event) => event.stopPropagation()}
        >
          {'problem' in code ? (
            <p role="alert">{code.problem}</p>
          ) : (
            <>
              <svg viewBox={`0 0 ${code.squares.size} ${code.squares.size}`} role="img" aria-label="QR code">
                <rect width="100%" height="100%" fill="#fff" />
                <path d={code.squares.path} fill="#000" shapeRendering="crispEdges" />
              </svg>
              <p>
                <a href={code.link}>Link to this experiment and view</a>
                {location.hostname === 'localhost' &&
                  '. It is of this machine alone: serve the page from a host first.'}
              </p>
            </>
          )}
          <button type="button" className={controls.button} onClick={() => dialog.current?.close()}>
            Close
          </button>
        </dialog>
      )}
    </>
  );
}
