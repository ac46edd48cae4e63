// The buttons at the right of a card's title. An icon goes with a word.
import { IconDownload } from '@tabler/icons-react';
import { type ReactNode, useState } from 'react';
import { downloadBlob, downloadText, type LongTable, toLongCsv } from '../csv.ts';
import { type NpyArray, toNpy } from '../npy.ts';
import classes from './parts.module.css';

export function SmallButton({
  children,
  pressed,
  disabled,
  onClick,
  label,
}: {
  children: ReactNode;
  /** For buttons that switch something on and off. */
  pressed?: boolean;
  disabled?: boolean;
  onClick(): void;
  /** Full name when the visible words alone do not say it. */
  label?: string;
}) {
  return (
    <button
      type="button"
      className={classes.smallButton}
      aria-pressed={pressed}
      aria-label={label}
      disabled={disabled}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

/** Downloads what `content` returns when pressed. */
export function CsvButton({
  fileName,
  content,
  label,
}: {
  fileName: string;
  content: () => string;
  label: string;
}) {
  return (
    <SmallButton onClick={() => downloadText(fileName, content())} label={label}>
      <IconDownload size={14} stroke={1.75} aria-hidden="true" />
      CSV
    </SmallButton>
  );
}

/** The same for a table of millions of cells, with its progress on the button. */
export function LongCsvButton({
  fileName,
  content,
  label,
}: {
  fileName: string;
  content: () => LongTable;
  label: string;
}) {
  const [share, setShare] = useState<number | null>(null);
  const save = async () => {
    if (share !== null) return;
    setShare(0);
    try {
      downloadBlob(fileName, await toLongCsv(content(), setShare));
    } finally {
      setShare(null);
    }
  };
  return (
    <SmallButton onClick={() => void save()} label={label}>
      <IconDownload size={14} stroke={1.75} aria-hidden="true" />
      {share === null ? 'CSV' : `CSV ${Math.floor(100 * share)} %`}
    </SmallButton>
  );
}

/** Downloads the numbers of a matrix for NumPy when pressed. */
export function NpyButton({
  fileName,
  content,
  label,
}: {
  fileName: string;
  content: () => NpyArray;
  label: string;
}) {
  const save = () => downloadText(fileName, toNpy(content()), 'application/octet-stream');
  return (
    <SmallButton onClick={save} label={label}>
      <IconDownload size={14} stroke={1.75} aria-hidden="true" />
      NPY
    </SmallButton>
  );
}

/** Switches a card between its chart and its table. */
export function TableToggle({
  shown,
  onChange,
  what,
}: {
  shown: boolean;
  onChange(shown: boolean): void;
  what: string;
}) {
  return (
    <SmallButton pressed={shown} onClick={() => onChange(!shown)} label={`${what} as a table`}>
      Table
    </SmallButton>
  );
}
