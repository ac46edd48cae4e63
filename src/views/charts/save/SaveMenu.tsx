// The save menu of a chart: its picture as SVG or PNG, its numbers as CSV or NPY, or either to the clipboard.
import { Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useContext, useRef, useState } from 'react';
import { downloadBlob, downloadText, type LongTable, toLongCsv } from '../csv.ts';
import { toNpy } from '../npy.ts';
import partClasses from '../parts/parts.module.css';
import { type CardFiles, tabsOf } from './cardFiles.ts';
import { FigureNote } from './figures.ts';
import classes from './save.module.css';

/** The card around the menu. */
const CARD = 'section[data-card]';

async function csvBlob(content: string | LongTable, onProgress: (share: number) => void): Promise<Blob> {
  if (typeof content !== 'string') return toLongCsv(content, onProgress);
  return new Blob([content], { type: 'text/csv;charset=utf-8' });
}

const NO_CLIPBOARD =
  'Nothing was copied: this browser gives no access to the clipboard here. Open the page over https or from localhost, or save a file.';

export function SaveMenu({ what, fileName, csv, npy, more = [], hasPicture = true }: CardFiles) {
  const button = useRef<HTMLButtonElement>(null);
  const note = useContext(FigureNote);
  /** Progress, or an error. */
  const [told, setTold] = useState<{ text: string; isError: boolean } | null>(null);
  const act = async (work: () => Promise<string | undefined>) => {
    setTold(null);
    try {
      const text = await work();
      if (text !== undefined) setTold({ text, isError: false });
    } catch (error) {
      setTold({ text: (error as Error).message, isError: true });
    }
  };
  const picture = async () => {
    const card = button.current?.closest<HTMLElement>(CARD);
    if (!card) throw new Error(`${what}: expected a card around its menu, got none. Please report this.`);
    return (await import('./picture.ts')).cardPicture(card, what, note);
  };
  const saveSvg = () =>
    act(async () => {
      downloadText(`${fileName}.svg`, await (await picture()).svg(), 'image/svg+xml');
      return undefined;
    });
  const savePng = () =>
    act(async () => {
      downloadBlob(`${fileName}.png`, await (await picture()).png());
      return undefined;
    });
  const saveCsv = () =>
    act(async () => {
      const onProgress = (share: number) =>
        setTold({ text: `CSV ${Math.floor(100 * share)} %`, isError: false });
      downloadBlob(`${fileName}.csv`, await csvBlob(csv?.() ?? '', onProgress));
      setTold(null);
      return undefined;
    });
  const copyPicture = () =>
    act(async () => {
      if (!navigator.clipboard || typeof ClipboardItem === 'undefined') throw new Error(NO_CLIPBOARD);
      // Passed as a promise: Safari allows the clipboard only during the press itself, not after it.
      const png = picture().then((own) => own.png());
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': png })]);
      return 'Picture copied';
    });
  const copyNumbers = () =>
    act(async () => {
      const content = csv?.();
      if (!navigator.clipboard) throw new Error(NO_CLIPBOARD);
      if (typeof content !== 'string')
        throw new Error(`${what}: too many cells for the clipboard. Save them as CSV.`);
      await navigator.clipboard.writeText(tabsOf(content));
      return 'Numbers copied';
    });
  return (
    <span className={classes.box} data-control="">
      <Menu
        position="bottom-end"
        withinPortal
        shadow="none"
        // Otherwise the keyboard stands on something unseen until an arrow is pressed.
        withInitialFocusPlaceholder={false}
        classNames={{ dropdown: classes.dropdown ?? '' }}
      >
        <Menu.Target>
          <button ref={button} type="button" className={partClasses.smallButton} aria-label={`Save ${what}`}>
            <IconDownload size={14} stroke={1.75} aria-hidden="true" />
            Save
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {hasPicture && (
            <>
              <Menu.Label className={classes.label}>Picture</Menu.Label>
              <Menu.Item className={classes.item} onClick={() => void saveSvg()}>
                SVG
              </Menu.Item>
              <Menu.Item className={classes.item} onClick={() => void savePng()}>
                PNG
              </Menu.Item>
              <Menu.Item className={classes.item} onClick={() => void copyPicture()}>
                Copy picture
              </Menu.Item>
            </>
          )}
          {(csv || npy || more.length > 0) && <Menu.Label className={classes.label}>Numbers</Menu.Label>}
          {csv && (
            <>
              <Menu.Item className={classes.item} onClick={() => void saveCsv()}>
                CSV
              </Menu.Item>
              <Menu.Item className={classes.item} onClick={() => void copyNumbers()}>
                Copy numbers
              </Menu.Item>
            </>
          )}
          {npy && (
            <Menu.Item
              className={classes.item}
              onClick={() => downloadText(`${fileName}.npy`, toNpy(npy()), 'application/octet-stream')}
            >
              NPY
            </Menu.Item>
          )}
          {more.map((file) => (
            <Menu.Item
              key={file.label}
              className={classes.item}
              onClick={() => downloadText(file.fileName, file.content(), file.type)}
            >
              {file.label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {told && (
        <span role={told.isError ? 'alert' : 'status'} className={classes.told} data-error={told.isError}>
          {told.text}
        </span>
      )}
    </span>
  );
}
