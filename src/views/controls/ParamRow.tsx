// One line of the left panel: change dot, label with its help, control, reset, and the error under it.
import { Tooltip } from '@mantine/core';
import { IconRotate2 } from '@tabler/icons-react';
import { useId } from 'react';
import { describeParam, type ParamSpec, type ParamValue, sameValue } from '../../engine/config/params.ts';
import type { Issue } from '../../engine/core/errors.ts';
import classes from './controls.module.css';
import { ParamControl } from './ParamControl.tsx';

export interface ParamRowProps {
  spec: ParamSpec;
  value: ParamValue;
  /** Differs from what the run on screen used. */
  changedSinceRun: boolean;
  issue: Issue | null;
  onChange(value: ParamValue): void;
}

export function ParamRow({ spec, value, changedSinceRun, issue, onChange }: ParamRowProps) {
  const helpId = useId();
  const isDefault = sameValue(value, spec.default);
  return (
    <div className={classes.row}>
      <span>{changedSinceRun && <span className={classes.dot} title="changed since this run" />}</span>
      <Tooltip
        multiline
        w={280}
        openDelay={300}
        position="right"
        label={`${spec.help} ${describeParam(spec).replace(/^a/, 'A')}.${spec.source ? ` Source: ${spec.source}.` : ''}`}
      >
        <span className={`${classes.label} ${isDefault ? '' : classes.changed}`}>{spec.label}</span>
      </Tooltip>
      <div className={classes.control}>
        <ParamControl
          spec={spec}
          value={value}
          invalid={issue !== null}
          describedBy={helpId}
          onChange={onChange}
        />
      </div>
      {isDefault ? (
        <span />
      ) : (
        <button
          type="button"
          className={classes.reset}
          title={`Back to the default`}
          aria-label={`Reset ${spec.label}`}
          onClick={() => onChange(structuredClone(spec.default))}
        >
          <IconRotate2 size={14} stroke={1.75} aria-hidden="true" />
        </button>
      )}
      <span id={helpId} hidden>
        {issue ? `${issue.expected}, got ${issue.got}. ${issue.remedy}` : spec.help}
      </span>
      {issue && (
        <p className={classes.error} role="alert">
          Expected {issue.expected}, got {issue.got}. {issue.remedy}
        </p>
      )}
    </div>
  );
}
