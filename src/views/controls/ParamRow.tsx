// One line of the left panel: change dot, label with its help, control, reset, and the error under it.
import { Tooltip } from '@mantine/core';
import { IconRotate } from '@tabler/icons-react';
import { useId, useState } from 'react';
import {
  defaultOf,
  describeParam,
  type ParamSpec,
  type ParamValue,
  sameValue,
} from '../../engine/config/params.ts';
import type { Issue } from '../../engine/core/errors.ts';
import { labelled } from '../../store/labels.ts';
import { useStore } from '../../store/store.ts';
import { capitalised } from '../charts/format.ts';
import { controlOf } from '../shell/paths.ts';
import classes from './controls.module.css';
import { ParamControl } from './ParamControl.tsx';
import { type Swept, SweptControl, SweptToggle } from './SweptControl.tsx';

export interface ParamRowProps {
  /** Path as in a link; "Show" finds the row by it. */
  path: string;
  spec: ParamSpec;
  value: ParamValue;
  /** Differs from the setting of the run on screen. */
  changedSinceRun: boolean;
  /** A likely cause of the failure on screen. */
  suspect: boolean;
  issue: Issue | null;
  /** Set while a sweep is written. */
  swept?: Swept | null;
  onChange(value: ParamValue): void;
}

/** Kinds whose controls need the full width of the panel, below their label. */
const WIDE: readonly ParamSpec['kind'][] = ['targets'];

/** Longer words of a list need more than the column of controls. */
const LONG_CHOICE = 20;
const isLongChoice = (spec: ParamSpec, chosen: ParamValue) =>
  spec.kind === 'choice' &&
  spec.options.some(({ value, label }) => value === chosen && label.length > LONG_CHOICE);

export function ParamRow(props: ParamRowProps) {
  const { path, spec, value, changedSinceRun, suspect, issue, swept, onChange } = props;
  const helpId = useId();
  // When reached with Tab, a control shows the help that its label shows on hover.
  const [byKey, setByKey] = useState(false);
  const unsuitable = useStore((s) => s.summary?.unsuitable[path]);
  // Options are greyed out only inside the open list, so the reason is shown beside it too.
  const whyGrey = [...new Set(Object.values(unsuitable ?? {}))];
  const isDefault = sameValue(value, spec.default);
  const reason = issue && labelled(`Expected ${issue.expected}, got ${issue.got}. ${issue.remedy}`);
  const wide = WIDE.includes(spec.kind);
  return (
    <div className={`${classes.row} ${isLongChoice(spec, value) ? classes.longChoice : ''}`} data-path={path}>
      <span className={classes.mark}>
        {changedSinceRun && (
          <span
            className={classes.dot}
            role="img"
            aria-label="changed since this run"
            title="changed since this run"
          />
        )}
      </span>
      <Tooltip
        multiline
        w={280}
        openDelay={300}
        opened={byKey || undefined}
        position="right"
        label={`${spec.help} ${capitalised(describeParam(spec))}.${spec.source ? ` Source: ${spec.source}.` : ''}`}
      >
        <span className={`${classes.label} ${isDefault ? '' : classes.changed}`}>{spec.label}</span>
      </Tooltip>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys of the control within are listened to on their way up */}
      <div
        className={`${classes.control} ${wide ? classes.wideControl : ''}`}
        onKeyUp={(event) => {
          if (event.key === 'Tab') setByKey(true);
        }}
        onKeyDown={(event) => {
          // Closes the help, and only then the sheet around it.
          if (event.key !== 'Escape' || !byKey) return;
          event.stopPropagation();
          setByKey(false);
        }}
        onBlur={() => setByKey(false)}
      >
        {swept && swept.text !== null ? (
          <SweptControl spec={spec} swept={swept} />
        ) : (
          <ParamControl
            spec={spec}
            value={value}
            invalid={issue !== null}
            suspect={suspect}
            describedBy={helpId}
            unsuitable={unsuitable}
            onChange={onChange}
          />
        )}
      </div>
      {swept ? (
        <SweptToggle spec={spec} swept={swept} />
      ) : isDefault ? (
        <span />
      ) : (
        <button
          type="button"
          className={classes.reset}
          title="Back to the default"
          aria-label={`Reset ${spec.label}`}
          onClick={({ currentTarget }) => {
            // The button goes away, and the keyboard goes on at the control.
            controlOf(currentTarget.closest('[data-path]'))?.focus();
            onChange(defaultOf(spec));
          }}
        >
          <IconRotate size={14} stroke={1.75} aria-hidden="true" />
        </button>
      )}
      <span id={helpId} hidden>
        {reason ?? (suspect ? `A likely cause of the failure. ${spec.help}` : spec.help)}
      </span>
      {!reason && whyGrey.length > 0 && (
        <p className={classes.why}>
          {Object.keys(unsuitable ?? {}).length} greyed out: {whyGrey.join('; ')}.
        </p>
      )}
      {reason && (
        <p className={classes.error} role="alert">
          {reason}
        </p>
      )}
    </div>
  );
}
